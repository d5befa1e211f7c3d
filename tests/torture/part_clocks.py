"""Clocks that step, up and back, in every process (unsteady_clock.c)."""

import math
import os
import time
from typing import Any, Dict

from .rows import Rows
from .trial import Trial

WHAT = "clocks that step up and back, at random moments, in controller and runner"
AT_LEAST = 500
CAN_COUNT = ["torn", "processes", "files", "status", "crashes", "hangs"]

TIMES = [
    "startup_s",
    "wall_s",
    "cpu_s",
    "user_s",
    "sys_s",
    "steal_s",
    "latency_p50_s",
    "latency_max_s",
    "service_p99_s",
]


def check_times(trial: Trial, rows: Rows, most_s: float) -> None:
    """None that cannot be: below 0, or longer than there was time, its steps included."""
    for row in rows.rows:
        for name in TIMES:
            text = row.get(name, "")
            value = float(text or 0)
            if not math.isfinite(value) or value < 0 or (row["status"] == "ok" and value > most_s):
                trial.fault("status", f"{name}={text} in a row that is {row['status']}; there were {most_s:.3f} s")


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    shim = os.path.join(trial.world.build, "tests", "unsteady_clock.so")
    if not os.path.exists(shim):
        print("torture: clocks: left out, unsteady_clock.so is not built")
        return False
    chance = trial.random
    step_ns = int(chance.choice([-1, -1, 1]) * 10 ** chance.uniform(3, 10))
    every = chance.choice([20, 100, 500])
    executor = chance.choice([name for name in trial.world.executors if "." not in name])
    work = chance.choice(
        ["spin -s steps_per_us=1000 -s tasks=8", "sleep -s tasks=8 -s duration=100us", "counter -s tasks=8"]
    )
    words = ["-w", *work.split(), "-x", executor, "-j", "2", "-r", "5", "-q", "-o", trial.path("rows.csv")]
    words += ["--timeout", "20"]
    environment = {"LD_PRELOAD": shim, "STEP_SEED": str(chance.getrandbits(32)), "STEP_NS": str(step_ns)}
    environment["STEP_EVERY"] = str(every)
    trial.commands.append(" ".join(f"{name}={value}" for name, value in environment.items()))
    began = time.monotonic()
    done = trial.run(trial.bench(*words), environment=environment)
    elapsed_s = time.monotonic() - began
    trial.expect(done, [0, 2, 3])
    rows = trial.check_rows("rows.csv")
    # a run steps as often as it looks at the clock; what is taken for true must not be out of the question
    most_s = elapsed_s * (os.cpu_count() or 1) + 0.1 + (max(0, step_ns) * 1e-9 * 100)
    check_times(trial, rows, most_s)
    if done.status == 0 and rows.count(status="ok") != 7:
        trial.fault("status", f"exit status 0, but {rows.count(status='ok')} of 7 rows are ok")
    return True
