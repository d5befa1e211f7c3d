"""Putting workers on CPUs, as the controller wants them, and telling where they are."""
from __future__ import annotations

import os
from typing import Iterable


def read_set(text: str) -> set[int]:
    """ "0,2,4-7" as numbers; an empty text is no number. ValueError."""
    numbers: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def write_set(numbers: Iterable[int]) -> str:
    """As the kernel writes them: {0, 1, 2, 5} is 0-2,5."""
    parts: list[str] = []
    row: list[int] = []
    for number in [*sorted(numbers), -1]:
        if row and number != row[-1] + 1:
            parts.append(f"{row[0]}-{row[-1]}" if len(row) > 1 else f"{row[0]}")
            row = []
        row.append(number)
    return ",".join(parts)


def pin(text: str) -> str:
    """Put the calling thread, and what it will start, on these CPUs; an empty text leaves it where it is.

    Returns an empty text, or why it could not be.
    """
    try:
        if text:
            os.sched_setaffinity(0, read_set(text))
    except OSError as error:
        return f"a worker could not be pinned to CPU {text}: {error.strerror}"
    return ""


def place(pid: int = 0) -> str:
    """Where a thread or a process may run; 0: the calling thread."""
    return write_set(os.sched_getaffinity(pid))
