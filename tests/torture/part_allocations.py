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


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    """All in one trial, which takes some minutes."""
    library = os.path.join(trial.world.build, "tests", "fail_allocation.so")
    if trial.number > 0:
        return False
    if not os.path.exists(library):
        print("torture: allocations: left out, fail_allocation.so is not built")
        return False
    words = [os.path.join(trial.world.top, "tests", "allocations.sh"), trial.world.bench[0], library, "all"]
    trial.commands.append(" ".join(words))
    done = subprocess.run(
        words, capture_output=True, text=True, env=trial.world.environment(trial.world.home), check=False
    )
    total = re.search(r"(\d+) trials: .* (\d+) wrong", done.stdout)
    trial.tried = int(total[1]) if total else 0
    for line in done.stderr.splitlines():
        if line.startswith("allocation "):
            crash = "a crash or a hang" in line
            trial.fault("crashes" if crash else "files" if "left behind" in line else "status", line)
        elif line.startswith("still running"):
            trial.fault("processes", line)
    if not total or (done.returncode != 0 and not trial.faults):
        trial.fault("status", f"exit status {done.returncode}: {done.stderr[-300:]}")
    return True
