#!/usr/bin/env python3
"""Peer of the executors of CPython's runtimes: TASKS tasks that are nothing but a call, by CHUNK at a time, straight
over the runtime. Prints the seconds of a task of each repeat, as the clock of WORKERS workers has them: from when all
are released, for pools from handing over to the last result. Workers are pinned, one to each CPU that it may use: two
threads that hand the global lock to and fro take twice as long on two CPUs as on one.

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


CPUS = os.sched_getaffinity(0)


def chunk_of_tasks(bounds):
    state = 0
    for number in range(*bounds):
        state = task(state ^ number, 0)


def chunks(tasks, size):
    return [(first, min(first + size, tasks)) for first in range(0, tasks, size)]


def pin(index):
    """What runs here, thread or process, to a CPU of its own."""
    cpus = sorted(CPUS)
    os.sched_setaffinity(0, {cpus[index % len(cpus)]})


def pin_process(index):
    """All threads of it."""
    cpus = sorted(CPUS)
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), {cpus[index % len(cpus)]})


def pin_next(indexes):
    pin(next(indexes))


def pin_pooled():
    pin(multiprocessing.current_process()._identity[-1] - 1)


def initializer_of(kind):
    """How workers of a pool are pinned."""
    if kind is ThreadPoolExecutor:
        return {"initializer": pin_next, "initargs": (itertools.count(),)}
    return {"initializer": pin_pooled}


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

        def work(index):
            pin(index)
            ready.wait()
            while (number := take()) < len(all_chunks):
                chunk_of_tasks(all_chunks[number])
            ended.append(time.monotonic())

        there = [threading.Thread(target=work, args=(index,)) for index in range(workers)]
        for thread in there:
            thread.start()
        for thread in there:
            thread.join()
        yield max(ended) - began[0]


def pool(workers, all_chunks, repeats):
    with multiprocessing.Pool(workers, pin_pooled) as processes:
        for _ in range(repeats):
            began = time.monotonic()
            processes.map(chunk_of_tasks, all_chunks, chunksize=1)
            yield time.monotonic() - began


def executor(kind):
    def run(workers, all_chunks, repeats):
        with kind(workers, **initializer_of(kind)) as workers_of_it:
            for _ in range(repeats):
                began = time.monotonic()
                list(workers_of_it.map(chunk_of_tasks, all_chunks))
                yield time.monotonic() - began

    return run


async def lane(mine, ready, go):
    ready.release()
    go.acquire()
    for bounds in mine():
        await in_loop(bounds)


async def in_loop(bounds):
    chunk_of_tasks(bounds)


def loop_of(index, mine, ready, go, ended):
    pin(index)
    asyncio.run(lane(mine, ready, go))
    ended.put(time.monotonic())


def hub_of(index, mine, ready, go, ended):
    from gevent import monkey, spawn

    monkey.patch_all()
    pin(index)
    ready.release()
    go.acquire()
    spawn(lambda: [chunk_of_tasks(bounds) for bounds in mine()]).join()
    ended.put(time.monotonic())


class Taken:
    """Chunks as they are asked for by several processes: the next one's number is the position of a file."""

    def __init__(self, all_chunks):
        self.all_chunks = all_chunks
        self.file = tempfile.TemporaryFile(buffering=0)

    def __call__(self):
        while (number := os.lseek(self.file.fileno(), 1, os.SEEK_CUR) - 1) < len(self.all_chunks):
            yield self.all_chunks[number]


def processes_of(life):
    def run(workers, all_chunks, repeats):
        for _ in range(repeats):
            ready, go, ended = multiprocessing.Semaphore(0), multiprocessing.Semaphore(0), multiprocessing.SimpleQueue()
            mine = Taken(all_chunks)
            there = [multiprocessing.Process(target=life, args=(w, mine, ready, go, ended)) for w in range(workers)]
            for process in there:
                process.start()
            for _ in there:
                ready.acquire()
            began = time.monotonic()
            for _ in there:
                go.release()
            ends = [ended.get() for _ in there]
            for process in there:
                process.join()
            yield max(ends) - began

    return run


def cluster(workers, all_chunks, repeats):
    import distributed

    with distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as there:
        with distributed.Client(there) as client:
            for index, address in enumerate(client.nthreads()):
                client.run(pin_process, index, workers=[address])
            for _ in range(repeats):
                began = time.monotonic()
                client.gather(client.map(chunk_of_tasks, all_chunks, pure=False))
                yield time.monotonic() - began


def graph(name, kind):
    def run(workers, all_chunks, repeats):
        get = importlib.import_module(name).get
        tasks = {f"chunk-{number}": (chunk_of_tasks, bounds) for number, bounds in enumerate(all_chunks)}
        with kind(workers, **initializer_of(kind)) as pool_of_it:
            for _ in range(repeats):
                began = time.monotonic()
                get(tasks, list(tasks), pool=pool_of_it, chunksize=1)
                yield time.monotonic() - began

    return run


def celery_main(app, workers):
    import billiard
    from celery.signals import worker_process_init

    worker_process_init.connect(lambda **_: pin(billiard.current_process().index), weak=False)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    without = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    app.Worker(concurrency=workers, pool="prefork", loglevel="CRITICAL", quiet=True, **without).start()


def celery(workers, all_chunks, repeats):
    from celery import Celery, group

    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", f"{folder}/s", "--save", "", "--dir", folder],
                                 stdout=subprocess.DEVNULL)
        while not os.path.exists(f"{folder}/s"):
            time.sleep(0.01)
        url = f"redis+socket://{folder}/s"
        app = Celery("bare", broker=url, backend=url)
        app.conf.update(worker_enable_remote_control=False, worker_redirect_stdouts=False)
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
