"""Files of rows, looked at without bench: is each row whole, there once, and none missing between two others?"""

import csv
import io
import os
from typing import Dict, List, Tuple

Row = Dict[str, str]

CASE = ["workload", "params", "executor", "executor_params", "workers", "inflight", "pin", "places", "schedule"]
LAUNCH = ["session"] + CASE + ["rate_per_s", "arrivals", "lever", "seed", "side", "launch"]
RUN = LAUNCH + ["phase", "run"]


class Rows:
    """The rows of one text, and what is wrong with them, as (count, text)."""

    def __init__(self, text: bytes, name: str) -> None:
        self.rows: List[Row] = []
        self.faults: List[Tuple[str, str]] = []
        self.name = name
        if text and not text.endswith(b"\n"):
            self.faults.append(("torn", f"{name}: the last line has no end: {text[-60:]!r}"))
        lines = list(csv.reader(io.StringIO(text.decode("utf-8", "surrogateescape"), newline=""), strict=False))
        if not lines:
            return
        header = lines[0]
        if header[:1] != ["schema"] or len(set(header)) != len(header):
            self.faults.append(("torn", f"{name}: no header: {','.join(header)[:80]}"))
            return
        for number, line in enumerate(lines[1:], 2):
            if line == header:
                self.faults.append(("twice", f"{name}: line {number} is the header again"))
            elif len(line) != len(header):
                if number < len(lines) or text.endswith(b"\n"):
                    self.faults.append(("torn", f"{name}: line {number} has {len(line)} fields: {line[:4]}"))
            else:
                self.rows.append(dict(zip(header, line)))

    def check(self, key: List[str] = RUN) -> "Rows":
        """Rows of runs: each once, and of each launch none missing before another."""
        seen: Dict[Tuple[str, ...], int] = {}
        runs: Dict[Tuple[str, ...], List[int]] = {}
        for row in self.rows:
            which = tuple(row.get(name, "") for name in key)
            seen[which] = seen.get(which, 0) + 1
            if row.get("run", "").isdigit():
                phase = "any" if row.get("side") and row["phase"] != "verify" else row["phase"]  # ab counts on
                launch = tuple(row.get(name, "") for name in LAUNCH) + (phase,)
                runs.setdefault(launch, []).append(int(row["run"]))
        for which, times in seen.items():
            if times > 1:
                self.faults.append(("twice", f"{self.name}: {times} times {which[-3:]} of {which[:3]}"))
        for launch, numbers in runs.items():
            missing = sorted(set(range(1, max(numbers))) - set(numbers))
            if missing:
                self.faults.append(("lost", f"{self.name}: no runs {missing[:9]} of {launch}"))
        return self

    def count(self, **wanted: str) -> int:
        return sum(all(row.get(name) == value for name, value in wanted.items()) for row in self.rows)

    def identities(self) -> List[Tuple[str, ...]]:
        return [tuple(row.get(name, "") for name in RUN) for row in self.rows]


def read_rows(path: str) -> Rows:
    """Of a file; none of one that is not there."""
    text = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            text = file.read()
    return Rows(text, os.path.basename(path))
