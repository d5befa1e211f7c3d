"""Every allocation failed once: tests/allocations.sh, counted here."""

import os
import re
import subprocess
from typing import Any, Dict, List

from .trial import Trial

WHAT = "every allocation of controller and runner fails once"
AT_LEAST = 0
IS_LONG = True  # ctest tries a few of each
CAN_COUNT: List[str] = []  # tests/allocations.sh asks that some trials were right and some were refused
PARTS = 200  # of a minute or so


def count(trial: Trial, line: str) -> None:
    """What the script complains of."""
    if line.startswith("still running"):
        trial.fault("processes", line)
    elif line.startswith("allocation "):
        trial.fault("crashes" if "a crash or a hang" in line else "files" if "left behind" in line else "status", line)


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    """One part of them, every 200th."""
    library = os.path.join(trial.world.build, "tests", "fail_allocation.so")
    if trial.number >= PARTS:
        return False
    if not os.path.exists(library):
        print("torture: allocations: left out, fail_allocation.so is not built")
        return False
    script = os.path.join(trial.world.top, "tests", "allocations.sh")
    words = [script, trial.world.bench[0], library, f"{trial.number + 1}/{PARTS}"]
    trial.commands.append(" ".join(words))
    done = subprocess.run(
        words, capture_output=True, text=True, env=trial.world.environment(trial.world.home), check=False
    )
    total = re.search(r"(\d+) trials: .* (\d+) wrong", done.stdout)
    trial.tried = int(total[1]) if total else 0
    for line in done.stderr.splitlines():
        count(trial, line)
    if not total or (done.returncode != 0 and not trial.faults):
        trial.fault("status", f"exit status {done.returncode}: {done.stderr[-300:]}")
    return True
