"""Writing a run's timeline into the file of --trace, as docs/protocol.md says: a line an event, in Chrome's format."""
from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Iterator

from cpython.contract import Case
from cpython.core.tally import Tally
from cpython.core.trace import LINE_BYTES, Range

_NAMED_MOST = 1000  # lanes of a worker
_WRITE_BYTES = 1 << 16
_HEAD_BYTES = 500


@dataclass
class Traced:
    """What there is to be written of one run."""

    case: Case
    released_ns: int
    tallies: list[Tally]
    off: str  # what the time is that a range was neither on a CPU nor in a wait that was seen


def write(path: str, launch: int, traced: Traced, most_bytes: int) -> None:
    """Append no more than so many bytes. OSError."""
    head = "".join(_names(launch, traced.case))
    ranges, one_in = _choose(traced, most_bytes - len(head) - _HEAD_BYTES)
    lines = [line for one in ranges for line in _events(launch, one)]
    said = head + _run(launch, traced, one_in)
    room, kept = most_bytes - len(said), 0
    while kept < len(lines) and room >= len(lines[kept]):
        room -= len(lines[kept])
        kept += 1
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        _append(fd, [said, *lines[:kept]])
    finally:
        os.close(fd)


def _append(fd: int, lines: list[str]) -> None:
    text = ""
    for line in [*lines, ""]:
        text += line
        if text and (not line or len(text) > _WRITE_BYTES):
            rest = text.encode()
            while rest:
                rest = rest[os.write(fd, rest) :]
            text = ""


def _size(one: Range) -> int:
    return LINE_BYTES * (1 + len(one.waits))


def _choose(traced: Traced, most_bytes: int) -> tuple[list[Range], int]:
    """What fits, in the order of its beginning, and one in how many it is.

    The slowest have half of the room at most: the others show how all of the run went.
    """
    timelines = [tally.timeline for tally in traced.tallies if tally.timeline]
    slow: set[Range] = set()
    room = most_bytes // 2
    for _, _, around in sorted((one for timeline in timelines for one in timeline.slow), reverse=True):
        room -= sum(map(_size, around))
        if room < 0:
            break
        slow.update(around)
    mask = 0
    for timeline in timelines:
        mask |= timeline.mask
    kept = [one for timeline in timelines for one in timeline.kept if not one[0] & mask]
    while kept and sum(_size(one) for _, one in kept) + sum(map(_size, slow)) > most_bytes:
        mask = mask << 1 | 1
        fewer = [one for one in kept if not one[0] & mask]
        kept = fewer if len(fewer) < len(kept) else kept[::2]
    return sorted({*slow, *(one for _, one in kept)}, key=lambda one: (one.began_ns, -one.ended_ns)), mask + 1


def _line(event: dict[str, Any]) -> str:
    return json.dumps(event, separators=(",", ":")) + ",\n"


def _names(launch: int, case: Case) -> Iterator[str]:
    for worker in range(case.workers):
        for lane in range(min(case.inflight, _NAMED_MOST)):
            name = f"worker {worker}" + (f", lane {lane}" if case.inflight > 1 else "")
            tid = worker * case.inflight + lane + 1
            yield _line({"ph": "M", "name": "thread_name", "pid": launch, "tid": tid, "args": {"name": name}})


def _run(launch: int, traced: Traced, one_in: int) -> str:
    every = max((tally.timeline.every for tally in traced.tallies if tally.timeline), default=1)
    at_us = traced.released_ns / 1000
    said = {
        "ranges": sum(tally.ranges for tally in traced.tallies),
        "one_in": one_in,
        "timed_one_in": every,
        "off": traced.off,
        "released_us": at_us,
    }
    name = "all ranges" if one_in == every == 1 else "thinned: the slowest ranges, and one in some"
    return _line({"ph": "i", "s": "p", "cat": "run", "name": name, "pid": launch, "tid": 0, "ts": at_us, "args": said})


def _events(launch: int, one: Range) -> Iterator[str]:
    tid = one.lane + 1
    args = ",".join(
        ([f'"cpu":{one.cpu}'] if one.cpu >= 0 else []) + ([f'"off_us":{one.off_ns / 1000:.3f}'] if one.off_ns else [])
    )
    at = f'"pid":{launch},"tid":{tid}'
    yield (
        f'{{"ph":"X","cat":"range","name":"range {one.number}",{at},"ts":{one.began_ns / 1000:.3f},'
        f'"dur":{one.took_ns / 1000:.3f},"args":{{{args}}}}},\n'
    )
    for kind, began_ns, ended_ns in one.waits:
        yield (
            f'{{"ph":"X","cat":"wait","name":"{kind}",{at},"ts":{began_ns / 1000:.3f},'
            f'"dur":{(ended_ns - began_ns) / 1000:.3f}}},\n'
        )
