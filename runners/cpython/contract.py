"""What a workload and an executor are, in Python: all that a module of either kind needs to see.

README.md beside this file is the way in. Times are nanoseconds in int unless a name says otherwise.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Awaitable, Callable, ContextManager, Optional, Sequence

from cpython.core.arrivals import Arrivals
from cpython.core.failures import Crashed, Refused, TaskFailed, Unsupported, WrongAnswer
from cpython.core.lever import Lever
from cpython.core.params import Param, boolean, choice, count, duration, real, size, text
from cpython.core.schedule import Schedule
from cpython.core.tally import Tally

__all__ = [
    "Case",
    "Crashed",
    "Executor",
    "Job",
    "Lane",
    "Param",
    "Plan",
    "Refused",
    "TaskFailed",
    "Unsupported",
    "Workload",
    "WrongAnswer",
    "boolean",
    "choice",
    "count",
    "duration",
    "real",
    "size",
    "text",
]


class Plan:
    """What a workload's setup() is told, and what it fills in."""

    def __init__(
        self,
        workers: int,
        inflight: int,
        seed: int,
        lock: Callable[[], ContextManager[Any]],
        pickles: bool = False,
        greenlets: bool = False,
        graphs: bool = False,
    ):
        # told
        self.workers = workers
        self.inflight = inflight  # lanes of a worker
        self.seed = seed  # of all that is random
        self.lock = lock  # makes one that all workers share, for `with`; Unsupported where there is none
        self.pickles = pickles  # functions and answers of a program of this kind go to other processes by pickle
        self.greenlets = greenlets  # what waits is patched in workers, before anything of a user's is imported there
        self.graphs = graphs  # the program computes graphs of Dask's: Workload.chunks() may be asked for
        self.max_requests = -1  # that may go to other machines; negative: as many as it likes
        # to be filled in
        self.tasks = 0  # how many; they are numbered from 0
        self.grain = 1  # tasks that are best handed out together
        self.work = 0.0  # of all tasks together, in
        self.work_unit = "task"
        self.chunked = False  # where graphs: each task is handed what a chunk of chunks() has come to, one at a time
        self.single_pass = False  # a second pass would be other work than the first
        self.requests = 0  # that a pass makes to other machines, as far as is known
        self.measured: dict[str, str] = {}  # parameters that were left to the workload, as it has measured them
        self.notes: list[str] = []  # what makes the numbers mean less


class Lane:
    """One line of execution: a worker's only one, or one of `inflight` in an event loop.

    A body may keep what it likes in `local`: buffers, a connection.
    """

    def __init__(self, index: int, worker: int, tally: Tally, allows: bool):
        self.index = index  # among all lanes of the case
        self.worker = worker  # number of its worker
        self.local: Any = None
        self.chunk: Any = None  # with Plan.chunked, in run() and check(): what the task's chunk has come to
        self.latency = tally.latency.add  # with Workload.own_latency: lane.latency(nanoseconds)
        self._tally = tally
        self._allows = allows

    def fault(self, kind: str, why: str) -> None:
        """A task has failed: count it under `kind`, a few words. Raises TaskFailed(why) where none may fail."""
        if not self._allows:
            raise TaskFailed(why)
        self._tally.faults[kind] = self._tally.faults.get(kind, 0) + 1

    def charge(self, user_s: float, sys_s: float) -> None:
        """Add the CPU time of a process that was waited for."""
        self._tally.charged_user_s += user_s
        self._tally.charged_sys_s += sys_s


class Workload:
    """One kind of work, cut into tasks. Subclass it in a file in workloads/; the file's name is its name.

    After setup() the object is copied into worker processes, by fork or by pickle: what workers write and
    others are to read lies in cpython.core.shared.Shared. Errors are exceptions; any will do, and in a body
    the user is shown its type, text, file and line.
    """

    summary = ""  # one line
    params: Sequence[Param] = ()
    own_latency = False  # latencies are what run() gives to lane.latency, not the times of ranges
    blocks = False  # run() waits in the kernel: asyncio has it done by asyncio.to_thread, unless there is a
    # coroutine()
    whole_passes = False  # finish() wants all tasks of a pass to have been done: not called after arrivals (--rate)
    reaps = False  # run() waits for processes by itself, by wait4(2): gevent's subprocess would be there before it
    one_address_space = False  # workers have to be threads
    allow = 0.0  # share of the tasks that may fail (lane.fault); setup() sets it

    def validate(self, given: Any) -> None:
        """Before anything is measured: are the parameters such that it can be? Raises Refused if not."""

    def setup(self, given: Any, plan: Plan) -> None:
        """Once a launch, in the main process. `given` has the parameters as attributes; fills `plan`."""
        raise NotImplementedError

    def requested(self, tasks: int) -> Optional[int]:
        """In the main process after a run of so many tasks, and after setup(): requests made to other machines since.

        None: as many as setup() has said.
        """
        return None

    def prepare(self) -> Optional[str]:
        """In the main process before each run, untimed. May return a note for the user."""
        return None

    def finish(self) -> None:
        """In the main process after each run that went well, untimed: is the state as a whole right?"""

    def teardown(self) -> None:
        """In the main process, once."""

    def lane_init(self, lane: Lane) -> None:
        """On the lane's own pinned worker, untimed."""

    def lane_fini(self, lane: Lane) -> None:
        """On the lane's own worker, at its end."""

    def run(self, lane: Lane, first: int, end: int) -> None:
        """Do tasks first..end-1. The only code that is timed, with run_async."""
        raise NotImplementedError

    def coroutine(self) -> Optional[Callable[[Lane, int, int], Awaitable[None]]]:
        """run() for event loops: an async def with its arguments, which waits by `await`. None: there is none.

        Asked once setup() has been called. Lanes of a worker are then in it at the same time.
        """
        return None

    def chunks(self) -> Sequence[Any]:
        """With Plan.chunked: what Dask is to compute, a Delayed for each task in their order, anew for each pass."""
        raise NotImplementedError

    def check(self, lane: Lane, first: int, end: int) -> None:
        """In verification runs, right after run(), on the same lane. Raises WrongAnswer."""


@dataclass
class Job:
    """One run, as it was asked for. Copied to workers."""

    verify: bool = False
    passes: int = 1
    slower: float = 0.0
    brief: bool = False
    no_latency: bool = False  # latencies are not wanted
    lever: Optional[Lever] = None  # turned by core.worker, where the executor says that it has levers
    every: int = 1  # one range in so many is timed
    run: int = 0  # which of the case's
    trace: int = 0  # so many events of each worker are kept for the timeline; 0: it is not traced
    arrivals: Optional[Arrivals] = None  # tasks come at times of their own: by a core.arrivals.Desk; else a closed loop
    released_ns: int = 0  # set by the executor, CLOCK_MONOTONIC


@dataclass
class Case:
    """What an executor and its workers see of a case. Copied to workers that are processes."""

    workload: Workload
    workers: int
    inflight: int
    cpus: list[str]  # a set a worker; "": anywhere
    tasks: int
    grain: int
    ranges: int  # of one pass
    schedule: Schedule
    chunked: bool  # as in Plan
    scratch: str  # a folder that may be made and is removed for sure; "": none
    runner: int  # process id


class Executor:
    """One way of running at once. Subclass it in a file in executors/; the file's name is its name.

    open, run and close are called in the main thread of the runner. A worker is a core.worker.Worker, made
    where it is to work; core/team.py, core/pool.py are what several executors have in common.
    """

    summary = ""
    params: Sequence[Param] = ()
    flags: Sequence[str] = ()  # words of the protocol: one_worker, lanes, schedules_itself, on_request
    one_address_space = False  # workers are threads of one interpreter
    levers = False  # its workers turn them
    # --rate: why it cannot be had; "": it can
    no_arrivals = "this executor has nobody who would wait until a task is due; threading, multiprocessing, asyncio and gevent have"
    clock = "release"  # or "submit": wall time is from handing the work over to the last result
    pickles = False  # as in Plan
    greenlets = False  # as in Plan
    graphs = False  # as in Plan
    count: Optional[str] = None  # "tree": the controller is to count CPU time and memory of all processes

    def missing(self) -> Optional[str]:
        """Why it cannot be had in this interpreter, and what to install; None: it can be."""
        return None

    def choose(self, given: Any) -> None:
        """First of all: the parameters, as attributes. Sets self.clock and the like. Raises Unsupported."""

    def grain(self, plan: Plan) -> int:
        """Tasks of a range where the user has not said: by default what the workload likes best."""
        return plan.grain

    def lock(self) -> ContextManager[Any]:
        """A lock that all workers share, for workloads."""
        raise Unsupported("its workers share no lock")

    def open(self, case: Case) -> None:
        """Make the workers, pinned and with their lanes; return when all are there."""
        raise NotImplementedError

    def run(self, case: Case, job: Job) -> list[Tally]:
        """One run: set job.released_ns right before the workers may begin; a Tally a worker is returned.

        Failures of tasks are in the tallies. Raises Crashed when a worker died.
        """
        raise NotImplementedError

    def close(self, case: Case) -> None:
        """End all that open() has made, also after it has failed half way."""

    def pids(self) -> list[int]:
        """Processes beside the runner's own that are measured: workers, brokers."""
        return []

    def counters(self) -> dict[str, float]:
        """Of the last run, figures of this executor's own, for the row's `counters`."""
        return {}

    def note(self, case: Case) -> Optional[str]:
        """Something about how it goes here that makes the numbers mean less."""
        return None
