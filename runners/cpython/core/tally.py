"""What one worker did in one run. Plain, so that it can be pickled and come from anywhere."""
from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import Optional

from cpython.core import random
from cpython.core.arrivals import ArrivalTally
from cpython.core.failures import TaskFailed, WrongAnswer
from cpython.core.histogram import Histogram
from cpython.core.lever import LeverUse
from cpython.core.trace import Timeline
from cpython.core.usage import Usage

_OWN = "/cpython/core/"


@dataclass
class Tally:
    ranges: int = 0
    tasks: int = 0
    digest: int = 0  # in verification runs: of which ranges they were
    end_ns: int = 0  # when the last one had been done, CLOCK_MONOTONIC
    busy_ns: int = 0  # of pools, where a worker's end is not seen: the time in ranges
    timed_ns: int = 0  # in verification runs: what run() took, without the checks
    latency: Histogram = field(default_factory=Histogram)
    sampled: bool = False  # latencies are those of one range in several
    usage: Optional[Usage] = None  # None: read from outside
    faults: dict[str, int] = field(default_factory=dict)  # tasks that failed and may, by kind
    failure: str = ""  # why the run has failed
    cpus: str = ""
    charged_user_s: float = 0.0
    charged_sys_s: float = 0.0
    lever: Optional[LeverUse] = None  # of a run with one
    arrived: Optional[ArrivalTally] = None  # of a run whose tasks came at times of their own
    timeline: Optional[Timeline] = None  # of a run that is traced
    threaded: int = 0  # ranges that an event loop had a thread do


def digest(number: int) -> int:
    """Sums of these tell whether each range was done once."""
    return random.at(number, 0)


def tell(error: BaseException) -> str:
    """An exception in a sentence: type, text, and the line it comes from."""
    if isinstance(error, (WrongAnswer, TaskFailed)):
        return f"{error}"
    text = f"{type(error).__name__}: {error}" if f"{error}" else type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _OWN not in frame.filename]
    if isinstance(error, SyntaxError) or not frames:
        return text
    return f"{text} ({frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line})"
