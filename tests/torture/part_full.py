"""File systems that fill up, in bytes and in files; files that may not grow; and going on when there is room again."""

import os
import resource
import shlex
import subprocess
from typing import Any, Callable, Dict, List, Optional

from .trial import Started, Trial

WHAT = "file systems that fill up, limits to the size of a file; and whether --resume goes on when there is room again"
AT_LEAST = 1000
CAN_COUNT = ["lost", "torn", "twice", "files", "status", "crashes", "hangs"]

FOLDER = "small"  # that fills up


def may_mount(trial: Trial) -> bool:
    """Root, outside of containers."""
    folder = os.path.join(trial.folder, FOLDER)
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "none", folder], stderr=subprocess.DEVNULL).returncode
    ):
        return False
    subprocess.run(["umount", folder], check=True)
    return True


def make_words(trial: Trial) -> List[str]:
    chance = trial.random
    work = chance.choice(
        [
            "spin -s steps_per_us=1000 -s tasks=2",
            "spin -s steps_per_us=1000 -s tasks=2",
            f"filewrite -s size=64KiB -s dir={FOLDER}",
            f"fileread -s size=64KiB -s dir={FOLDER}",
            f"blur -s width=64 -s height=64 -s output={FOLDER}/picture.png",
        ]
    )
    executor = chance.choice(["serial", "pthread", "process", "uring", "uv"])
    executor = executor if executor in trial.world.executors else "serial"
    words = ["-w", *work.split(), "-x", f"serial,{executor}" if executor != "serial" else executor, "-j", "2"]
    return words + ["-r", str(chance.choice([2, 20, 60])), "-q", "-o", f"{FOLDER}/rows.csv"]


def add_outputs(trial: Trial, words: List[str]) -> None:
    chance = trial.random.random
    if chance() < 0.5:
        words += ["--summary", f"{FOLDER}/summary.csv"]
    if chance() < 0.3:
        words += ["--save-baseline", f"{FOLDER}/baseline.csv"]
    words += ["--format", trial.random.choice(["table", "csv", "json"])]


def rows_of(words: List[str]) -> int:
    """That all of it leaves."""
    launches = 5 if "--save-baseline" in words else 1
    executors = len(words[words.index("-x") + 1].split(","))
    return executors * launches * (int(words[words.index("-r") + 1]) + 2)


def check(trial: Trial, words: List[str], done: Started) -> None:
    trial.expect(done, [0, 2, 3])
    rows = trial.check_rows(f"{FOLDER}/rows.csv")
    if done.status == 0 and rows.count(status="ok") != rows_of(words):
        trial.fault("status", f"exit status 0, but {rows.count(status='ok')} of {rows_of(words)} rows are ok")
    if done.status != 0 and not done.said():
        trial.fault("status", f"exit status {done.status} without a word")


def go_on(trial: Trial, words: List[str]) -> None:
    """There is room now."""
    again = trial.run(trial.bench(*words, "--resume") if "--save-baseline" not in words else trial.bench(*words))
    trial.expect(again, [0])
    trial.check_rows(f"{FOLDER}/rows.csv")


def limit_size(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    for name in ["", "/rows.csv", "/summary.csv", "/baseline.csv", "/picture.png"]:
        trial.path(FOLDER + name)
    folder = os.path.join(trial.folder, FOLDER)
    os.mkdir(folder)
    words = make_words(trial)
    add_outputs(trial, words)
    size = int(2 ** trial.random.uniform(10, 18))
    how = trial.random.choice(["bytes", "bytes", "files", "limit"]) if may_mount(trial) else "limit"
    before: Optional[Callable[[], None]] = None
    if how == "limit":
        before = limit_size(size)
        trial.commands.append(f"files of {size} bytes at most")
    else:
        options = f"size={max(size, 4096)}" if how == "bytes" else f"nr_inodes={trial.random.randint(2, 6)}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)
        trial.commands.append(f"mount -t tmpfs -o {options} none {shlex.quote(FOLDER)}")
    try:
        check(trial, words, trial.run(trial.bench(*words), preexec_fn=before))
        if how != "limit":
            subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=1000", folder], check=True)
        go_on(trial, words)
        trial.check_left()
    finally:
        if how != "limit":
            subprocess.run(["umount", "-l", folder], check=True)
    return True
