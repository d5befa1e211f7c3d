"""`--counters`: those that getrusage has, too. What the processor counts, this runner cannot read."""
from __future__ import annotations

from typing import Any, Optional, Sequence

_COLUMNS = {
    "task-clock": ("cpu_s",),
    "context-switches": ("ctx_voluntary", "ctx_involuntary"),
    "page-faults": ("faults_minor", "faults_major"),
    "minor-faults": ("faults_minor",),
    "major-faults": ("faults_major",),
}


def note(names: Sequence[str]) -> Optional[str]:
    """Which of them are not counted, and what is."""
    missing = [name for name in names if name not in _COLUMNS]
    if not missing:
        return None
    verb = "are" if len(missing) > 1 else "is"
    return (
        f"--counters: {', '.join(missing)} {verb} not counted under CPython: its runner has {', '.join(_COLUMNS)} "
        "alone; --launcher 'perf stat' counts all of a launch"
    )


def counted(names: Sequence[str], told: dict[str, Any]) -> dict[str, float]:
    """From the columns that the reply to a run has; without those that are not known."""
    return {
        name: float(sum(told[column] for column in _COLUMNS[name]))
        for name in names
        if name in _COLUMNS and all(column in told for column in _COLUMNS[name])
    }
