"""asyncio: one event loop a worker, each worker a process; `inflight` coroutines in each loop.

A body that waits without being a coroutine is done by asyncio.to_thread, as there is no other way; one that only
computes is called as it is, and nothing else in its loop goes on meanwhile.
"""
from __future__ import annotations

import importlib
import importlib.util
import time
from typing import Any, Awaitable, Callable, Optional

from cpython.contract import Case, Job, Lane, Unsupported, choice
from cpython.core.advice import not_installed
from cpython.core.tally import Tally
from cpython.core.team import ProcessTeam, WorkerLife
from cpython.core.waits import LoopTracer, ThreadedLoopTracer, timed_in_thread
from cpython.core.worker import Worker

Body = Callable[[Lane, int, int], Awaitable[None]]


def by_thread(case: Case) -> bool:
    return case.workload.blocks and not case.workload.coroutine()


class Loop(WorkerLife):
    """One worker: a loop, and in each run its lanes."""

    def __init__(self, spawn: str, uvloop: bool):
        importlib.import_module("asyncio")  # before workers are forked, as programs do

        self.spawn = spawn
        self.uvloop = uvloop

    def begin(self, worker: Worker) -> None:
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        worker.begin()
        if self.uvloop:
            import uvloop

            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        else:
            loop = asyncio.new_event_loop()
        self.loop = loop
        asyncio.set_event_loop(loop)
        if by_thread(worker.case):
            self.loop.set_default_executor(ThreadPoolExecutor(worker.case.inflight))
        self.usual_body = self._body(worker, worker.case.workload.run)
        self.traced_body = self._body(worker, timed_in_thread(worker.case.workload.run))

    def _body(self, worker: Worker, run: Callable[[Lane, int, int], None]) -> Body:
        import asyncio

        coroutine = worker.case.workload.coroutine()
        if coroutine:
            return coroutine

        async def in_thread(lane: Lane, first: int, end: int) -> None:
            await asyncio.to_thread(run, lane, first, end)

        async def directly(lane: Lane, first: int, end: int) -> None:
            run(lane, first, end)

        return in_thread if by_thread(worker.case) else directly

    def run(self, worker: Worker, job: Job) -> Tally:
        began_ns = time.monotonic_ns()
        self.body = self.traced_body if job.trace else self.usual_body
        try:
            with worker.tracing(job, ThreadedLoopTracer if by_thread(worker.case) else LoopTracer):
                self.loop.run_until_complete((self._lanes if self.spawn == "lane" else self._tasks)(worker, job))
            worker.leave(job, began_ns)
        except BaseException as error:
            worker.fail(error)
        worker.tally.threaded = worker.tally.ranges if by_thread(worker.case) else 0
        return worker.tally

    def _how(self, worker: Worker) -> Callable[..., Awaitable[None]]:
        return worker.trace_async if worker.tracer else worker.work_async

    async def _lanes(self, worker: Worker, job: Job) -> None:
        """A task a lane: each does range after range."""
        import asyncio

        desk, turn = worker.open_desk(job, is_loop=True) if job.arrivals else None, asyncio.Lock()

        def life_of(lane: Lane) -> Awaitable[None]:
            if desk:
                return worker.serve_async(lane, desk, turn, self.body)
            ranges = worker.case.schedule.of_lane(lane.index, job.passes)
            return self._how(worker)(lane, ranges, job, self.body)

        if len(worker.lanes) == 1:
            await life_of(worker.lanes[0])
        else:
            await asyncio.gather(*map(life_of, worker.lanes))

    async def _tasks(self, worker: Worker, job: Job) -> None:
        """A task a range, `inflight` of them at once: as programs do that spawn one for each thing to do."""
        import asyncio

        loop = asyncio.get_running_loop()
        free, turn = list(worker.lanes), asyncio.Semaphore(len(worker.lanes))
        going: set[asyncio.Task[None]] = set()
        failed: list[BaseException] = []

        async def one(lane: Lane, number: int) -> None:
            try:
                await self._how(worker)(lane, iter((number,)), job, self.body)
            except BaseException as error:
                failed.append(error)
            free.append(lane)
            turn.release()

        for number in self._ranges(worker, job):
            await turn.acquire()
            if failed:
                break
            task = loop.create_task(one(free.pop(), number))
            going.add(task)
            task.add_done_callback(going.discard)
        while going:
            await asyncio.wait(going)
        if failed:
            raise failed[0]

    def _ranges(self, worker: Worker, job: Job) -> Any:
        """Of all lanes of this worker."""
        for lane in worker.lanes:
            yield from worker.case.schedule.of_lane(lane.index, job.passes)

    def end(self, worker: Worker) -> None:
        worker.end()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


class Asyncio(ProcessTeam):
    summary = "event loops of asyncio, a process each, with a coroutine for each lane (--inflight)"
    params = (
        choice("spawn", "lane", ("lane", "task"), "an asyncio.Task for each lane, or for each range of tasks"),
        choice("loop", "asyncio", ("asyncio", "uvloop"), "asyncio's own event loop, or uvloop's"),
    )
    flags = ("lanes",)

    def choose(self, given: Any) -> None:
        self.no_arrivals = "" if given.spawn == "lane" else "spawn=task makes no lanes that wait; spawn=lane does"
        if given.loop == "uvloop" and not importlib.util.find_spec("uvloop"):
            raise Unsupported(not_installed("uvloop", "python3-uvloop"))
        self.life = Loop(given.spawn, given.loop == "uvloop")

    def note(self, case: Case) -> Optional[str]:
        if by_thread(case):
            return "asyncio cannot wait for this: ranges are done in threads, by asyncio.to_thread"
        return None
