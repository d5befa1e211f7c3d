"""The open loop: when tasks arrive, who does them, and what that took. docs/protocol.md says what it promises.

Lanes take arrivals in order, from the counter that they share; whoever is free takes the next and waits until it is due.
"""
from __future__ import annotations

import math
import time
from array import array
from dataclasses import dataclass, field
from typing import Any, Optional, Sequence

from cpython.core import random
from cpython.core.failures import Refused
from cpython.core.histogram import Histogram
from cpython.core.schedule import Schedule, has_global_lock

_clock = time.monotonic_ns
_LEAD_NS = 150_000  # a sleep ends 40 to 110 us late on a virtual machine: wake so much earlier, and spin
_TICK_NS = 1_000_000  # event loops sleep for whole milliseconds, rounded up
_LOOK_NS = 50_000_000  # how often whoever sleeps looks whether the run has failed
_LENGTHS_MOST = 2  # past so many times the arrivals' own length nothing more is begun: the backlog would never end
_GRACE_NS = 100_000_000  # and not before this, however short they are


@dataclass
class Rate:
    """How tasks arrive in all runs of a case."""

    per_s: float
    poisson: bool
    most: int  # arrivals of a run
    spins: bool  # to be on time; not where that would take CPUs from those that work


def read_rate(message: dict[str, Any]) -> Optional[Rate]:
    """From the message `open`; None: a closed loop. Whether to spin is not known yet."""
    per_s, most = float(message.get("rate_per_s") or 0), int(message.get("arrivals_most") or 0)
    if per_s <= 0:
        return None
    if message.get("lever"):
        raise Refused("open: rate_per_s and lever exclude each other")
    if most < 1:
        raise Refused("open: rate_per_s: arrivals_most must say how many arrivals a run can have")
    return Rate(per_s, message.get("arrivals") != "fixed", most, False)


class Arrivals:
    """Those of one run. Copied to workers that are processes, each of which computes the times by itself."""

    def __init__(self, rate: Rate, count: int, draw: int):
        if count > rate.most:
            raise Refused(f"run: {count} arrivals: must be at most the {rate.most} of open (arrivals_most)")
        self.rate, self.count, self.draw = rate, count, draw
        self.due_ns = array("q")  # since the release
        self.free_ns = 0  # when a task last ended among those that share a global lock

    def draw_times(self) -> None:
        """Before the run. The next of a Poisson process is an exponential time away: -ln(U) / rate, U in (0, 1]."""
        source, at_s, step_s = random.mix(self.draw & random.MASK), 0.0, 1 / self.rate.per_s
        times = array("q")
        for number in range(self.count):
            if self.rate.poisson:
                at_s -= math.log(1 - (random.at(source, number) >> 11) * 2.0**-53) * step_s
            else:
                at_s = (number + 1) * step_s
            times.append(int(at_s * 1e9))
        self.due_ns = times

    @property
    def last_ns(self) -> int:
        if not self.due_ns:
            self.draw_times()
        return self.due_ns[-1]

    @property
    def give_up_ns(self) -> int:
        return max(_LENGTHS_MOST * self.last_ns, self.last_ns + _GRACE_NS)


@dataclass
class ArrivalTally:
    """What one worker saw of them. Its latencies count from when a task was due."""

    latency: Histogram = field(default_factory=Histogram)
    service: Histogram = field(default_factory=Histogram)
    late: Histogram = field(default_factory=Histogram)
    dropped: int = 0  # never begun
    waited_ns: list[int] = field(default_factory=lambda: [0] * 4)  # by quarters of the arrivals: until they were begun
    counts: list[int] = field(default_factory=lambda: [0] * 4)


@dataclass
class Arrival:
    """One that a lane has taken."""

    number: int
    due_ns: int
    was_free: bool  # a lane was there before it came
    begun_ns: int = 0
    late_ns: int = 0


class Desk:
    """Where the lanes of one worker take arrivals, in one run.

    A lane takes one, sleeps or yields as pause_s() says, begins it, does it, and ends it. In an event loop only one
    lane at a time goes up to begin(), so that none takes what another worker could do sooner.
    """

    def __init__(self, arrivals: Arrivals, released_ns: int, schedule: Schedule, is_loop: bool):
        self.arrivals, self.released_ns, self.schedule = arrivals, released_ns, schedule
        self.lead_ns = _LEAD_NS if arrivals.rate.spins else 0
        self.tick_ns = _TICK_NS if is_loop else 1
        self.tally = ArrivalTally()
        self.free_ns = 0
        self.until: Arrivals | Desk = (
            arrivals if has_global_lock() else self
        )  # whose free_ns counts: that of all who wait for the lock

    def take(self) -> Optional[Arrival]:
        """The next; None: there are no more, or the run has failed."""
        assert self.schedule.counter
        number = self.schedule.counter.take()
        if number >= self.arrivals.count:
            return None
        due_ns = self.released_ns + self.arrivals.due_ns[number]
        return Arrival(number, due_ns, _clock() < due_ns)

    def pause_s(self, arrival: Arrival) -> float:
        """How long to sleep now; 0: let others go on, and ask again; negative: wait no more."""
        left_ns = arrival.due_ns - _clock()
        if left_ns <= 0 or self.schedule.is_cancelled():
            return -1.0
        if self.lead_ns:
            left_ns -= self.lead_ns
            left_ns -= left_ns % self.tick_ns
        return max(0, min(left_ns, _LOOK_NS)) / 1e9

    def begin(self, arrival: Arrival) -> bool:
        """False: it is too late for this one, or the run has failed."""
        now_ns, tally = _clock(), self.tally
        if now_ns < arrival.due_ns:
            return False
        waited_ns, quarter = now_ns - arrival.due_ns, arrival.number * 4 // self.arrivals.count
        tally.waited_ns[quarter] += waited_ns
        tally.counts[quarter] += 1
        if now_ns > self.released_ns + self.arrivals.give_up_ns:
            tally.dropped += 1
            tally.latency.add(waited_ns)
            return False
        arrival.begun_ns = now_ns
        arrival.late_ns = max(0, now_ns - max(arrival.due_ns, self.until.free_ns)) if arrival.was_free else 0
        return True

    def end(self, arrival: Arrival) -> None:
        now_ns, tally = _clock(), self.tally
        tally.latency.add(now_ns - arrival.due_ns)
        tally.service.add(now_ns - arrival.begun_ns)
        tally.late.add(arrival.late_ns)
        self.until.free_ns = now_ns


class Arrived:
    """All workers' together, after the run."""

    def __init__(self, arrivals: Arrivals, tallies: Sequence[ArrivalTally], lanes: int):
        self.arrivals, self.lanes = arrivals, lanes
        self.latency, self.service, self.late = Histogram(), Histogram(), Histogram()
        for tally in tallies:
            self.latency.merge(tally.latency)
            self.service.merge(tally.service)
            self.late.merge(tally.late)
        self.dropped = sum(tally.dropped for tally in tallies)
        counts = [sum(tally.counts[quarter] for tally in tallies) for quarter in range(4)]
        waited_ns = [sum(tally.waited_ns[quarter] for tally in tallies) for quarter in range(4)]
        self.waited_ns = [waited / max(count, 1) for waited, count in zip(waited_ns, counts)]  # means

    def is_overloaded(self, took_ns: int) -> bool:
        """The backlog still grew when the arrivals ended.

        Waits became longer from quarter to quarter, and to work off what was left took over a twentieth of the run,
        beyond what one task takes, and beyond what comes by chance, as the number of n random arrivals varies by the
        root of n.
        """
        if self.dropped:
            return True
        length_ns, waited = self.arrivals.last_ns, self.waited_ns
        most = 0.05 + (2 / math.sqrt(self.arrivals.count) if self.arrivals.rate.poisson else 0)
        over_ns = took_ns - length_ns - self.service.quantile_ns(0.99)
        return waited[3] > waited[2] > waited[1] and over_ns > most * length_ns

    def notes(self, took_ns: int) -> list[str]:
        """took_ns: from the release to the end of the last task."""
        said, rate = [], self.arrivals.rate
        if self.is_overloaded(took_ns):
            service_s = self.service.quantile_ns(0.5) / 1e9 if self.service.counts else 0.0
            wanted = math.ceil(service_s * rate.per_s)  # Little's law
            text = "overloaded: the backlog grew until the end, latencies are lower bounds"
            if wanted > self.lanes:
                text += f"; at {service_s * 1e3:.3g} ms a task and {rate.per_s:g}/s it takes {wanted} lanes or more,"
                text += f" and there {'is' if self.lanes == 1 else 'are'} {self.lanes}"
            if self.dropped:
                text += f"; {self.dropped} of {self.arrivals.count} arrivals were never begun"
            said.append(text)
        if not rate.spins:
            said.append("with more workers than CPUs, arrivals are slept for without spinning, and begin late")
        return said

    def counters(self) -> dict[str, float]:
        told: dict[str, float] = {}
        if self.late.counts:
            told.update(late_p50_s=self.late.quantile_ns(0.5) / 1e9, late_p99_s=self.late.quantile_ns(0.99) / 1e9)
        return {**told, **({"dropped": self.dropped} if self.dropped else {})}
