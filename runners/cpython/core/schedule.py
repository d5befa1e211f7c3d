"""Who does which range: --schedule static, dynamic and guided, in OpenMP's meaning.

A range is a number from 0; with several passes they go on, pass after pass. Lanes that are free take the next
one from a counter that threads, forked processes and interpreters share: the position of a file that they have
open together, which one call of the kernel moves on and tells (200 ns). Threads under a global lock have it
cheaper: itertools.count.
"""
from __future__ import annotations

import itertools
import os
import sys
from typing import Callable, Iterator, Optional

_END = 1 << 62


def has_global_lock() -> bool:
    """Does this interpreter let one thread compute at a time?"""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


class Counter:
    """Numbers 0, 1, 2, ..., each given once to whoever asks, in any process that was forked from its maker."""

    def __init__(self) -> None:
        unlocked = os.memfd_create("bench")  # moves of its position are not atomic; those of a file that was opened are
        self._fd = os.open(f"/proc/self/fd/{unlocked}", os.O_RDWR | os.O_CLOEXEC)
        os.close(unlocked)

    def take(self) -> int:
        return os.lseek(self._fd, 1, os.SEEK_CUR) - 1

    def reset(self) -> None:
        os.lseek(self._fd, 0, os.SEEK_SET)

    def finish(self) -> None:
        """Whoever asks from now on is told that there is nothing left."""
        os.lseek(self._fd, _END, os.SEEK_SET)

    def is_finished(self) -> bool:
        return os.lseek(self._fd, 0, os.SEEK_CUR) >= _END

    def close(self) -> None:
        os.close(self._fd)

    # No __reduce__: the number of its descriptor, which is what an interpreter of the same process needs.


class ThreadCounter:
    """The same for the threads of one interpreter."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.take: Callable[[], int] = itertools.count().__next__
        self.finished = False

    def finish(self) -> None:
        self.take = itertools.count(_END).__next__
        self.finished = True

    def is_finished(self) -> bool:
        return self.finished


def share(ranges: int, parts: int, part: int) -> range:
    """The contiguous share of one of `parts`; the first ones are one longer."""
    each, longer = divmod(ranges, parts)
    first = part * each + min(part, longer)
    return range(first, first + each + (part < longer))


class Schedule:
    """What a case's lanes take ranges from. Copied into forked workers, with its counter."""

    def __init__(self, kind: str, ranges: int, lanes: int, in_turn: bool, threads: bool = False):
        self.kind = kind
        self.ranges = ranges  # of one pass
        self.lanes = lanes
        self.in_turn = in_turn  # static: range by range instead of contiguous shares
        self.counter: Optional[Counter | ThreadCounter] = None
        if kind != "static":
            self.counter = ThreadCounter() if threads and has_global_lock() else Counter()

    def reset(self) -> None:
        """Before each run, in the main process."""
        if self.counter:
            self.counter.reset()

    def cancel(self) -> None:
        """The run has failed: no more ranges are to be begun."""
        if self.counter:
            self.counter.finish()

    def is_cancelled(self) -> bool:
        return bool(self.counter and self.counter.is_finished())

    def close(self) -> None:
        if isinstance(self.counter, Counter):
            self.counter.close()
        self.counter = None

    def of_lane(self, lane: int, passes: int) -> Iterator[int]:
        """Ranges for a lane, as it asks for them."""
        total = self.ranges * passes
        if not self.counter:
            return iter(range(lane, total, self.lanes) if self.in_turn else share(total, self.lanes, lane))
        if self.kind == "guided":
            return self._guided(total)
        return iter(_up_to(self.counter, total))

    def _guided(self, total: int) -> Iterator[int]:
        assert self.counter
        firsts = [0]
        while firsts[-1] < total:
            firsts.append(firsts[-1] - (firsts[-1] - total) // self.lanes)
        while (batch := self.counter.take()) < len(firsts) - 1:
            yield from range(firsts[batch], firsts[batch + 1])


def _up_to(counter: Counter | ThreadCounter, total: int) -> Iterator[int]:
    take = counter.take
    while (number := take()) < total:
        yield number
        take = counter.take
