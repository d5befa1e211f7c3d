#!/usr/bin/env python3
"""Peer of the executor gil: TASKS tasks, dealt evenly to THREADS threads of CPython, which has the lock
itself. Prints the wall time of a repeat in seconds, from when all threads are ready until the last has
done its tasks.

    bare_gil.py spin|sleep THREADS TASKS REPEATS
"""

import sys
import threading
import time

SPIN_STEPS = 4000  # about 100 us
SLEEP_S = 0.01


def spin(tasks):
    for _ in range(tasks):
        for _ in range(SPIN_STEPS):
            pass


def sleep(tasks):
    for _ in range(tasks):
        time.sleep(SLEEP_S)


def wall_s(body, threads, tasks):
    began, ended = [], []

    def work(index):
        ready.wait()
        body(tasks * (index + 1) // threads - tasks * index // threads)
        ended.append(time.perf_counter())

    ready = threading.Barrier(threads, action=lambda: began.append(time.perf_counter()))
    workers = [threading.Thread(target=work, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return max(ended) - began[0]


def main():
    try:
        body = {"spin": spin, "sleep": sleep}[sys.argv[1]]
        threads, tasks, repeats = (int(word) for word in sys.argv[2:])
    except (IndexError, KeyError, ValueError):
        sys.exit(f"usage: {sys.argv[0]} spin|sleep THREADS TASKS REPEATS")
    for repeat in range(repeats + 1):
        seconds = wall_s(body, threads, tasks)
        if repeat > 0:
            print(f"{seconds:.9f}", flush=True)


if __name__ == "__main__":
    main()
