"""Results files for pages: a matrix of cases as bench writes it, made up from a seed."""

from __future__ import annotations

import csv
import pathlib
import random
import subprocess
from collections.abc import Iterable, Iterator

Row = dict[str, object]

# What is hard on a page: markup, both ends of a script, quotes, and line ends that JSON has and JavaScript had not.
HOSTILE = "<script>alert(1)</script> \"double\" 'single' </style><!-- & \u2028 \u2029 <img src=http://192.0.2.1/x>"


def header(bench: str) -> list[str]:
    """The columns, as this bench names them."""
    command = [bench, "-q", "--format", "csv", "-w", "spin", "-x", "serial", "-r", "1", "-s", "tasks=1"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0].split(",")


def write(file: pathlib.Path, columns: list[str], rows: Iterable[Row]) -> None:
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def session(text: str = "") -> Row:
    """What all rows of a session have; `text` wherever users write."""
    return {
        "schema": 2,
        "session": "20261128T080000-1-1",
        "host": "vm" + text,
        "machine": "EPYC, 1 socket, 4 cores, 4 threads, 16.0 GiB, Linux 6.1" + text,
        "runtime": "bench 0.2.0",
        "label": "v1.2" + text,
        "command": "bench -w blur -x serial,pthread -j 1,2,4" + text,
    }


class Case:
    """One case: what identifies it, and how its runs come about."""

    def __init__(self, identity: Row, median_s: float, launches: int, runs: int) -> None:
        self.identity, self.median_s, self.launches, self.runs = identity, median_s, launches, runs

    def rows(self, chance: random.Random, begun_s: float, common: Row) -> Iterator[Row]:
        lanes = int(str(self.identity["workers"]))
        for launch in range(1, self.launches + 1):
            level = self.median_s * chance.gauss(1, 0.01)
            for run in range(self.runs + 2):
                wall = level * (1 + abs(chance.gauss(0, 0.01))) * (1.5 if chance.random() < 0.01 else 1)
                begun_s += wall
                time_utc = (
                    f"2026-11-28T{8 + int(begun_s // 3600):02}:{int(begun_s // 60) % 60:02}:{begun_s % 60:06.3f}Z"
                )
                yield {
                    **common,
                    **self.identity,
                    "time_utc": time_utc,
                    "launch": launch,
                    "run": 1 if run < 2 else run - 1,
                    "phase": ["verify", "warmup"][run] if run < 2 else "measure",
                    "status": "ok",
                    "passes": 1,
                    "tasks": 256,
                    "work": 1e6,
                    "work_unit": "pixel",
                    "startup_s": f"{2e-4 * lanes:.9g}",
                    "wall_s": f"{wall:.9f}" if run > 0 else "",
                    "user_s": f"{wall * lanes * 0.6:.9f}",
                    "sys_s": f"{wall * lanes * 0.05:.9f}",
                    "steal_s": 0.01 if chance.random() < 0.05 else 0,
                    "run_delay_s": f"{wall * lanes * 0.03:.9f}",
                    "latency_p50_s": f"{wall / 256:.9g}",
                    "latency_p90_s": f"{wall / 200:.9g}",
                    "latency_p99_s": f"{wall / 100:.9g}",
                    "latency_p999_s": f"{wall / 60:.9g}",
                    "latency_max_s": f"{wall / 40:.9g}",
                    "pss_bytes": 3_000_000 + 500_000 * lanes,
                    "cpus": " ".join(str(i) for i in range(lanes)),
                }


def matrix(works: int, runs: int, common: Row, params: str = "", launches: int = 5, slower: float = 1) -> Iterator[Row]:
    """`works` sizes of one workload under ten ways each: serial, and three executors with 1, 2 and 4 workers."""
    chance = random.Random(1)
    for work in range(works):
        ways = [("serial", 1)] + [(name, workers) for name in ("pthread", "omp", "process") for workers in (1, 2, 4)]
        for executor, workers in ways:
            identity: Row = {
                "workload": "blur",
                "params": f"radius={work + 1} input=photo.png{params}",
                "executor": executor,
                "workers": workers,
                "inflight": 1,
                "pin": "close",
                "schedule": "dynamic",
                "grain": 4,
            }
            median_s = slower * 0.01 * (work + 1) * (0.05 + 0.95 / workers)
            yield from Case(identity, median_s, launches, runs).rows(chance, 10.0 * work, common)
