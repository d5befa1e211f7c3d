"""Pure CPU work of a given length: a fixed number of steps of a chain in which each needs the one before.

It is the chain of bench's own workloads (lcg.h), so that it ends where theirs does after as many steps.
"""
from __future__ import annotations

import time

MASK = (1 << 64) - 1
MULTIPLIER, INCREMENT = 6364136223846793005, 1442695040888963407


def chain(state: int, steps: int) -> int:
    """As many steps from `state`, one after the other."""
    for _ in range(steps):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
    return state


def jump(steps: int) -> tuple[int, int]:
    """Multiplier and increment that are so many steps at once (F. Brown, 1994), for checking."""
    multiplier, increment = 1, 0
    power_m, power_i = MULTIPLIER, INCREMENT
    while steps:
        if steps & 1:
            multiplier = multiplier * power_m & MASK
            increment = (increment * power_m + power_i) & MASK
        power_i = power_i * (power_m + 1) & MASK
        power_m = power_m * power_m & MASK
        steps >>= 1
    return multiplier, increment


def measure_steps_per_us() -> float:
    """Of CPU time, from the fastest of several tries: what disturbs can only make one slower.

    Where the fastest has not been met three times within 1 %, it goes on trying, for up to 60 ms.
    """
    steps, best_ns, met = 2000, 1 << 62, 0
    chain(0, steps)
    for tries in range(300):
        began_ns = time.thread_time_ns()
        chain(0, steps)
        took_ns = max(1, time.thread_time_ns() - began_ns)
        met = 0 if took_ns < best_ns * 0.99 else met
        best_ns = min(best_ns, took_ns)
        met += took_ns <= best_ns * 1.01
        if tries >= 16 and met >= 3:
            break
    return steps * 1000 / best_ns


class CpuWork:
    """Work that takes length_ns where so many steps fill a microsecond; 0: measure how many do.

    `measured` is what was measured, as parameters, or empty.
    """

    def __init__(self, length_ns: int, steps_per_us: float):
        self.steps = 0
        self.measured: dict[str, str] = {}
        if length_ns:
            per_us = steps_per_us or measure_steps_per_us()
            self.steps = max(1, round(length_ns * per_us / 1000))
            if not steps_per_us:
                self.measured = {"steps_per_us": f"{per_us:.6g}"}
        self.multiplier, self.increment = jump(self.steps)

    def expect(self, first: int, end: int) -> int:
        """Where tasks first..end-1, each begun from where the one before has ended, must have ended."""
        state = 0
        for task in range(first, end):
            state = ((state ^ task) * self.multiplier + self.increment) & MASK
        return state
