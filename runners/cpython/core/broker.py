"""What executors that hand tasks to others through a broker or scheduler have in common: no task twice, none lost."""
from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
import time
from typing import Any, Optional

from cpython.contract import Case, Crashed, Job
from cpython.core import family, pool, usage
from cpython.core.histogram import Histogram
from cpython.core.tally import Tally
from cpython.core.trace import Timeline
from cpython.core.worker import Worker

_START_S = 120.0


def do_range(number: int, job: dict[str, Any]) -> list[Any]:
    """The task: plain values in and out. First come who does it, and how many it has been given by now."""
    worker: Optional[Worker] = getattr(pool._mine, "worker", None)
    if worker is None:
        raise Crashed("a worker was lost in the middle of its work: its tasks came to another")
    worker.given += 1
    given = worker.given
    index, took_ns, more = pool.task_for(Job(**job))(number)
    return [f"{index}:{os.getpid()}", given, index, took_ns, _plain(more)]


def do_chunk(chunk: Any, number: int, job: dict[str, Any]) -> list[Any]:
    """The task where what it needs has been computed as a chunk of a graph."""
    worker: Optional[Worker] = getattr(pool._mine, "worker", None)
    if worker is None:
        return do_range(number, job)  # which says what that means
    lane = worker.lanes[0]
    lane.chunk = chunk
    try:
        return do_range(number, job)
    finally:
        lane.chunk = None


def _plain(tally: Optional[Tally]) -> Optional[dict[str, Any]]:
    if tally is None:
        return None
    told: dict[str, Any] = {
        name: value for name, value in vars(tally).items() if value and isinstance(value, (int, float, str, dict))
    }
    if tally.timeline:
        told["timeline"] = tally.timeline.plain()
    return {**told, "digest": f"{tally.digest}"}  # a text, as not all readers of JSON have whole numbers this large


def _tally(plain: Optional[dict[str, Any]]) -> Optional[Tally]:
    if plain is None:
        return None
    values: dict[str, Any] = {**plain, "digest": int(plain["digest"])}
    if "timeline" in values:
        values["timeline"] = Timeline.of_plain(values["timeline"])
    return Tally(**values)


class Ledger:
    """Held over the whole case: how many ranges each worker, by number and process, has been given."""

    def __init__(self) -> None:
        self.given: dict[str, int] = {}

    def collect(self, case: Case, job: Job, answers: list[list[Any]], end_ns: int) -> list[Tally]:
        """Tallies without latencies: those of ranges would not be those that a user of a broker waits. Crashed."""
        highest: dict[str, int] = {}
        count: dict[str, int] = {}
        for who, given, *_ in answers:
            highest[who] = max(highest.get(who, 0), given)
            count[who] = count.get(who, 0) + 1
        for who, given in highest.items():
            more = given - self.given.get(who, 0) - count[who]
            if more:
                index, _, pid = who.partition(":")
                raise Crashed(
                    f"worker {index} (process {pid}) was given {more} ranges more than have come back:"
                    " some were done twice, or lost"
                )
        if len(highest) + len(set(self.given) - set(highest)) > case.workers:
            raise Crashed("a worker was lost in the middle of the work: another came in its place")
        self.given.update(highest)
        tallies = pool.collect(case, job, [(index, ns, _tally(more)) for _, _, index, ns, more in answers], end_ns)
        for tally in tallies:
            tally.latency = Histogram()
        return tallies


def plain_job(job: Job) -> dict[str, Any]:
    return dataclasses.asdict(job)


class Folder:
    """For sockets and files of a runtime: the case's scratch folder, which the controller removes where we cannot."""

    def __init__(self, case: Case):
        if case.scratch:
            os.makedirs(case.scratch, 0o700, exist_ok=True)
        self.path = case.scratch or tempfile.mkdtemp(prefix="bench-")

    def remove(self) -> None:
        """Once all that use it have ended."""
        shutil.rmtree(self.path, ignore_errors=True)


def cpu_s(pids: list[int]) -> float:
    used = [usage.of_process(pid) for pid in pids]
    return sum(one.cpu_s for one in used if one)


def wait_for_all(doorstep: pool.Doorstep, pids: list[int], what: str) -> None:
    """Until all workers are there."""
    until_s = time.monotonic() + _START_S
    while not doorstep.all_there():
        family.require_alive(pids, what)
        if time.monotonic() > until_s:
            raise Crashed(f"the workers were not there after {_START_S:.0f} s")
        time.sleep(0.002)
