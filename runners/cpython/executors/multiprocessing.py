"""multiprocessing: its Pool, a ProcessPoolExecutor, or a new Process for each range of tasks.

A range is a chunk: what Pool.map calls chunksize is --grain, and by default as large as Pool.map would have it.
Timed is from submitting the first to the last result.
"""
from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from typing import Any, Callable, ContextManager, Optional

from cpython.contract import Case, Crashed, Executor, Job, Plan, choice
from cpython.core import family, placement, pool, usage
from cpython.core.tally import Tally
from cpython.core.worker import Worker

_clock = time.monotonic_ns
_LOOK_S = 0.05  # how often it is looked whether workers have died
_END_S = 2.0  # a worker that has not ended by then, when it is asked to, is killed
_kept: list[Any] = []  # pools whose workers were killed: their own end would wait for ever


def _describe(process: Any) -> str:
    process.join(1)
    code = process.exitcode
    if code is not None and code < 0:
        return f"a worker (process {process.pid}) was killed by signal {-code} ({signal.Signals(-code).name})"
    return f"a worker (process {process.pid}) ended in the middle of its work, with status {code}"


class _Pool:
    """multiprocessing.Pool. It starts others for workers that have died, and waits for ever for what they had."""

    def __init__(self, context: Any):
        self.context = context
        self.pool: Any = None
        self.processes: list[Any] = []

    def open(self, case: Case) -> None:
        doorstep = pool.Doorstep(case.workers)
        self.pool = self.context.Pool(case.workers, pool.begin_process, (case, doorstep))
        self.processes = list(self.pool._pool)
        while not doorstep.all_there():
            self.look()
            time.sleep(0.001)

    def look(self) -> None:
        for process in self.processes:
            if process.exitcode is not None:
                raise Crashed(_describe(process))

    def map(self, task: Any, ranges: int) -> list[pool.Answer]:
        result = self.pool.map_async(task, range(ranges), chunksize=1)
        while True:
            result.wait(_LOOK_S)
            if result.ready():
                answers: list[pool.Answer] = result.get()
                return answers
            self.look()

    def submit(self, task: pool.Task, number: int, done: pool.Done) -> None:
        self.pool.apply_async(task, (number,), {}, done, lambda error: done(pool.lost(error)))

    def close(self) -> None:
        if self.pool is None:
            return
        self.pool.close()
        if not _await_ends(self.processes):
            self.pool._worker_handler._state = "TERMINATE"  # no others for those that are killed
            _kept.append(self.pool)
            _kill(self.processes)
        else:
            self.pool.join()


class _Executor:
    """concurrent.futures.ProcessPoolExecutor, which breaks when a worker dies, and says so."""

    def __init__(self, context: Any):
        self.context = context
        self.pool: Any = None
        self.processes: list[Any] = []

    def open(self, case: Case) -> None:
        from concurrent.futures import ProcessPoolExecutor

        doorstep = pool.Doorstep(case.workers)
        self.pool = ProcessPoolExecutor(case.workers, self.context, pool.begin_process, (case, doorstep))
        self._gather([self.pool.submit(pool.wait_for_all, doorstep) for _ in range(case.workers)])
        self.processes = list(self.pool._processes.values())

    def map(self, task: Any, ranges: int) -> list[pool.Answer]:
        submit = self.pool.submit
        return self._gather([submit(task, number) for number in range(ranges)])

    def submit(self, task: pool.Task, number: int, done: pool.Done) -> None:
        from concurrent.futures.process import BrokenProcessPool

        try:
            future = self.pool.submit(task, number)
        except BrokenProcessPool:
            done(None)
            return

        def receive(future: Any) -> None:
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                done(None)
            else:
                done(pool.lost(error) if error else future.result())

        future.add_done_callback(receive)

    def look(self) -> None:
        """Once it is broken, which is for ever."""
        if self.pool._broken:
            raise self._crashed(self.pool._broken)

    def _gather(self, futures: list[Any]) -> list[Any]:
        from concurrent.futures.process import BrokenProcessPool

        try:
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            raise self._crashed(error) from error

    def _crashed(self, why: Any) -> Crashed:
        _await_ends(self.processes)
        dead = [process for process in self.processes if process.exitcode]
        dead.sort(key=lambda process: bool(process.exitcode == -signal.SIGTERM))  # the others are ended so
        return Crashed(_describe(dead[0]) if dead else f"a worker died: {why}")

    def close(self) -> None:
        if self.pool is None:
            return
        self.pool.shutdown(wait=False, cancel_futures=True)
        if not _await_ends(self.processes):
            _kept.append(self.pool)
            _kill(self.processes)


class _EachItsOwn:
    """A new Process for each range, as many at once as there are workers."""

    def __init__(self, context: Any):
        self.context = context
        self.processes: list[Any] = []

    def open(self, case: Case) -> None:
        self.case = case

    def map(self, task: Any, ranges: int) -> list[pool.Answer]:
        from multiprocessing.connection import wait

        answers: list[pool.Answer] = []
        free, numbers = list(range(self.case.workers)), iter(range(ranges))
        going: dict[Any, tuple[Any, int]] = {}  # by the pipe of its answer: process and slot
        left = ranges
        while left or going:
            while free and left:
                left -= 1
                ours, theirs = self.context.Pipe(duplex=False)
                slot = free.pop()
                process = self.context.Process(
                    target=_do_one, args=(self.case, slot, task, next(numbers), theirs), daemon=True
                )
                process.start()
                theirs.close()
                going[ours] = (process, slot)
                self.processes = [one for one, _ in going.values()]
            for pipe in wait(list(going)):
                process, slot = going.pop(pipe)
                answers.append(_result(pipe, process))
                free.append(slot)
        return answers

    def close(self) -> None:
        _kill(self.processes)


def _result(pipe: Any, process: Any) -> pool.Answer:
    try:
        answer: pool.Answer = pipe.recv()
    except EOFError as error:
        raise Crashed(_describe(process)) from error
    pipe.close()
    process.join()
    process.close()
    return answer


def _do_one(case: Case, slot: int, task: Any, number: int, pipe: Any) -> None:
    worker = pool._mine.worker = Worker(case, slot)
    try:
        worker.begin()
        answer: pool.Answer = task(number)
        worker.end()
    except BaseException as error:
        answer = pool._failed(worker, error)
    index, took_ns, more = answer
    if more is None:
        more = Tally(ranges=1)
        more.latency.add(took_ns)
    more.usage = usage.of_self()
    more.cpus = placement.place()
    pipe.send((index, took_ns, more))


def _alive(process: Any) -> bool:
    try:
        return bool(process.is_alive())
    except ValueError:  # closed
        return False


def _await_ends(processes: list[Any]) -> bool:
    until_s = time.monotonic() + _END_S
    while any(map(_alive, processes)):
        if time.monotonic() > until_s:
            return False
        time.sleep(0.002)
    return True


def _kill(processes: list[Any]) -> None:
    for process in processes:
        if _alive(process):
            process.kill()
            process.join()


class Multiprocessing(Executor):
    summary = "processes of multiprocessing: Pool, ProcessPoolExecutor, or a new one for each range"
    params = (
        choice(
            "pool", "pool", ("pool", "executor", "none"), "Pool, ProcessPoolExecutor, or a new Process for each range"
        ),
        choice("method", "fork", ("fork", "spawn", "forkserver"), "how processes are started"),
    )
    flags = ("schedules_itself",)
    clock = "submit"
    pickles = True

    def __init__(self) -> None:
        self.pool: Optional[_Pool | _Executor | _EachItsOwn] = None

    def choose(self, given: Any) -> None:
        import multiprocessing

        self.no_arrivals = "pool=none has no workers before a task is due; pool=pool and pool=executor have"
        if given.pool != "none":
            self.no_arrivals = ""
        self.method = given.method
        self.context = multiprocessing.get_context(given.method)
        self.kind: Callable[[Any], _Pool | _Executor | _EachItsOwn]
        self.kind = {"pool": _Pool, "executor": _Executor, "none": _EachItsOwn}[given.pool]  # type: ignore[assignment]

    def grain(self, plan: Plan) -> int:
        return pool.grain_of_pool(plan)

    def lock(self) -> ContextManager[Any]:
        lock: ContextManager[Any] = self.context.Lock()
        return lock

    def open(self, case: Case) -> None:
        if self.method == "forkserver" and case.scratch:  # where it puts its socket
            os.makedirs(case.scratch, 0o700, exist_ok=True)
            tempfile.tempdir = case.scratch
        if self.method != "fork":
            family.start_tracker()
        self.pool = made = self.kind(self.context)
        made.open(case)
        if self.method != "fork" and not isinstance(self.pool, _EachItsOwn):
            pool.forget_names()
            shutil.rmtree(case.scratch, ignore_errors=True)  # no other process is to be forked: the socket is of no use

    def run(self, case: Case, job: Job) -> list[Tally]:
        assert self.pool
        if job.arrivals:
            assert not isinstance(self.pool, _EachItsOwn)
            return self._tell_places(case, pool.dispatch(case, job, self.pool.submit, self.pool.look))
        before = usage.of_self()
        job.released_ns = _clock()
        answers = self.pool.map(pool.task_for(job), case.ranges * job.passes)
        end_ns = _clock()
        tallies = pool.collect(case, job, answers, end_ns)
        if isinstance(self.pool, _EachItsOwn):
            self._count(tallies, answers, before)
            return tallies
        return self._tell_places(case, tallies)

    def _tell_places(self, case: Case, tallies: list[Tally]) -> list[Tally]:
        assert self.pool
        for process in self.pool.processes:
            index = (process._identity[-1] - 1) % case.workers
            tallies[index].cpus = placement.place(process.pid)
        return tallies

    def _count(self, tallies: list[Tally], answers: list[pool.Answer], before: usage.Usage) -> None:
        """Processes that have ended have said themselves what they used; starting them is our own."""
        for tally in tallies:
            tally.usage = usage.Usage()
        for index, _, more in answers:
            assert more and more.usage and tallies[index].usage
            tallies[index].usage += more.usage  # type: ignore[operator]
            tallies[index].cpus = more.cpus
        tallies[0].usage += usage.of_self() - before  # type: ignore[operator]

    def close(self, case: Case) -> None:
        if self.pool:
            self.pool.close()

    def pids(self) -> list[int]:
        if self.pool is None or isinstance(self.pool, _EachItsOwn):
            return []
        return [process.pid for process in self.pool.processes]
