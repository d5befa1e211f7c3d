"""serial: one task after the other, in the runner's main thread: what all others are held against."""
from __future__ import annotations

import threading
import time
from typing import Any, ContextManager

from cpython.contract import Case, Executor, Job
from cpython.core import placement, usage
from cpython.core.tally import Tally
from cpython.core.worker import Worker


class Serial(Executor):
    summary = "one task after the other, in one thread of CPython"
    flags = ("one_worker",)
    one_address_space = True
    levers = True

    def lock(self) -> ContextManager[Any]:
        return threading.Lock()

    def open(self, case: Case) -> None:
        self.worker = Worker(case, 0)
        self.worker.begin()

    def run(self, case: Case, job: Job) -> list[Tally]:
        worker = self.worker
        worker.new_run()
        ranges = case.schedule.of_lane(0, job.passes)
        before = usage.of_thread()
        job.released_ns = time.monotonic_ns()
        tally = worker.work(ranges, job)
        tally.usage = usage.of_thread() - before
        tally.cpus = placement.place()
        return [tally]

    def close(self, case: Case) -> None:
        self.worker.end()
