"""A made-up year of nightly results: three true steps, and two changes of the machine that are none of the program's.

`python3 year.py FILE [SEED]` writes the rows as bench appends them, one launch of each case a night, with the
reference work beside. The commit of night N is cN, of three digits.
"""

from __future__ import annotations

import csv
import datetime
import random
import sys
from collections.abc import Iterator

NIGHTS = 365
FIRST = datetime.date(2026, 1, 1)

# What the program's own commits do, from that night on: the cases, and by how much.
SLOWER_PARSER, FASTER_BLUR, SLOWER_AGAIN = 95, 180, 354
TRUE_STEPS = {
    SLOWER_PARSER: ({"parse"}, 1.08),
    FASTER_BLUR: ({"blur"}, 0.85),
    SLOWER_AGAIN: ({"parse"}, 1.10),
}
# A kernel that costs everything some time, and later another machine.
NEW_KERNEL, NEW_MACHINE = 140, 250
KERNEL_COSTS, MACHINE_COSTS = 1.06, 0.7

# Time of a run, and how far one night is off the next.
CASES = {"parse": (0.031, 0.012), "blur": (0.012, 0.02), "fetch": (0.2, 0.03)}
REFERENCE = {"spin": (0.01, 0.008), "payload": (0.05, 0.012)}

COLUMNS = (
    "schema session time_utc host machine runtime label workload params executor workers inflight pin places "
    "schedule grain side launch run passes phase status tasks work work_unit wall_s"
).split()
RUNS = 5


def machine(night: int) -> str:
    name, cores, memory = ("Xeon", 2, "15.6 GiB") if night < NEW_MACHINE else ("EPYC", 4, "31.2 GiB")
    kernel = "6.1.0-13" if night < NEW_KERNEL else "6.12.0-1"
    return f"{name}, 1 socket, {cores} cores, {cores} threads, {memory}, Linux {kernel}"


def level(name: str, night: int) -> float:
    """What a night's time is of the first one's."""
    factor = KERNEL_COSTS if night >= NEW_KERNEL else 1.0
    factor *= MACHINE_COSTS if night >= NEW_MACHINE else 1.0
    for since, (cases, change) in TRUE_STEPS.items():
        factor *= change if night >= since and name in cases else 1.0
    return factor


def rows(seed: int, text: str) -> Iterator[list[object]]:
    """`text` stands wherever users write."""
    chance = random.Random(seed)
    for night in range(NIGHTS):
        day = FIRST + datetime.timedelta(days=night)
        session = f"{day:%Y%m%d}T020000-1-1"
        for name, (wall_s, deviation) in (CASES | REFERENCE).items():
            off = chance.lognormvariate(0, deviation) * (1.3 if chance.random() < 0.01 else 1)
            side = "reference" if name in REFERENCE else ""
            params = "" if name in REFERENCE else f"command=./{name}{text}"
            workload = name if name in REFERENCE else "exec"
            for run in range(1, RUNS + 1):
                wall = wall_s * level(name, night) * off * chance.lognormvariate(0, 0.004)
                what = [workload, params, "serial", 1, 1, "close", "cores", "dynamic", 1, side]
                yield [
                    *(
                        2,
                        session,
                        f"{day}T02:00:{run:02}.000Z",
                        "ci",
                        machine(night),
                        "bench 0.2.0",
                        f"c{night:03}{text}",
                    ),
                    *what,
                    *(1, run, 1, "measure", "ok", 10, 10, "task", f"{wall:.9f}"),
                ]


def write(file: str, seed: int = 1, text: str = "") -> None:
    with open(file, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(seed, text))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
