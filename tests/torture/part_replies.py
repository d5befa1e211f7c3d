"""Replies of a runner, one of them mutated on its way."""

import math
import os
import shlex
import sys
import time
from typing import Any, Dict

from .rows import Rows
from .trial import Trial

WHAT = "a runner one of whose replies is not what it sent: end to end"
AT_LEAST = 3000
CAN_COUNT = ["torn", "processes", "files", "status", "crashes", "hangs"]

TIMES = ["startup_s", "wall_s", "cpu_s", "user_s", "sys_s", "latency_p50_s", "latency_max_s"]


def check_sense(trial: Trial, rows: Rows, elapsed_s: float) -> None:
    """What stands in a good row can have been."""
    for row in rows.rows:
        if row.get("status") != "ok":
            continue
        for name in TIMES:
            text = row.get(name, "")
            value = float(text or 0)
            cpus = (os.cpu_count() or 1) if name in ("cpu_s", "user_s", "sys_s") else 1
            if not math.isfinite(value) or value < 0 or value > elapsed_s * cpus + 0.1:
                trial.fault("status", f"{name}={text} in a row that is ok, of {elapsed_s:.3f} s in all")


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    mutator = os.path.join(trial.world.top, "tests", "torture", "mutator.py")
    launcher = [sys.executable, "-S", "-E", mutator, str(trial.random.getrandbits(32))]
    executor = trial.random.choice(["serial", "pthread", "uring"])
    words = ["-w", "spin", "-s", "steps_per_us=1000", "-s", "tasks=4", "-x", executor, "-j", "1", "-q"]
    words += ["-r", "2", "-o", trial.path("rows.csv"), "--timeout", "1", "--launcher", shlex.join(launcher)]
    began = time.monotonic()
    done = trial.run(trial.bench(*words))
    trial.expect(done, [0, 2, 3])
    if done.status != 0 and not done.said():
        trial.fault("status", f"exit status {done.status} without a word")
    rows = trial.check_rows("rows.csv")
    check_sense(trial, rows, time.monotonic() - began)
    if done.status == 0 and (rows.count(status="ok") != 4 or len(rows.rows) != 4):
        trial.fault("status", f"exit status 0, but {rows.count(status='ok')} of 4 rows are ok")
    return True
