"""dask: a LocalCluster of distributed, the cluster of scheduler=tcp://HOST:PORT, or Dask's schedulers without a cluster.

Dask does the tasks of a worker that was killed again, by another that it starts: such a run has failed.
"""
from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import importlib.util
import logging
import multiprocessing
import os
import threading
import time
from concurrent.futures import Executor as Pool
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import resource_tracker
from typing import Any, ContextManager, Optional

from cpython.contract import Case, Crashed, Executor, Job, Plan, Refused, text
from cpython.core import broker, family, placement, pool
from cpython.core.advice import not_installed
from cpython.core.family import require_memory
from cpython.core.tally import Tally
from cpython.core.worker import Worker

_WORKER_BYTES, _FIXED_BYTES = 64 << 20, 100 << 20
_CONNECT_S, _END_S = 10.0, 2.0
_LOOK_S = 0.5  # how often a scheduler that is not ours is asked whether all its workers are there
_SCHEDULERS = {"threads": "dask.threaded", "processes": "dask.multiprocessing"}
_clock = time.monotonic_ns


def begin(case: Case, index: int) -> int:
    """On a worker of a cluster, as a task: this thread is the one that does its tasks. Its process."""
    pool._mine.worker = worker = Worker(case, index)
    worker.begin()
    for thread in os.listdir("/proc/self/task"):
        if case.cpus[index]:
            os.sched_setaffinity(int(thread), placement.read_set(case.cpus[index]))
    return os.getpid()


def end() -> None:
    """On a worker of a cluster that goes on after us."""
    worker: Optional[Worker] = pool._mine.__dict__.pop("worker", None)
    if worker:
        worker.end()


async def _start_no_other() -> None:
    """What a nanny does once its worker has died: the run has failed then."""


class Dask(Executor):
    summary = "Dask: a LocalCluster, a cluster that is there, or its threads or processes without one"
    params = (text("scheduler", "cluster", "cluster (a LocalCluster), threads, processes, or tcp://HOST:PORT"),)
    flags = ("schedules_itself", "on_request")
    clock = "submit"
    pickles = True
    graphs = True

    def __init__(self) -> None:
        self.cluster: Any = None
        self.client: Any = None
        self.pool: Optional[Pool] = None
        self.folder: Optional[broker.Folder] = None
        self.workers: list[int] = []  # processes, where they are on this machine
        self.threads: dict[int, int] = {}  # scheduler=threads
        self.addresses: list[str] = []  # of the workers of a cluster
        self.looked_s = 0.0
        self.broker_cpu_s = 0.0
        self.ledger = broker.Ledger()

    def missing(self) -> Optional[str]:
        for module in ("distributed", "dask"):
            if not importlib.util.find_spec(module):
                return not_installed(module, f"python3-{module}")
        return None

    def choose(self, given: Any) -> None:
        self.kind = given.scheduler
        self.pickles = self.kind != "threads"
        if self.kind not in ("cluster", "threads", "processes") and "://" not in self.kind:
            raise Refused(f"scheduler={self.kind}: must be cluster, threads, processes, or tcp://HOST:PORT")

    def _get(self) -> Any:
        """Dask's own scheduler, without a cluster, on our pool."""
        get = importlib.import_module(_SCHEDULERS[self.kind]).get
        # A range is a chunk already: dask.multiprocessing hands out six at a time otherwise.
        return functools.partial(get, pool=self.pool, chunksize=1)

    def grain(self, plan: Plan) -> int:
        return pool.grain_of_pool(plan)

    def lock(self) -> ContextManager[Any]:
        if self.kind == "threads":
            return threading.Lock()
        return multiprocessing.get_context("fork").Lock() if self.kind == "processes" else super().lock()

    def open(self, case: Case) -> None:
        if self.kind in ("threads", "processes"):
            self._open_pool(case)
            return
        distributed = importlib.import_module("distributed")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        address = self.kind
        if self.kind == "cluster":
            require_memory(case.workers, _WORKER_BYTES, _FIXED_BYTES)
            self.folder = broker.Folder(case)
            family.start_tracker()
            self.cluster = distributed.LocalCluster(
                n_workers=case.workers,
                threads_per_worker=1,
                dashboard_address=None,
                local_directory=self.folder.path,
                silence_logs=logging.CRITICAL,
            )
            for nanny in self.cluster.workers.values():
                nanny.instantiate = _start_no_other
            pool.forget_names()
            address = self.cluster.scheduler_address
        try:
            self.client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
            self._begin_workers(case)
        except (OSError, TimeoutError) as error:
            raise Refused(f"scheduler={address} does not answer as one of Dask's: {error}") from error
        self.workers = [one for one in self.begun if self.cluster]

    def _begin_workers(self, case: Case) -> None:
        """One task to each, which makes a worker there: all have to be of one thread."""
        threads = dict(sorted(self.client.nthreads().items()))
        self.addresses = list(threads)[: case.workers]
        if len(self.addresses) < case.workers or any(threads[address] != 1 for address in self.addresses):
            raise Refused(
                f"scheduler={self.kind} has {len(threads)} workers of {sum(threads.values())} threads; "
                f"there must be {case.workers} (-j) with one thread each (dask worker --nthreads 1)"
            )
        if not self.cluster:
            folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
            self.client.run(exec, f"import sys; {folder!r} in sys.path or sys.path.insert(0, {folder!r})")
            case = dataclasses.replace(case, cpus=[""] * case.workers)  # where they are is theirs to say
        waiting = [
            self.client.submit(begin, case, index, workers=[address], pure=False)
            for index, address in enumerate(self.addresses)
        ]
        self.begun: list[int] = self.client.gather(waiting)

    def _open_pool(self, case: Case) -> None:
        importlib.import_module(_SCHEDULERS[self.kind])
        doorstep = pool.Doorstep(case.workers)
        if self.kind == "threads":
            numbers = iter(range(case.workers))

            def begin_thread() -> None:
                index = next(numbers)
                self.threads[index] = threading.get_native_id()
                pool._begin(case, index, doorstep)

            self.pool = ThreadPoolExecutor(case.workers, initializer=begin_thread)
        else:
            require_memory(case.workers, _WORKER_BYTES)
            context = multiprocessing.get_context("fork")
            self.pool = ProcessPoolExecutor(case.workers, context, pool.begin_process, (case, doorstep))
        for waiting in [self.pool.submit(pool.wait_for_all, doorstep) for _ in range(case.workers)]:
            waiting.result()
        if isinstance(self.pool, ProcessPoolExecutor):
            self.workers = list(self.pool._processes)

    def _look(self) -> None:
        family.require_alive(self.workers, "a worker")
        if self.client and not self.cluster and time.monotonic() > self.looked_s + _LOOK_S:
            self._look_at_theirs()
            self.looked_s = time.monotonic()

    def _look_at_theirs(self) -> None:
        """Tasks for a worker of the user's that has gone would wait for it for ever."""
        try:
            there = self.client.nthreads()
        except (OSError, TimeoutError, RuntimeError) as error:
            raise Crashed(f"scheduler={self.kind} was lost in the middle of the work: {error}") from error
        for address in self.addresses:
            if address not in there:
                raise Crashed(f"a worker ({address}) was lost in the middle of its work")

    def run(self, case: Case, job: Job) -> list[Tally]:
        before_s = self._scheduler_s()
        self._look()
        try:
            answers, end_ns = family.watched(lambda: self._do(case, job), self._look)
        except Crashed:
            raise
        except Exception as error:
            self._look()
            if type(error).__name__ == "CancelledError":  # all of them are, once it cannot be reached any more
                raise Crashed(f"scheduler={self.kind} was lost in the middle of the work") from error
            text = f"Dask: {type(error).__name__}: {error}"
            if type(error).__name__ in ("BrokenProcessPool", "KilledWorker"):  # Dask has noticed before we have
                raise Crashed(f"a worker was lost in the middle of its work ({text})") from error
            raise Refused(text) from error
        self._look()
        self.broker_cpu_s = self._scheduler_s() - before_s
        tallies = self.ledger.collect(case, job, answers, end_ns)
        where = self.workers or self.threads
        for index, tally in enumerate(tallies):
            tally.cpus = placement.place(where[index]) if where else ""
        return tallies

    def _do(self, case: Case, job: Job) -> tuple[list[list[Any]], int]:
        told, ranges = broker.plain_job(job), range(case.ranges * job.passes)
        job.released_ns = _clock()
        if case.chunked:
            return self._do_chunks(case, job, told), _clock()
        if self.client:
            futures = self.client.map(broker.do_range, ranges, job=told, pure=False, workers=self.addresses)
            return self.client.gather(futures), _clock()
        # Dask looks through all arguments of each task for others' names, but not into a partial.
        do_range = functools.partial(broker.do_range, job=told)
        graph = {f"range-{number}": (do_range, number) for number in ranges}
        return list(self._get()(graph, list(graph))), _clock()

    def _do_chunks(self, case: Case, job: Job, told: dict[str, Any]) -> list[list[Any]]:
        """A graph of the workload's own, timed from when it is made. The pass's answers hang on its chunks."""
        dask: Any = importlib.import_module("dask")
        do_chunk = dask.delayed(broker.do_chunk, pure=False, traverse=False)
        chunks = [chunk for _ in range(job.passes) for chunk in case.workload.chunks()]
        answers = [do_chunk(chunk, number, told) for number, chunk in enumerate(chunks)]
        if self.client:
            got: list[list[Any]] = self.client.gather(self.client.compute(answers, workers=self.addresses))
            return got
        return list(dask.compute(*answers, scheduler=self._get()))

    def _scheduler_s(self) -> float:
        """CPU time of the thread that is scheduler and nannies of our own cluster."""
        if not self.cluster:
            return 0.0
        thread = self.cluster._loop_runner._loop_thread
        return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))

    def pids(self) -> list[int]:
        return family.descendants(os.getpid()) if self.cluster else self.workers

    def counters(self) -> dict[str, float]:
        return {"broker_cpu_s": self.broker_cpu_s} if self.cluster else {}

    def note(self, case: Case) -> Optional[str]:
        if "://" in self.kind:
            return "the scheduler and its workers, which were there before, are neither pinned nor counted"
        return None

    def close(self, case: Case) -> None:
        tracker = getattr(resource_tracker._resource_tracker, "_pid", 0)
        mine = [one for one in family.children(os.getpid()) if one != tracker]
        if self.client and not self.cluster:
            self._leave()
        if self.cluster or self.folder or isinstance(self.pool, ProcessPoolExecutor):
            family.kill_all(mine)
            family.stop_tracker()
        elif self.pool:
            self.pool.shutdown(wait=False, cancel_futures=True)
        if self.folder:
            self.folder.remove()

    def _leave(self) -> None:
        """What was there before us is to be as it was."""
        with contextlib.suppress(Exception):  # where it is not there any more, there is nothing to be done
            waiting = [self.client.submit(end, workers=[address], pure=False) for address in self.addresses]
            importlib.import_module("distributed").wait(waiting, timeout=_END_S)
        self.client.close(timeout=_END_S)
