"""gevent: greenlets, `inflight` in each worker, each worker a process.

It is monkey-patched there and nowhere else: the runner's own loop, which the protocol depends on, waits in the kernel.
A body that waits by a call that gevent does not know (a file's) makes all greenlets of its worker wait.
"""
from __future__ import annotations

import importlib
import importlib.util
import time
from contextlib import contextmanager
from typing import Any, ContextManager, Iterator, Optional

from cpython.contract import Case, Job, Lane, choice
from cpython.core.advice import not_installed
from cpython.core.family import require_memory
from cpython.core.tally import Tally
from cpython.core.team import ProcessTeam, WorkerLife
from cpython.core.waits import GreenletTracer
from cpython.core.worker import Worker

_WORKER_BYTES = 12 << 20


class _Lock:
    """Between greenlets of all workers. One that waited in the kernel would keep the one it waits for from going on."""

    def __init__(self, between: Any):
        self.between = between  # workers
        self.within: Any = None  # one

    def __enter__(self) -> None:
        if self.within is None:
            from gevent.lock import BoundedSemaphore

            self.within = BoundedSemaphore()
        self.within.acquire()
        self.between.acquire()

    def __exit__(self, *_: object) -> None:
        self.between.release()
        self.within.release()


class _Hub(WorkerLife):
    """One worker, and in each run its greenlets."""

    def __init__(self, spawn: str):
        self.spawn = spawn

    def begin(self, worker: Worker) -> None:
        from gevent import monkey

        monkey.patch_all(subprocess=not worker.case.workload.reaps)
        worker.begin()

    def run(self, worker: Worker, job: Job) -> Tally:
        began_ns = time.monotonic_ns()
        try:
            with worker.tracing(job, GreenletTracer):
                (self._lanes if self.spawn == "lane" else self._tasks)(worker, job)
            worker.leave(job, began_ns)
        except BaseException as error:
            worker.fail(error)
        return worker.tally

    def _lanes(self, worker: Worker, job: Job) -> None:
        """A greenlet a lane: each does range after range."""
        import gevent
        from gevent.lock import BoundedSemaphore

        failed: list[BaseException] = []
        desk, turn = worker.open_desk(job, is_loop=True) if job.arrivals else None, BoundedSemaphore()

        def live(lane: Lane) -> None:
            if desk:
                with _told(worker, failed):
                    worker.serve(lane, desk, turn, gevent.sleep)
                return
            ranges = worker.case.schedule.of_lane(lane.index, job.passes)
            _do(worker, lane, ranges, job, failed)

        if len(worker.lanes) == 1:
            live(worker.lanes[0])
        else:
            gevent.joinall([gevent.spawn(live, lane) for lane in worker.lanes])
        if failed:
            raise failed[0]

    def _tasks(self, worker: Worker, job: Job) -> None:
        """A greenlet a range, from a gevent.pool.Pool of as many as there are lanes."""
        from gevent.pool import Pool

        free, failed = list(worker.lanes), list[BaseException]()

        def one(number: int) -> None:
            lane = free.pop()
            _do(worker, lane, iter((number,)), job, failed)
            free.append(lane)

        pool = Pool(len(free))
        for lane in worker.lanes:
            for number in worker.case.schedule.of_lane(lane.index, job.passes):
                pool.spawn(one, number)
                if failed:
                    break
        pool.join()
        if failed:
            raise failed[0]


def _do(worker: Worker, lane: Lane, ranges: Iterator[int], job: Job, failed: list[BaseException]) -> None:
    with _told(worker, failed):
        worker.way(job)(lane, ranges, job)


@contextmanager
def _told(worker: Worker, failed: list[BaseException]) -> Iterator[None]:
    """No exception leaves it: gevent's hub would print each, and go on."""
    try:
        yield
    except BaseException as error:
        failed.append(error)
        worker.case.schedule.cancel()


class Gevent(ProcessTeam):
    summary = "greenlets of gevent, one for each lane (--inflight), each worker a process"
    params = (choice("spawn", "lane", ("lane", "task"), "a greenlet for each lane, or for each range of tasks"),)
    flags = ("lanes",)
    greenlets = True

    def missing(self) -> Optional[str]:
        return None if importlib.util.find_spec("gevent") else not_installed("gevent", "python3-gevent")

    def choose(self, given: Any) -> None:
        self.no_arrivals = "" if given.spawn == "lane" else "spawn=task makes no lanes that wait; spawn=lane does"
        self.life = _Hub(given.spawn)

    def lock(self) -> ContextManager[Any]:
        return _Lock(super().lock())

    def open(self, case: Case) -> None:
        require_memory(case.workers, _WORKER_BYTES)
        importlib.import_module("gevent.monkey")  # before workers are forked, as programs do
        importlib.import_module("gevent.pool")
        super().open(case)
