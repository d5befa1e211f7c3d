"""Mutations by the thousand, in one process each: the fuzz targets of tests/fuzz_*.c without a fuzzer (tests/hammer.c)."""

import os
import signal
import struct
import subprocess
from typing import Any, Callable, Dict, List

from .part_http import ANSWERS
from .trial import Trial

BATCH = 1000


def run_bench(trial: Trial, *words: str) -> bytes:
    return subprocess.run(
        trial.world.bench + list(words),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=trial.world.environment(trial.world.home),
        check=False,
    ).stdout


def rows_of(trial: Trial) -> bytes:
    """Some rows without their header."""
    words = ["-q", "--format", "csv", "-w", "spin", "-x", "serial", "-r", "3", "--launches", "3"]
    return run_bench(trial, *words, "-s", "tasks=1", "-s", "steps_per_us=1").partition(b"\n")[2]


def picture_of(trial: Trial) -> bytes:
    path = os.path.join(trial.world.home, "right.png")
    words = ["-w", "blur", "-x", "serial", "-r", "1", "-s", "width=9", "-s", "height=7", "-s", "sigma=1", "-q"]
    run_bench(trial, *words, "-s", f"output={path}")
    with open(path, "rb") as file:
        return file.read()


# What is right, to begin with, beside tests/corpus.
SEEDS: Dict[str, Callable[[Trial], List[bytes]]] = {
    "csv": lambda trial: [rows_of(trial)],
    "compare": lambda trial: [b"H" + rows_of(trial) + b"!\n" + rows_of(trial)],
    "image": lambda trial: [picture_of(trial)],
    "options": lambda trial: [b"run\n-w\nspin"],
    "text": lambda trial: [b"0,2,4-7", b"1.5MiB", b"10ms"],
    "urls": lambda trial: [b"# two\nhttp://[::1]:80/a?b#c\n https://example.org\n", b"env A=\"$HOME/b\" 'c d' true"],
    "protocol": lambda trial: [],
    "answers": lambda trial: [answer for _, answer, _ in ANSWERS if 0 < len(answer) < 2000],
}


def corpus_of(trial: Trial, name: str) -> List[str]:
    """Its folders; the first is made once."""
    folder = os.path.join(trial.world.home, "corpus", name)
    if not os.path.isdir(folder):
        os.makedirs(folder)
        for number, seed in enumerate(SEEDS[name](trial)):
            with open(os.path.join(folder, str(number)), "wb") as file:
                file.write(seed)
    kept = os.path.join(trial.world.top, "tests", "corpus", name)
    return [folder] + ([kept] if os.path.isdir(kept) else [])


def hammer(trial: Trial, name: str, first: int, count: int) -> None:
    """Goes on behind an input that has ended it."""
    program = os.path.join(trial.world.build, "tests", f"hammer_{name}")
    progress = os.path.join(trial.world.home, "progress")
    end = first + count
    while first < end:
        words = [program, str(trial.world.seed), str(first), str(end - first), progress, *corpus_of(trial, name)]
        started = trial.start(words)
        status = started.process.wait()
        if status == 0:
            return
        with open(progress, "rb") as file:
            at = struct.unpack("Q", file.read(8))[0]
        count_as = "hangs" if status == -signal.SIGALRM else "crashes"
        trial.fault(count_as, f"hammer_{name} {trial.world.seed} {at} 1: status {status}: {started.said()}")
        first = at + 1


def is_built(trial: Trial, name: str) -> bool:
    if os.path.exists(os.path.join(trial.world.build, "tests", f"hammer_{name}")):
        return True
    print(f"torture: {trial.part}: left out, hammer_{name} is not built")
    return False


class Hammers:
    """A part whose trials are batches of inputs, of each of these targets in turn."""

    def __init__(self, what: str, at_least: int, *names: str) -> None:
        self.WHAT, self.AT_LEAST, self.names = what, at_least, names
        self.CAN_COUNT = ["crashes", "hangs"]

    def attempt(self, trial: Trial, memory: Dict[str, Any]) -> bool:
        name = self.names[trial.number % len(self.names)]
        if not is_built(trial, name):
            return False
        hammer(trial, name, trial.number // len(self.names) * BATCH, BATCH)
        trial.tried = BATCH
        return True


DECODER = Hammers("replies of runners and messages to them, mutated, through the decoders", 100000, "protocol")
OPTIONS = Hammers("command lines from the options' own rows, parsed and planned", 100000, "options")
TEXTS = Hammers("what options, lists of URLs and commands are made of, mutated", 20000, "text", "urls")
CSVS = Hammers("results files, mutated, read, written again and compared", 20000, "csv", "compare")
PICTURES = Hammers("pictures, mutated, their checksums right", 5000, "image")
ANSWERS_ALONE = Hammers("HTTP answers, mutated, through libcurl and our judgement of what it says", 20000, "answers")
