"""The timeline of a run: which lane did which range when, and what it waited for meanwhile.

A worker keeps of its ranges one in n, n being doubled whenever its room is full, and the slowest, with what came shortly
before and after. Nothing of this is touched in a run that is not traced. core/trace_file.py writes it afterwards.
"""
from __future__ import annotations

import collections
import functools
import heapq
import time
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple, Optional

_clock = time.monotonic_ns
_RING, _FOLLOWING = 16, 4  # ranges around a slow one that are kept with it
_SLOW_MOST, _SLOW_LEAST = 1000, 8  # of all workers; of one
_EVENTS_MOST = 1 << 18  # of all workers: some 90 MB
LINE_BYTES = 130  # an event as text
_OFF_LEAST_NS = 2_000  # the clocks themselves take that
_OFF_LEAST = 0.05  # of a range

Wait = tuple[str, int, int]  # what for, from when, to when


class Range(NamedTuple):
    """Times are CLOCK_MONOTONIC, nanoseconds."""

    lane: int
    number: int
    began_ns: int
    ended_ns: int
    cpu: int = -1  # on which it ended; negative: not known
    off_ns: int = 0  # neither computing, as far as there was a CPU, nor in a wait that was seen
    waits: tuple[Wait, ...] = ()

    @property
    def took_ns(self) -> int:
        return self.ended_ns - self.began_ns


@dataclass
class Timeline:
    """What came of it. Of one worker, or of one range where a pool hands out each by itself."""

    kept: list[tuple[int, Range]] = field(default_factory=list)  # with its number among the worker's
    slow: list[tuple[int, int, list[Range]]] = field(default_factory=list)  # a heap: how long, which, what was around
    mask: int = 0  # numbers with one of these bits are not kept
    every: int = 1  # one range in so many is timed, and could be kept

    def merge(self, other: Timeline, slow_most: int) -> None:
        self.kept += other.kept
        self.mask |= other.mask
        self.every = max(self.every, other.every)
        for one in other.slow:
            (heapq.heappush if len(self.slow) < slow_most else heapq.heappushpop)(self.slow, one)

    def plain(self) -> list[Any]:
        """As JSON can have it."""
        return [self.kept, self.slow, self.mask, self.every]

    @staticmethod
    def of_plain(plain: list[Any]) -> Timeline:
        def read(one: Any) -> Range:
            return Range._make([*one[:-1], tuple((kind, began, ended) for kind, began, ended in one[-1])])

        kept, slow, mask, every = plain
        return Timeline(
            [(number, read(one)) for number, one in kept],
            [(took, number, [read(one) for one in around]) for took, number, around in slow],
            mask,
            every,
        )


def events_of(trace_bytes: int, workers: int) -> int:
    """How many events a worker keeps, so that all of them fit into a file of so many bytes."""
    return max(64, min(trace_bytes // LINE_BYTES, _EVENTS_MOST) // workers)


def slow_of(workers: int) -> int:
    return max(_SLOW_LEAST, _SLOW_MOST // workers)


class Recorder:
    """One worker's, in one run."""

    def __init__(self, run: int, most: int, workers: int, every: int):
        self.run = run
        self.most, self.slow_most, self.every = most, slow_of(workers), every
        self.result = Timeline(every=every)
        self.seen = self.events = self.following = 0
        self.ring: collections.deque[Range] = collections.deque(maxlen=_RING)
        self.around: list[Range] = []

    def keep(self, one: Range) -> None:
        result, number = self.result, self.seen
        self.seen += 1
        self.ring.append(one)
        if self.following:
            self.around.append(one)
            self.following -= 1
        slow, took_ns = result.slow, one.took_ns
        if len(slow) < self.slow_most or took_ns > slow[0][0]:
            self.around, self.following = list(self.ring), _FOLLOWING
            push = heapq.heappush if len(slow) < self.slow_most else heapq.heapreplace
            push(slow, (took_ns, number, self.around))
        if not number & result.mask:
            result.kept.append((number, one))
            self.events += 1 + len(one.waits)
            while self.events > self.most and result.mask < 1 << 62:
                result.mask = result.mask << 1 | 1
                result.kept = [(which, one) for which, one in result.kept if not which & result.mask]
                self.events = sum(1 + len(one.waits) for _, one in result.kept)

    def take_last(self) -> Optional[Timeline]:
        """What is to be sent of the range that was kept last, where each is answered for by itself; None: nothing.

        Less and less: who receives it has room for as much as this worker.
        """
        result, number, one = self.result, self.seen - 1, self.ring[-1]
        is_slow = any(which == number for _, which, _ in result.slow)
        is_kept = not number & result.mask
        if not is_slow and not is_kept:
            return None
        slow = [(one.took_ns, number, [one])] if is_slow else []
        return Timeline([(number, one)] if is_kept else [], slow, result.mask, result.every)


class Seen:
    """A range under way."""

    __slots__ = ("began_ns", "used_ns", "waits", "kind", "left_ns")

    def __init__(self) -> None:
        self.waits: list[Wait] = []
        self.kind, self.left_ns = "", 0
        self.used_ns = -1  # CPU time, and time in which there was none to be had; negative: not known
        self.began_ns = 0

    def leave(self, kind: str) -> None:
        """Something else goes on now, in the same thread."""
        self.kind, self.left_ns = kind, _clock()

    def come_back(self) -> None:
        if self.left_ns:
            self.waits.append((self.kind, self.left_ns, _clock()))
            self.left_ns = 0


class Tracer:
    """Puts ranges into a recorder. Subclasses see waits, each in the way of its kind of lanes."""

    def __init__(self, recorder: Recorder):
        self.recorder = recorder
        self._cpu = _find_cpu()

    def close(self) -> None:
        """At the end of the run."""

    def begin(self) -> Seen:
        seen = Seen()
        seen.began_ns = _clock()
        return seen

    def end(self, seen: Seen, lane: int, number: int) -> int:
        """On the thread or in the loop where it was begun; how long it took."""
        ended_ns = _clock()
        took_ns = ended_ns - seen.began_ns
        off_ns = 0
        if seen.used_ns >= 0:
            off_ns = took_ns - seen.used_ns - sum(ended - began for _, began, ended in seen.waits)
            if off_ns < _OFF_LEAST_NS or off_ns < _OFF_LEAST * took_ns:
                off_ns = 0
        self.recorder.keep(Range(lane, number, seen.began_ns, ended_ns, self._cpu(), off_ns, tuple(seen.waits)))
        return took_ns


@functools.lru_cache(None)
def _find_cpu() -> Callable[[], int]:
    """What tells the CPU that one is on. The standard library has no name for it; the C library has."""
    try:
        import ctypes

        return ctypes.PyDLL(None).sched_getcpu
    except (ImportError, OSError, AttributeError):
        return lambda: -1
