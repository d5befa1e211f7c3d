"""One worker where it works: pinned, with its lanes, doing ranges. The timed path is in here."""
from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from random import Random
from typing import Any, Callable, ContextManager, Iterator, Optional

from cpython.contract import Case, Job, Lane
from cpython.core import lever, placement
from cpython.core.arrivals import Desk
from cpython.core.tally import Tally, digest, tell
from cpython.core.trace import Recorder, Tracer
from cpython.core.waits import LoopTracer, ThreadTracer

_clock, _sleep = time.monotonic_ns, time.sleep


class Worker:
    """Number `index` of a case. Made, used and ended on its own thread, or in its own process."""

    def __init__(self, case: Case, index: int):
        self.case = case
        self.index = index
        self.tally = Tally()
        self.lanes: list[Lane] = []
        self.given = 0  # ranges that a broker has had it do
        self.trouble = ""  # why it could not be pinned
        self.chance = Random(index).random
        self.tracer: Optional[Tracer] = None  # of a run that is traced

    def begin(self) -> None:
        """Pin, and make the lanes. Raises what lane_init raises."""
        case = self.case
        self.trouble = placement.pin(case.cpus[self.index])
        for number in range(case.inflight):
            lane = Lane(self.index * case.inflight + number, self.index, self.tally, case.workload.allow > 0)
            case.workload.lane_init(lane)
            self.lanes.append(lane)

    def end(self) -> None:
        for lane in self.lanes:
            self.case.workload.lane_fini(lane)
        self.lanes = []

    def new_run(self) -> None:
        """Before each run: everything is counted from nothing."""
        self.tally = Tally()
        for lane in self.lanes:
            lane._tally = self.tally
            lane.latency = self.tally.latency.add

    def bounds(self, number: int) -> tuple[int, int]:
        """The tasks of a range."""
        case = self.case
        first = number % case.ranges * case.grain
        return first, min(first + case.grain, case.tasks)

    def work(self, ranges: Iterator[int], job: Job) -> Tally:
        """Do ranges on the only lane, as they come, to the end. No exception leaves it."""
        try:
            began_ns = _clock()
            with self.tracing(job, ThreadTracer):
                if job.arrivals:
                    self.serve(self.lanes[0], self.open_desk(job, is_loop=False), nullcontext(), _sleep)
                else:
                    self.way(job)(self.lanes[0], ranges, job)
            self.leave(job, began_ns)
        except BaseException as error:  # sys.exit() in a task is a failure of that task
            self.fail(error)
        return self.tally

    def way(self, job: Job) -> Callable[[Lane, Iterator[int], Job], None]:
        """How a lane of threads or greenlets does its ranges."""
        if job.verify:
            return self._verify
        return self._turn_lever if job.lever else self._trace if self.tracer else self._time

    @contextmanager
    def tracing(self, job: Job, tracer: Callable[[Recorder], Tracer]) -> Iterator[None]:
        """Within it self.tracer is there, if the run is traced, and afterwards tally.timeline."""
        if not job.trace:
            yield
            return
        recorder = Recorder(job.run, job.trace, self.case.workers, job.every)
        self.tracer = tracer(recorder)
        try:
            yield
        finally:
            self.tracer.close()
            self.tracer = None
            self.tally.timeline = recorder.result

    def leave(self, job: Job, began_ns: int) -> None:
        """A slowdown on purpose, and the end's time."""
        now_ns = _clock()
        if job.slower:
            until_ns = now_ns + (now_ns - began_ns) * job.slower
            while now_ns < until_ns:
                now_ns = _clock()
        self.tally.end_ns = now_ns

    def fail(self, error: BaseException) -> None:
        self.tally.end_ns = _clock()
        self.tally.failure = self.tally.failure or tell(error) or "a task failed"
        self.case.schedule.cancel()

    def _time(self, lane: Lane, ranges: Iterator[int], job: Job) -> None:
        """Where a range is short, the clock is read for one in `every`, by chance: a period could be met always."""
        case = self.case
        run, own = case.workload.run, case.workload.own_latency or job.no_latency
        per_pass, grain, tasks = case.ranges, case.grain, case.tasks
        add, every, left, done, chance = self.tally.latency.add, job.every, 1, 0, self.chance
        for number in ranges:
            first = number % per_pass * grain
            end = first + grain
            if end > tasks:
                end = tasks
            left -= 1
            if left or own:
                run(lane, first, end)
            else:
                began_ns = _clock()
                run(lane, first, end)
                add(_clock() - began_ns)
                left = 1 + int(chance() * (2 * every - 1))
            done += 1
        self.tally.ranges += done
        self.tally.sampled = every > 1 and not own

    def _trace(self, lane: Lane, ranges: Iterator[int], job: Job) -> None:
        """As _time, and each range that is timed goes into the timeline."""
        assert self.tracer
        run, own, tally = self.case.workload.run, self.case.workload.own_latency or job.no_latency, self.tally
        begin, end, left = self.tracer.begin, self.tracer.end, 1
        for number in ranges:
            first, last = self.bounds(number)
            left -= 1
            if left:
                run(lane, first, last)
            else:
                seen = begin()
                run(lane, first, last)
                took_ns = end(seen, lane.index, number)
                if not own:
                    tally.latency.add(took_ns)
                left = 1 + int(self.chance() * (2 * job.every - 1))
            tally.ranges += 1
        tally.sampled = job.every > 1 and not own

    def _turn_lever(self, lane: Lane, ranges: Iterator[int], job: Job) -> None:
        assert job.lever
        turner = lever.Turner(job.lever, self.case.workers * self.case.inflight == 1)
        self.tally.ranges += lever.work(turner, self.case.workload.run, lane, map(self.bounds, ranges))
        self.tally.lever = turner.end()

    def _verify(self, lane: Lane, ranges: Iterator[int], job: Job) -> None:
        workload, tally = self.case.workload, self.tally
        for number in ranges:
            first, end = self.bounds(number)
            began_ns = _clock()
            workload.run(lane, first, end)
            tally.timed_ns += _clock() - began_ns
            workload.check(lane, first, end)
            tally.ranges += 1
            tally.digest += digest(number)

    def open_desk(self, job: Job, is_loop: bool) -> Desk:
        """For the lanes of this worker in a run whose tasks come at times of their own."""
        assert job.arrivals
        desk = Desk(job.arrivals, job.released_ns, self.case.schedule, is_loop)
        self.tally.arrived = desk.tally
        return desk

    def serve(self, lane: Lane, desk: Desk, turn: ContextManager[Any], sleep: Callable[[float], Any]) -> None:
        """Arrivals, to the last. turn: a lock between the lanes of this worker."""
        run, tasks, tracer = self.case.workload.run, self.case.tasks, self.tracer
        while True:
            with turn:
                arrival = desk.take()
                if not arrival:
                    return
                while arrival.was_free and (pause_s := desk.pause_s(arrival)) >= 0:
                    sleep(pause_s)
                is_begun = desk.begin(arrival)
            if is_begun:
                task = arrival.number % tasks
                seen = tracer.begin() if tracer else None
                run(lane, task, task + 1)
                desk.end(arrival)
                if tracer and seen:
                    tracer.end(seen, lane.index, arrival.number)
                self.tally.ranges += 1

    async def serve_async(self, lane: Lane, desk: Desk, turn: Any, run: Any) -> None:
        """The same in an event loop. turn: an asyncio.Lock."""
        from asyncio import sleep

        tasks, tracer = self.case.tasks, self.tracer
        while True:
            async with turn:
                arrival = desk.take()
                if not arrival:
                    return
                while arrival.was_free and (pause_s := desk.pause_s(arrival)) >= 0:
                    await sleep(pause_s)
                is_begun = desk.begin(arrival)
            if is_begun:
                task = arrival.number % tasks
                if isinstance(tracer, LoopTracer):
                    await tracer.follow(run(lane, task, task + 1), seen := tracer.begin())
                    desk.end(arrival)
                    tracer.end(seen, lane.index, arrival.number)
                else:
                    await run(lane, task, task + 1)
                    desk.end(arrival)
                self.tally.ranges += 1

    async def work_async(self, lane: Lane, ranges: Iterator[int], job: Job, run: Any) -> None:
        """One lane of an event loop: as _time and _verify. run: async def run(lane, first, end)."""
        workload, tally, add = self.case.workload, self.tally, self.tally.latency.add
        own, every, left = workload.own_latency or job.no_latency, job.every, 1
        for number in ranges:
            first, end = self.bounds(number)
            left -= 1
            if job.verify or not (left or own):
                began_ns = _clock()
                await run(lane, first, end)
                took_ns = _clock() - began_ns
                left = 1 + int(self.chance() * (2 * every - 1))
                if job.verify:
                    tally.timed_ns += took_ns
                    workload.check(lane, first, end)
                    tally.digest += digest(number)
                elif not own:
                    add(took_ns)
            else:
                await run(lane, first, end)
            tally.ranges += 1
        tally.sampled = every > 1 and not own

    async def trace_async(self, lane: Lane, ranges: Iterator[int], job: Job, run: Any) -> None:
        """As work_async in a measured run, and each range that is timed goes into the timeline."""
        tracer, tally, own, left = self.tracer, self.tally, self.case.workload.own_latency or job.no_latency, 1
        assert isinstance(tracer, LoopTracer)
        for number in ranges:
            first, end = self.bounds(number)
            left -= 1
            if left:
                await run(lane, first, end)
            else:
                await tracer.follow(run(lane, first, end), seen := tracer.begin())
                took_ns = tracer.end(seen, lane.index, number)
                if not own:
                    tally.latency.add(took_ns)
                left = 1 + int(self.chance() * (2 * job.every - 1))
            tally.ranges += 1
        tally.sampled = job.every > 1 and not own
