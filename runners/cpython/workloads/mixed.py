"""mixed: compute for a given time, then wait for a given time: the dial between CPU-bound and I/O-bound."""
from __future__ import annotations

import time
from typing import Any, Awaitable, Callable

from cpython.contract import Lane, Plan, Workload, WrongAnswer, count, duration, real
from cpython.workloads._cpu_work import CpuWork, chain
from cpython.workloads._waiting import sleep_until, sleep_until_async


class Mixed(Workload):
    summary = "CPU-bound to I/O-bound, as you set it: compute, then wait"
    params = (
        duration("compute", "100us", 0, 1e12, "CPU time of a task"),
        duration("wait", "1ms", 0, 3.6e12, "how long a task then waits; 0: not at all"),
        count("tasks", "100", 1, 1e12, "tasks in a run"),
        real("steps_per_us", "0", 0, 1e6, "steps per microsecond of CPU time; 0: measure it", "steps/us", was="rate"),
    )

    def setup(self, given: Any, plan: Plan) -> None:
        self.work = CpuWork(given.compute, given.steps_per_us)
        self.wait_ns = given.wait
        plan.tasks = given.tasks
        plan.work, plan.work_unit = float(given.tasks), "task"
        plan.measured = self.work.measured

    def run(self, lane: Lane, first: int, end: int) -> None:
        state = 0
        for task in range(first, end):
            state = chain(state ^ task, self.work.steps)
            if self.wait_ns:
                sleep_until(time.monotonic_ns() + self.wait_ns)
        lane.local = state

    def coroutine(self) -> Callable[[Lane, int, int], Awaitable[None]]:
        return self._run_async

    async def _run_async(self, lane: Lane, first: int, end: int) -> None:
        state = 0
        for task in range(first, end):
            state = chain(state ^ task, self.work.steps)
            if self.wait_ns:
                await sleep_until_async(time.monotonic_ns() + self.wait_ns)
        lane.local = state

    def check(self, lane: Lane, first: int, end: int) -> None:
        if lane.local != self.work.expect(first, end):
            raise WrongAnswer(f"tasks {first} to {end - 1}: the chain ended in the wrong state")
