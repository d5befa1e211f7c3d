"""counter: all workers add to one counter, by a read, a call and a write, with a lock around them or without.

Without, updates are lost when another worker comes in between; `counter += 1` alone would lose none since Python
3.10, which switches threads only at calls and at the ends of loops. It lies in shared memory under all executors.
"""
from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ContextManager

from cpython.contract import Lane, Plan, Refused, Workload, choice, count
from cpython.core.shared import Shared


def add_one(value: int) -> int:
    return value + 1


class CounterWork(Workload):
    summary = "CPU-bound: add to one shared counter: unprotected or locked"
    params = (
        choice("sync", "mutex", ("none", "mutex"), "how concurrent updates are protected (none: some get lost)"),
        count("tasks", "1000", 1, 1e9, "tasks in a run"),
        count("updates", "1000", 1, 1e9, "updates of the counter per task"),
    )

    def setup(self, given: Any, plan: Plan) -> None:
        self.sync, self.updates = given.sync, given.updates
        self.lock: ContextManager[Any] = plan.lock() if given.sync == "mutex" else nullcontext()
        self.memory = Shared(8 * (1 + plan.workers))  # the counter; how many updates each worker has made
        plan.tasks = given.tasks
        plan.work, plan.work_unit = float(given.tasks * given.updates), "update"

    def prepare(self) -> None:
        self.memory.zero()

    def lane_init(self, lane: Lane) -> None:
        lane.local = self.memory.view.cast("Q")

    def run(self, lane: Lane, first: int, end: int) -> None:
        numbers = lane.local
        updates = (end - first) * self.updates
        if self.sync == "mutex":
            lock = self.lock
            for _ in range(updates):
                with lock:
                    value = numbers[0]
                    numbers[0] = add_one(value)
        else:
            for _ in range(updates):
                value = numbers[0]
                numbers[0] = add_one(value)
        numbers[1 + lane.worker] += updates

    def finish(self) -> None:
        numbers = self.memory.view.cast("Q")
        counted, made = numbers[0], sum(numbers[1:])
        if counted == made:
            return
        cure = ": read-then-write is not atomic; use sync=mutex" if self.sync == "none" else ""
        raise Refused(f"lost {made - counted} of {made} updates (sync={self.sync}{cure})")
