"""Tasks of different length: the parameter, and how much longer or shorter than the mean one a task is."""
from __future__ import annotations

import math

from cpython.contract import choice
from cpython.core import random

VARY = choice(
    "vary",
    "none",
    ("none", "exponential"),
    "how tasks differ in length: not, or by an exponential distribution with that mean",
    was="",
)


def vary_factor(seed: int, task: int) -> float:
    """Of this task, drawn from its own seed and number: the one that bench's own workloads draw (common/vary.h)."""
    return -math.log1p(-random.fraction(random.at(seed, task)))
