"""threading: one threading.Thread a worker, or concurrent.futures.ThreadPoolExecutor with as many."""
from __future__ import annotations

import threading
import time
from typing import Any, ContextManager

from cpython.contract import Case, Executor, Job, Refused, choice
from cpython.core import placement, usage
from cpython.core.pool import ThreadedPool
from cpython.core.tally import Tally, tell
from cpython.core.worker import Worker


class _Thread:
    """One worker: it waits for `go`, does a run, and says so by `done`."""

    def __init__(self, case: Case, index: int):
        self.worker = Worker(case, index)
        self.case = case
        self.job = Job()
        self.go, self.ready, self.done = threading.Lock(), threading.Lock(), threading.Lock()
        for lock in (self.go, self.ready, self.done):
            lock.acquire()
        self.trouble = ""
        self.ending = False
        self.thread = threading.Thread(target=self._live, name=f"worker {index}", daemon=True)
        self.thread.start()

    def _live(self) -> None:
        worker = self.worker
        try:
            worker.begin()
        except BaseException as error:
            self.trouble = tell(error)
        self.done.release()
        while self._await_run():
            before = usage.of_thread()
            self.ready.release()
            self.go.acquire()
            tally = worker.work(self.ranges, self.job)
            tally.usage = usage.of_thread() - before
            tally.cpus = placement.place()
            self.done.release()
        try:
            worker.end()
        except BaseException as error:
            self.trouble = tell(error)

    def _await_run(self) -> bool:
        self.go.acquire()
        if not self.ending:
            self.worker.new_run()
            lane = self.worker.index
            self.ranges = self.case.schedule.of_lane(lane, self.job.passes)
        return not self.ending


class Threading(Executor):
    summary = "threads of CPython: they all wait at once, but compute one at a time under its global lock"
    params = (
        choice(
            "pool", "threads", ("threads", "executor"), "threading.Thread, or ThreadPoolExecutor, timed from submitting"
        ),
    )
    one_address_space = True
    levers = True  # but where a pool has its threads
    no_arrivals = ""

    def __init__(self) -> None:
        self.threads: list[_Thread] = []
        self.pool: ThreadedPool | None = None

    def choose(self, given: Any) -> None:
        if given.pool == "executor":
            self.pool = ThreadedPool()
            self.clock = "submit"
            self.levers = False

    def lock(self) -> ContextManager[Any]:
        return threading.Lock()

    def open(self, case: Case) -> None:
        if self.pool:
            self.pool.open(case)
            return
        for index in range(case.workers):
            self.threads.append(_Thread(case, index))
        for thread in self.threads:
            thread.done.acquire()
        for thread in self.threads:
            if thread.trouble:
                raise Refused(f"worker {thread.worker.index} could not start: {thread.trouble}")

    def run(self, case: Case, job: Job) -> list[Tally]:
        if self.pool:
            return self.pool.run(case, job)
        if job.arrivals:
            job.arrivals.draw_times()
        for thread in self.threads:
            thread.job = job
            thread.go.release()
        for thread in self.threads:
            thread.ready.acquire()
        job.released_ns = time.monotonic_ns()
        for thread in self.threads:
            thread.go.release()
        for thread in self.threads:
            thread.done.acquire()
        return [thread.worker.tally for thread in self.threads]

    def close(self, case: Case) -> None:
        if self.pool:
            self.pool.close()
        for thread in self.threads:
            thread.ending = True
            thread.go.release()
        for thread in self.threads:
            thread.thread.join(5)
