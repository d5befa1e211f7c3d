"""Pools that have queues of their own: ranges go in as numbers, and what comes back is who did them and how long.

Ranges are timed where they are done, so that percentiles are those of ranges, whatever the queue adds.
"""
from __future__ import annotations

import dataclasses
import functools
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional

from cpython.contract import Case, Job, Plan, Refused
from cpython.core import placement
from cpython.core.arrivals import Arrivals, ArrivalTally, Desk
from cpython.core.shared import Shared
from cpython.core.tally import Tally, tell
from cpython.core.trace import Recorder, Timeline, slow_of
from cpython.core.waits import ThreadTracer
from cpython.core.worker import Worker

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_clock = time.monotonic_ns
_mine = threading.local()  # .worker: this thread's, or this process's only one

Answer = tuple[int, int, Optional[Tally]]  # the worker, its time, and what else there is to say

_TEXT_BYTES = 2000
_NEW, _READY, _FAILED = 0, 1, 2
_LOOK_S = 0.05  # how often it is looked whether workers have died
_DROPPED_NS = -1  # instead of a time: it was too late for this arrival


class Doorstep:
    """Where workers say that they are there, or why they are not: in shared memory, as nothing else is sure yet."""

    def __init__(self, workers: int):
        self.workers = workers
        self._memory = Shared(workers + _TEXT_BYTES)

    def arrive(self, index: int, trouble: str) -> None:
        view = self._memory.view
        if trouble:
            said = trouble.encode(errors="replace")[: _TEXT_BYTES - 1]
            view[self.workers : self.workers + len(said)] = said
        view[index] = _FAILED if trouble else _READY

    def all_there(self) -> bool:
        """Refused when one has failed to begin, with what it said."""
        states = bytes(self._memory.view[: self.workers])
        if _FAILED in states:
            said = bytes(self._memory.view[self.workers :]).rstrip(b"\0").decode(errors="replace")
            raise Refused(f"a worker could not start: {said}")
        return _NEW not in states


def begin_process(case: Case, doorstep: Doorstep) -> None:
    """What each process of a pool does first. An exception here would have the pool start others for ever."""
    from multiprocessing import current_process, util

    index = (current_process()._identity[-1] - 1) % case.workers
    _begin(case, index, doorstep)
    util.Finalize(None, _mine.worker.end, exitpriority=1)


def _begin(case: Case, index: int, doorstep: Doorstep) -> None:
    _mine.worker = Worker(case, index)
    try:
        _mine.worker.begin()
        doorstep.arrive(index, "")
    except BaseException as error:
        doorstep.arrive(index, tell(error))


def wait_for_all(doorstep: Doorstep) -> None:
    """As a task: so each worker of a pool that starts them when they are needed is needed."""
    while not doorstep.all_there():
        time.sleep(0.001)


def do_range(number: int) -> Answer:
    """The task of a measured run."""
    worker: Worker = _mine.worker
    try:
        first, end = worker.bounds(number)
        lane = worker.lanes[0]
        began_ns = _clock()
        worker.case.workload.run(lane, first, end)
        took_ns = _clock() - began_ns
        tally = worker.tally
        if not (tally.latency.counts or tally.faults or tally.charged_user_s):
            return worker.index, took_ns, None
        worker.new_run()
        return worker.index, took_ns, tally
    except BaseException as error:
        return _failed(worker, error)


def do_arrival(give_up_ns: int, traced: Optional[Job], number: int) -> Answer:
    """The task of an open loop, with when it is too late to begin it."""
    if _clock() > give_up_ns:
        return _mine.worker.index, _DROPPED_NS, None
    return do_range_for(traced, number) if traced else do_range(number)


def do_range_for(job: Job, number: int) -> Answer:
    """The task of all other runs: with checks, with a slowdown on purpose, with a timeline."""
    worker: Worker = _mine.worker
    began_ns = _clock()
    worker.new_run()
    try:
        if job.trace:
            took_ns = _trace(worker, job, number)
            return worker.index, took_ns, worker.tally
        if job.verify:
            worker._verify(worker.lanes[0], iter((number,)), job)
        else:
            worker._time(worker.lanes[0], iter((number,)), job)
        worker.leave(job, began_ns)
        tally = worker.tally
        worker.new_run()
        return worker.index, _clock() - began_ns, tally
    except BaseException as error:
        return _failed(worker, error)


def _trace(worker: Worker, job: Job, number: int) -> int:
    """One range; its part of the timeline is in the worker's tally. How long it took."""
    recorder: Optional[Recorder] = getattr(_mine, "recorder", None)
    if not recorder or recorder.run != job.run:
        recorder = _mine.recorder = Recorder(job.run, job.trace, worker.case.workers, 1)
    tracer, lane, tally = ThreadTracer(recorder), worker.lanes[0], worker.tally
    try:
        seen = tracer.begin()
        worker.case.workload.run(lane, *worker.bounds(number))
        took_ns = tracer.end(seen, lane.index, number)
    finally:
        tracer.close()
    if not worker.case.workload.own_latency:
        tally.latency.add(took_ns)
    tally.ranges, tally.timeline = 1, recorder.take_last()
    return took_ns


def _failed(worker: Worker, error: BaseException) -> Answer:
    tally = Tally(failure=tell(error) or "a task failed")
    worker.new_run()
    return worker.index, 0, tally


def lost(error: BaseException) -> Answer:
    """What a runtime raised instead of an answer."""
    return 0, 0, Tally(failure=tell(error) or "a task failed")


def task_for(job: Job) -> Callable[[int], Answer]:
    if job.verify or job.slower or job.trace:
        return functools.partial(do_range_for, job)
    return do_range


def forget_names() -> None:
    """Take the names of semaphores off the file system, once all workers have them.

    With spawn and forkserver they have names for others to open them by, which would be left behind by kill -9.
    """
    from multiprocessing import synchronize, util

    cleanup = synchronize.SemLock._cleanup  # type: ignore[attr-defined]
    for finalizer in list(util._finalizer_registry.values()):  # type: ignore[attr-defined]
        if finalizer._callback is cleanup:
            finalizer()


def grain_of_pool(plan: Plan) -> int:
    """multiprocessing.Pool.map's own: four chunks a worker."""
    return max(plan.grain, -(-plan.tasks // (plan.workers * 4)))


def collect(case: Case, job: Job, answers: Iterable[Answer], end_ns: int) -> list[Tally]:
    """A tally a worker. What the runtime has handed out once, has come back once: it comes in order."""
    tallies = [Tally(end_ns=end_ns) for _ in range(case.workers)]
    for index, took_ns, more in answers:
        tally = tallies[index]
        tally.busy_ns += took_ns
        if more is None:
            tally.ranges += 1
            tally.tasks += 1
            tally.latency.add(took_ns)
            continue
        tally.ranges += more.ranges or (not more.failure)
        tally.digest += more.digest
        if more.timeline:
            tally.timeline = tally.timeline or Timeline()
            tally.timeline.merge(more.timeline, slow_of(case.workers))
        tally.timed_ns += more.timed_ns
        tally.latency.merge(more.latency)
        tally.failure = tally.failure or more.failure
        tally.charged_user_s += more.charged_user_s
        tally.charged_sys_s += more.charged_sys_s
        for kind, count in more.faults.items():
            tally.faults[kind] = tally.faults.get(kind, 0) + count
        if not more.latency.counts and not job.verify:
            tally.latency.add(took_ns)
    return tallies


@dataclass
class _Received:
    number: int
    at_ns: int
    sent_ns: int
    answer: Optional[Answer]  # None: its worker has died


Done = Callable[[Optional[Answer]], None]
Task = Callable[[int], Answer]


def dispatch(
    case: Case, job: Job, submit: Callable[[Task, int, Done], Any], look: Callable[[], None] = lambda: None
) -> list[Tally]:
    """An open loop: each arrival goes to the pool when it is due, and is done when its answer is back.

    submit(task, number, done) has task(number) done, and done() called with its answer by whoever receives it.
    look() is called now and then, and in the end, and raises Crashed once a worker has died.
    """
    assert job.arrivals
    arrivals = job.arrivals
    arrivals.draw_times()
    received: queue.SimpleQueue[_Received] = queue.SimpleQueue()

    def done(number: int, sent_ns: int, answer: Optional[Answer]) -> None:
        received.put(_Received(number, _clock(), sent_ns, answer))
        if answer is None or (answer[2] and answer[2].failure):
            case.schedule.cancel()

    job.released_ns = _clock()
    traced = dataclasses.replace(job, arrivals=None) if job.trace else None
    task = functools.partial(do_arrival, job.released_ns + arrivals.give_up_ns, traced)
    desk, sent = Desk(arrivals, job.released_ns, case.schedule, is_loop=False), 0
    while arrival := desk.take():
        while (pause_s := desk.pause_s(arrival)) >= 0:
            time.sleep(pause_s)
            if pause_s:
                look()
        if case.schedule.is_cancelled():
            break
        submit(task, arrival.number, functools.partial(done, arrival.number, _clock()))
        sent += 1
    all_received: list[_Received] = []
    while len(all_received) < sent:
        try:
            all_received.append(received.get(timeout=_LOOK_S))
        except queue.Empty:
            look()
    if any(one.answer is None for one in all_received):
        look()
    return _collect_arrivals(case, job, arrivals, all_received)


def _collect_arrivals(case: Case, job: Job, arrivals: Arrivals, received: list[_Received]) -> list[Tally]:
    """How late they were is how late they were submitted: the dispatcher is always there."""
    seen, begun = ArrivalTally(), []
    for one in received:
        assert one.answer
        took_ns, due_ns = one.answer[1], job.released_ns + arrivals.due_ns[one.number]
        quarter = one.number * 4 // arrivals.count
        seen.latency.add(one.at_ns - due_ns)
        seen.counts[quarter] += 1
        seen.waited_ns[quarter] += one.at_ns - max(took_ns, 0) - due_ns
        if took_ns == _DROPPED_NS:
            seen.dropped += 1
            continue
        begun.append(one.answer)
        seen.service.add(took_ns)
        seen.late.add(one.sent_ns - due_ns)
    tallies = collect(case, job, begun, max(one.at_ns for one in received))
    tallies[0].arrived = seen
    return tallies


class ThreadedPool:
    """concurrent.futures.ThreadPoolExecutor."""

    def __init__(self) -> None:
        self.pool: Optional[ThreadPoolExecutor] = None
        self.tids: dict[int, int] = {}

    def open(self, case: Case) -> None:
        from concurrent.futures import ThreadPoolExecutor

        doorstep = Doorstep(case.workers)
        indexes = iter(range(case.workers))

        def begin() -> None:
            index = next(indexes)
            self.tids[index] = threading.get_native_id()
            _begin(case, index, doorstep)

        self.pool = ThreadPoolExecutor(case.workers, "worker", begin)
        for waiting in [self.pool.submit(wait_for_all, doorstep) for _ in range(case.workers)]:
            waiting.result()

    def run(self, case: Case, job: Job) -> list[Tally]:
        tallies = dispatch(case, job, self._submit) if job.arrivals else self._all(case, job)
        for index, tally in enumerate(tallies):
            tally.cpus = placement.place(self.tids[index])
        return tallies

    def _submit(self, task: Task, number: int, done: Done) -> None:
        assert self.pool
        future = self.pool.submit(task, number)
        future.add_done_callback(lambda future: done(future.result()))

    def _all(self, case: Case, job: Job) -> list[Tally]:
        assert self.pool
        task, submit = task_for(job), self.pool.submit
        total = case.ranges * job.passes
        job.released_ns = _clock()
        futures = [submit(task, number) for number in range(total)]
        answers = [future.result() for future in futures]
        return collect(case, job, answers, _clock())

    def close(self) -> None:
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)
