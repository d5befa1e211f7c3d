#!/usr/bin/env python3
"""Peer of the executors of CPython's runtimes: TASKS tasks that are nothing but a call, by CHUNK at a time, straight
over the runtime. Prints the seconds of a task of each repeat, as the clock of WORKERS workers has them: from when all
are ready, for pools from handing over to the last result.

    bare_python.py serial|threading|threading.executor|multiprocessing|multiprocessing.executor|asyncio|gevent|
                   dask|dask.threads|dask.processes|celery
                   WORKERS TASKS CHUNK REPEATS
"""

import asyncio
import gc
import importlib
import itertools
import logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
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


def hub_of(mine, ready, ended):
    from gevent import monkey, spawn

    monkey.patch_all()
    ready.wait()
    spawn(lambda: [chunk_of_tasks(bounds) for bounds in mine]).join()
    ended.put(time.monotonic())


def processes_of(life):
    def run(workers, all_chunks, repeats):
        for _ in range(repeats):
            ready, ended = multiprocessing.Barrier(workers + 1), multiprocessing.SimpleQueue()
            there = [
                multiprocessing.Process(target=life, args=(all_chunks[w::workers], ready, ended)) for w in range(workers)
            ]
            for process in there:
                process.start()
            ready.wait()
            began = time.monotonic()
            ends = [ended.get() for _ in there]
            for process in there:
                process.join()
            yield max(ends) - began

    return run


def cluster(workers, all_chunks, repeats):
    import distributed

    with distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as there:
        with distributed.Client(there) as client:
            for _ in range(repeats):
                began = time.monotonic()
                client.gather(client.map(chunk_of_tasks, all_chunks, pure=False))
                yield time.monotonic() - began


def graph(name, kind):
    def run(workers, all_chunks, repeats):
        get = importlib.import_module(name).get
        tasks = {f"chunk-{number}": (chunk_of_tasks, bounds) for number, bounds in enumerate(all_chunks)}
        with kind(workers) as pool_of_it:
            for _ in range(repeats):
                began = time.monotonic()
                get(tasks, list(tasks), pool=pool_of_it, chunksize=1)
                yield time.monotonic() - began

    return run


def celery_main(app, workers):
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    app.Worker(concurrency=workers, pool="prefork", without_gossip=True, without_mingle=True, quiet=True).start()


def celery(workers, all_chunks, repeats):
    from celery import Celery, group

    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", f"{folder}/s", "--save", "", "--dir", folder],
                                 stdout=subprocess.DEVNULL)
        while not os.path.exists(f"{folder}/s"):
            time.sleep(0.01)
        url = f"redis+socket://{folder}/s"
        app = Celery("bare", broker=url, backend=url)
        call = app.task(name="chunk_of_tasks")(chunk_of_tasks)
        main = multiprocessing.Process(target=celery_main, args=(app, workers))
        main.start()
        call.delay((0, 0)).get()  # until workers are there
        try:
            for _ in range(repeats):
                began = time.monotonic()
                results = group([call.s(bounds) for bounds in all_chunks]).apply_async()
                results.join()
                yield time.monotonic() - began
                results.forget()
                del results
        finally:
            gc.collect()  # results, while their Redis is there
            main.terminate()
            main.join()
            redis.kill()
            redis.wait()


WAYS = {
    "serial": serial,
    "threading": threads,
    "threading.executor": executor(ThreadPoolExecutor),
    "multiprocessing": pool,
    "multiprocessing.executor": executor(ProcessPoolExecutor),
    "asyncio": processes_of(loop_of),
    "gevent": processes_of(hub_of),
    "dask": cluster,
    "dask.threads": graph("dask.threaded", ThreadPoolExecutor),
    "dask.processes": graph("dask.multiprocessing", ProcessPoolExecutor),
    "celery": celery,
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
