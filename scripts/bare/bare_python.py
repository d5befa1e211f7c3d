#!/usr/bin/env python3
"""Peer of the executors of CPython's runtimes: TASKS tasks that are nothing but a call, by CHUNK at a time, straight
over the runtime. Prints the seconds of a task of each repeat, as the clock of WORKERS workers has them: from when all
are ready, for pools from handing over to the last result.

    bare_python.py serial|threading|threading.executor|multiprocessing|multiprocessing.executor|asyncio
                   WORKERS TASKS CHUNK REPEATS
"""

import asyncio
import itertools
import multiprocessing
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def task(state, steps):
    for _ in range(steps):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
    return state


def chunk_of_tasks(bounds):
    state = 0
    for number in range(*bounds):
        state = task(state ^ number, 0)


def chunks(tasks, size):
    return [(first, min(first + size, tasks)) for first in range(0, tasks, size)]


def serial(workers, all_chunks, repeats):
    for _ in range(repeats):
        began = time.monotonic()
        for bounds in all_chunks:
            chunk_of_tasks(bounds)
        yield time.monotonic() - began


def threads(workers, all_chunks, repeats):
    for _ in range(repeats):
        began, ended, take = [], [], itertools.count().__next__
        ready = threading.Barrier(workers, action=lambda: began.append(time.monotonic()))

        def work():
            ready.wait()
            while (number := take()) < len(all_chunks):
                chunk_of_tasks(all_chunks[number])
            ended.append(time.monotonic())

        there = [threading.Thread(target=work) for _ in range(workers)]
        for thread in there:
            thread.start()
        for thread in there:
            thread.join()
        yield max(ended) - began[0]


def pool(workers, all_chunks, repeats):
    with multiprocessing.Pool(workers) as processes:
        for _ in range(repeats):
            began = time.monotonic()
            processes.map(chunk_of_tasks, all_chunks, chunksize=1)
            yield time.monotonic() - began


def executor(kind):
    def run(workers, all_chunks, repeats):
        with kind(workers) as workers_of_it:
            for _ in range(repeats):
                began = time.monotonic()
                list(workers_of_it.map(chunk_of_tasks, all_chunks))
                yield time.monotonic() - began

    return run


async def lane(mine):
    for bounds in mine:
        await in_loop(bounds)


async def in_loop(bounds):
    chunk_of_tasks(bounds)


def loop_of(mine, ready, ended):
    ready.wait()
    asyncio.run(lane(mine))
    ended.put(time.monotonic())


def loops(workers, all_chunks, repeats):
    for _ in range(repeats):
        ready, ended = multiprocessing.Barrier(workers + 1), multiprocessing.SimpleQueue()
        there = [multiprocessing.Process(target=loop_of, args=(all_chunks[w::workers], ready, ended)) for w in range(workers)]
        for process in there:
            process.start()
        ready.wait()
        began = time.monotonic()
        ends = [ended.get() for _ in there]
        for process in there:
            process.join()
        yield max(ends) - began


WAYS = {
    "serial": serial,
    "threading": threads,
    "threading.executor": executor(ThreadPoolExecutor),
    "multiprocessing": pool,
    "multiprocessing.executor": executor(ProcessPoolExecutor),
    "asyncio": loops,
}


def main():
    try:
        way = WAYS[sys.argv[1]]
        workers, tasks, size, repeats = (int(word) for word in sys.argv[2:])
    except (IndexError, KeyError, ValueError):
        sys.exit(__doc__)
    for repeat, seconds in enumerate(way(workers, chunks(tasks, size), repeats + 1)):
        if repeat > 0:
            print(f"{seconds / tasks:.6e}", flush=True)


if __name__ == "__main__":
    main()
