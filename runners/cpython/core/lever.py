"""Levers: CPU time or waits of a worker made longer on purpose, so that one sees what the work depends on.

A task's wait is its wall time less CPU time and the time it stood in the run queue, since what a body waits
for is not seen here; so kinds of waits are not told apart. What is owed is gathered, and paid in one piece
once `settle_ns` of what it is a share of have come together. Times are nanoseconds.
"""
from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any, Callable, Iterator

from cpython.core.failures import Unsupported

_clock, _cpu = time.monotonic_ns, time.thread_time_ns
_WAIT_LEAST_NS = 2_000  # the clocks themselves take that
_UNSEEN_LEAST = 0.05  # of the time looked at
_SETTLE_NS = 1_000_000


@dataclass
class LeverUse:
    """What was measured of one worker in a run with a lever, and what was done to it."""

    cpu: int = 0  # the work's own
    waited: int = 0
    delay: int = 0  # in the run queue
    spun: int = 0
    slept: int = 0


@dataclass
class Lever:
    kind: str  # off, cpu, wait
    share: float  # 0.5: half as long again
    settle_ns: int


def read(text: str, settle_s: float) -> Lever:
    """From "cpu=50%". Unsupported for what this runner cannot turn."""
    kind, _, share = text.partition("=")
    settle_ns = int(settle_s * 1e9) or _SETTLE_NS
    if text == "off":
        return Lever("off", 0.0, settle_ns)
    if kind not in ("cpu", "wait") or not share.endswith("%"):
        raise Unsupported(f"lever={text}: the runner of CPython turns cpu=X%, wait=X% and off")
    return Lever(kind, float(share[:-1]) / 100, settle_ns)


class Turner:
    """Turns a lever on one worker's thread. `alone`: it has the only lane, so that its waits can be told."""

    def __init__(self, lever: Lever, alone: bool):
        self.lever = lever
        self.alone = alone
        self.use = LeverUse()
        self.owed = 0
        self.schedstat = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC) if alone else -1
        self.began_delay = self._delay()
        self._forget_pause()

    def _delay(self) -> int:
        return int(os.pread(self.schedstat, 128, 0).split()[1]) if self.schedstat >= 0 else 0

    def _forget_pause(self) -> None:
        """What is paid is over when the clocks are read again."""
        self.gathered = 0
        self.looked, self.cpu, self.delay = _clock(), _cpu(), self._delay()

    def _look(self) -> None:
        use, lever = self.use, self.lever
        cpu, delay, now = _cpu(), self._delay(), _clock()
        used, queued, elapsed = cpu - self.cpu, delay - self.delay, now - self.looked
        waited = elapsed - used - queued if self.alone else 0
        if waited < _WAIT_LEAST_NS or waited < _UNSEEN_LEAST * elapsed:
            waited = 0
        use.cpu += used
        use.waited += waited
        part = waited if lever.kind == "wait" else used
        self.gathered += part
        if lever.kind != "off":
            self.owed += int(lever.share * part)
        self.looked, self.cpu, self.delay = now, cpu, delay

    def _pay(self) -> None:
        if self.owed <= 0:
            return
        if self.lever.kind == "cpu":
            began = _cpu()
            until = began + self.owed
            while _cpu() < until:
                pass
            paid = _cpu() - began
            self.use.spun += paid
        else:
            began = _clock()
            time.sleep(self.owed / 1e9)
            paid = _clock() - began
            self.use.slept += paid
        self.owed -= paid

    def after_range(self) -> None:
        if _clock() - self.looked < self.lever.settle_ns - self.gathered:
            return  # no more CPU time can have come together than time has passed
        self._look()
        if self.gathered >= self.lever.settle_ns:
            self._pay()
            self._forget_pause()

    def end(self) -> LeverUse:
        """Pay the rest. Once."""
        self._look()
        self._pay()
        self.use.delay = self._delay() - self.began_delay  # also while it was paid
        if self.schedstat >= 0:
            os.close(self.schedstat)
        return self.use


def work(turner: Turner, run: Callable[[Any, int, int], None], lane: Any, bounds: Iterator[tuple[int, int]]) -> int:
    """Do ranges, turning the lever after each; how many they were."""
    done = 0
    for first, end in bounds:
        run(lane, first, end)
        turner.after_range()
        done += 1
    return done
