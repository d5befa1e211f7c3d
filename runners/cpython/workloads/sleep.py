"""sleep: wait until a moment, again and again. The latency is how late it woke."""
from __future__ import annotations

import time
from typing import Any, Awaitable, Callable

from cpython.contract import Lane, Plan, Workload, WrongAnswer, count, duration
from cpython.workloads._vary import VARY, vary_factor
from cpython.workloads._waiting import sleep_until, sleep_until_async


class Sleep(Workload):
    summary = "I/O-bound: wait for a deadline; the latency is how late it woke"
    params = (
        duration("duration", "1ms", 0, 3.6e12, "how long a task sleeps"),
        count("tasks", "100", 1, 1e12, "sleeps in a run"),
        VARY,
    )
    own_latency = True

    def setup(self, given: Any, plan: Plan) -> None:
        self.duration_ns, self.varies, self.seed = given.duration, given.vary != "none", plan.seed
        plan.tasks = given.tasks
        plan.work, plan.work_unit = float(plan.tasks), "task"

    def _duration_of(self, task: int) -> int:
        length: int = self.duration_ns
        return int(length * vary_factor(self.seed, task)) if self.varies else length

    def run(self, lane: Lane, first: int, end: int) -> None:
        now_ns = lane.local = time.monotonic_ns()
        for task in range(first, end):
            deadline_ns = now_ns + self._duration_of(task)
            now_ns = sleep_until(deadline_ns)
            lane.latency(now_ns - deadline_ns)

    def coroutine(self) -> Callable[[Lane, int, int], Awaitable[None]]:
        return self._run_async

    async def _run_async(self, lane: Lane, first: int, end: int) -> None:
        now_ns = lane.local = time.monotonic_ns()
        for task in range(first, end):
            deadline_ns = now_ns + self._duration_of(task)
            now_ns = await sleep_until_async(deadline_ns)
            lane.latency(now_ns - deadline_ns)

    def check(self, lane: Lane, first: int, end: int) -> None:
        took_ns = time.monotonic_ns() - lane.local
        least_ns = sum(self._duration_of(task) for task in range(first, end))
        if took_ns < least_ns:
            raise WrongAnswer(f"{end - first} sleeps took {took_ns} ns, less than the {least_ns} ns they should")
