"""spin: a given time of pure CPU work a task, in Python. With work=0 a task is nothing but a call."""
from __future__ import annotations

import time
from typing import Any, Awaitable, Callable, Optional

from cpython.contract import Lane, Plan, Workload, WrongAnswer, boolean, count, duration, real
from cpython.workloads._cpu_work import MASK, CpuWork, chain, jump
from cpython.workloads._vary import VARY, vary_factor

_RUN_NS, _LEAST_NS, _LEAST_TASKS = 2_000_000, 20, 64  # as bench's own spin
_RANGE_NS = 20_000  # tasks that are shorter are handed out together


class Spin(Workload):
    summary = "CPU-bound: compute for a given time, in Python; work=0 shows what handing out tasks costs"
    params = (
        duration("work", "1us", 0, 1e12, "CPU time of a task"),
        count("tasks", "0", 0, 1e12, "tasks in a run; 0: enough for about 2 ms of work"),
        real(
            "steps_per_us",
            "0",
            0,
            1e6,
            "steps per microsecond of CPU time; 0: measure it",
            "steps/us",
            was="rate",
        ),
        boolean("yield", "no", "yield to the worker's other lanes, or to other threads, after each task"),
        VARY,
    )

    def setup(self, given: Any, plan: Plan) -> None:
        self.work = CpuWork(given.work, given.steps_per_us)
        task_ns = max(given.work, _LEAST_NS)
        plan.tasks = given.tasks or max(_RUN_NS // task_ns, _LEAST_TASKS)
        plan.grain = max(1, min(_RANGE_NS // task_ns, plan.tasks // (plan.workers * plan.inflight * 4)))
        plan.work, plan.work_unit = float(plan.tasks), "task"
        plan.measured = self.work.measured
        self.yields = getattr(given, "yield")
        self.varies, self.seed = given.vary != "none", plan.seed

    def _steps_of(self, task: int) -> int:
        return int(self.work.steps * vary_factor(self.seed, task) + 0.5) if self.varies else self.work.steps

    def run(self, lane: Lane, first: int, end: int) -> None:
        state, steps = 0, self.work.steps
        if self.yields or self.varies:
            for task in range(first, end):
                state = chain(state ^ task, self._steps_of(task))
                if self.yields:
                    time.sleep(0)
        else:
            for task in range(first, end):
                state = chain(state ^ task, steps)
        lane.local = state

    def coroutine(self) -> Optional[Callable[[Lane, int, int], Awaitable[None]]]:
        return self._run_yielding if self.yields else None

    async def _run_yielding(self, lane: Lane, first: int, end: int) -> None:
        from asyncio import sleep

        state = 0
        for task in range(first, end):
            state = chain(state ^ task, self._steps_of(task))
            await sleep(0)
        lane.local = state

    def check(self, lane: Lane, first: int, end: int) -> None:
        if lane.local != (self._expect(first, end) if self.varies else self.work.expect(first, end)):
            raise WrongAnswer(f"tasks {first} to {end - 1}: the chain ended in the wrong state")

    def _expect(self, first: int, end: int) -> int:
        state = 0
        for task in range(first, end):
            multiplier, increment = jump(self._steps_of(task))
            state = ((state ^ task) * multiplier + increment) & MASK
        return state
