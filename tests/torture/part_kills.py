"""Kills at random moments: every command, all executors and outputs, the controller, a runner, a worker."""

import os
import signal
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Set

from . import processes
from .counts import COUNTS
from .rows import Rows, read_rows
from .trial import Started, Trial

WHAT = "INT, TERM, HUP and KILL at random moments to controller, runner or worker; readers that stall or go away"
AT_LEAST = 2000
CAN_COUNT = list(COUNTS)

OLD = "results/reference-2-core-vm.csv"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]


class Command:
    """What is killed, and how it ends when nobody does: with one of `natural`; or not, where it is `endless`."""

    def __init__(self, words: Sequence[str], natural: Sequence[int] = (0,), endless: bool = False) -> None:
        self.words, self.natural, self.endless = list(words), list(natural), endless
        self.is_run = False
        self.output: Optional[str] = None  # of rows
        self.witness: Optional[str] = None
        self.baseline: Optional[bytes] = None
        self.rows = 0  # that a whole run leaves


# ---- what there is to kill ----


def workload_words(trial: Trial, command: Command) -> List[str]:
    """Something that runs for some milliseconds; often the one that leaves witness."""
    kind = trial.random.choice(
        ["witness", "witness", "spin", "sleep", "fileread", "filewrite", "exec", "blur", "mixed"]
    )
    if kind == "witness":
        command.witness = trial.path("witness")
        words = ["--plugin", os.path.join(trial.world.fakes, "witness.so"), "-w", kind]
        return words + ["-s", f"file={command.witness}", "-s", f"wait={trial.random.choice(['0', '50us', '2ms'])}"]
    if kind == "spin":
        return ["-w", "spin", "-s", "steps_per_us=1000", "-s", "work=500us", "-s", "tasks=8"]
    if kind == "exec":
        programs = ["true", "sleep 0.01", "sh -c 'sleep 0.02 & sleep 0.01'"]
        programs += ["sh -c 'setsid sleep 300 & sleep 0.01'"]  # leaves its session, and would stay
        return ["-w", "exec", "-s", "command=" + trial.random.choice(programs), "-s", "tasks=4"]
    if kind == "blur":
        return ["-w", "blur", "-s", "width=64", "-s", "height=64", "-s", "output=" + trial.path("picture.png")]
    return {
        "sleep": ["-w", "sleep", "-s", "duration=2ms", "-s", "tasks=8"],
        "mixed": ["-w", "mixed", "-s", "steps_per_us=1000", "-s", "tasks=8"],
        "fileread": ["-w", "fileread", "-s", "size=1MiB", "-s", "dir=."],
        "filewrite": ["-w", "filewrite", "-s", "size=1MiB", "-s", "dir=."],
    }[kind]


def executors_of(trial: Trial) -> List[str]:
    own = [name for name in trial.world.executors if "." not in name]
    return trial.random.sample(own, trial.random.randint(1, min(3, len(own))))


def add_outputs(trial: Trial, command: Command) -> None:
    """Some of the outputs."""
    chance = trial.random.random
    if chance() < 0.8 or command.witness:
        command.output = trial.path("rows.csv")
        command.words += ["-o", command.output]
    if chance() < 0.3:
        command.words += ["--summary", trial.path("summary.csv")]
    command.words += ["--format", trial.random.choice(["csv", "csv", "table", "json", "markdown"])]
    if chance() < 0.2:
        path = trial.path("baseline.csv")
        if chance() < 0.7:
            with open(os.path.join(trial.world.top, OLD), "rb") as old, open(path, "wb") as new:
                command.baseline = old.read()
                new.write(command.baseline)
        else:
            command.baseline = b""
        command.words += ["--save-baseline", path]
    elif command.output and chance() < 0.3:
        command.words += ["--resume"]


def make_run(trial: Trial) -> Command:
    command = Command([])
    command.is_run = True
    command.words = workload_words(trial, command)
    executors, launches, runs = executors_of(trial), trial.random.randint(1, 2), trial.random.choice([2, 5, 20])
    command.words += ["-x", ",".join(executors), "-j", "2", "-r", str(runs), "--launches", str(launches)]
    command.rows = len(executors) * launches * (runs + 2)
    add_outputs(trial, command)
    return command


def make_cpython(trial: Trial) -> Command:
    names = [name for name in trial.world.executors if "." in name]
    if not names:
        return make_run(trial)
    command = Command(["-w", "cpython.sleep", "-s", "duration=2ms", "-s", "tasks=8", "-j", "2", "-r", "5"])
    command.is_run = True
    command.words += ["-x", trial.random.choice(names)]
    command.rows = 7
    command.output = trial.path("rows.csv")
    command.words += ["-o", command.output]
    return command


def make_ab(trial: Trial) -> Command:
    spin = ["-w", "spin", "-s", "steps_per_us=1000", "-s", "tasks=4", "-j", "2"]
    executor = trial.random.choice([name for name in trial.world.executors if "." not in name])
    command = Command(["ab"] + spin + ["-x", executor, "-t", "0.3"], natural=(0, 1))
    if trial.random.random() < 0.2:
        command.words += ["--duet", "-j", "1"]
    command.output = trial.path("rows.csv")
    command.words += ["-o", command.output, "--format", trial.random.choice(["table", "json", "junit"])]
    command.words += ["--", "-s", "work=20us", "--", "-s", "work=21us"]
    return command


def make_other(trial: Trial) -> Command:
    old = os.path.join(trial.world.top, OLD)
    which = trial.random.choice(["compare", "report", "report -o", "list", "topo", "serve", "selftest", "advise"])
    if which == "compare":
        return Command(["compare", old, old, "--format", trial.random.choice(["table", "json", "github"])])
    if which == "report":
        return Command(["report", old, "--format", trial.random.choice(["table", "json", "csv", "gbench"])])
    if which == "report -o":
        return Command(["report", old, "-o", trial.path("report.out"), "--format", "csv"])
    if which == "selftest":
        words = ["selftest", "-w", "spin", "-s", "steps_per_us=1000", "-x", "serial", "-t", "0.1", "--trials", "1"]
        return Command(words + ["--sizes", "0,5", "-o", trial.path("selftest.csv")], natural=(0, 3))
    if which == "advise":
        words = ["advise", "-w", "spin", "-s", "steps_per_us=1000", "-s", "tasks=8", "-t", "2"]
        return Command(words + ["-o", trial.path("advice.csv")], natural=(0, 4), endless=True)  # or nearly so
    if which == "serve":
        return Command(["serve"], natural=(0,), endless=True)
    return Command([which])


MAKERS: Sequence[Callable[[Trial], Command]] = [make_run] * 12 + [make_ab] * 3 + [make_other] * 4 + [make_cpython]


# ---- readers of stdout ----


class Reader:
    """What reads stdout: a file, or a pipe that is read, not read, or closed after a while."""

    def __init__(self, trial: Trial, kind: str) -> None:
        self.kind = kind
        self.text = b""
        self.read_end, self.write_end = (-1, -1) if kind == "file" else os.pipe()
        self.thread = threading.Thread(target=self._read, args=(trial.random.uniform(0, 0.3),))

    def start(self) -> None:
        if self.write_end >= 0:
            os.close(self.write_end)
        if self.kind in ("pipe", "gone"):
            self.thread.start()

    def _read(self, patience_s: float) -> None:
        """All of it; where it is to go away, one piece, and after a while nothing more."""
        while True:
            piece = os.read(self.read_end, 65536)
            self.text += piece
            if not piece or self.kind == "gone":
                break
        if self.kind == "gone":
            time.sleep(patience_s)
            os.close(self.read_end)
            self.read_end = -1

    def finish(self) -> None:
        if self.thread.ident:
            self.thread.join()
        if self.read_end >= 0:
            os.close(self.read_end)


# ---- killing ----


def choose_victim(trial: Trial, started: Started, whom: str) -> Optional[int]:
    """The controller's process, a runner, or anything below a runner; None: there is none just now."""
    if whom == "controller":
        return started.process.pid
    runners = processes.children(started.process.pid)
    found = runners if whom == "runner" else [pid for one in runners for pid in processes.descendants(one)]
    return trial.random.choice(found) if found else None


def strike(trial: Trial, started: Started, whom: str, number: signal.Signals) -> bool:
    """At a random moment; False where there was nobody to strike any more."""
    moment = trial.random.choice([0.02, 0.1, 0.4, 0.4, 1.0]) * trial.random.random()
    deadline = time.monotonic() + moment
    while time.monotonic() < deadline:
        time.sleep(min(0.01, max(0.0, deadline - time.monotonic())))
    trial.commands.append(f"{number.name} to the {whom} after {moment * 1000:.0f} ms")
    while started.process.poll() is None:
        victim = choose_victim(trial, started, whom)
        if victim:
            try:
                os.kill(victim, number)
                return True
            except ProcessLookupError:
                pass
        time.sleep(0.001)
    return False


def allowed_ends(command: Command, whom: str, number: signal.Signals, struck: bool, kind: str) -> Set[int]:
    allowed = set(command.natural)
    if struck and whom == "controller":
        allowed |= {128 + number, -number}
    elif struck:
        allowed |= {3}
    if kind == "gone":
        allowed |= {3, -signal.SIGPIPE}
        if not command.is_run:
            allowed |= {2}
    return allowed


# ---- judging ----


def check_witness(trial: Trial, command: Command, rows: Rows) -> None:
    """The last run may have finished without its reply having been heard."""
    if command.witness and os.path.exists(command.witness):
        with open(command.witness, encoding="ascii") as file:
            finished = len(file.readlines())
        if rows.count(status="ok") < finished - 1:
            trial.fault("lost", f"{finished} runs were finished, and {rows.count(status='ok')} are in the file")


def check_stdout(trial: Trial, command: Command, reader: Reader, text: bytes, rows: Rows, killed: bool) -> None:
    """Rows on stdout are those of the file; a kill may have come between the two."""
    if "csv" not in command.words or not command.output or reader.kind in ("stalled", "gone"):
        return
    printed = Rows(text, "stdout").check()
    if not killed:
        trial.faults += printed.faults
    apart = set(printed.identities()) ^ set(rows.identities())
    if len(apart) > (1 if killed else 0):
        trial.fault("lost", f"{len(apart)} rows are either on stdout or in the file alone: {sorted(apart)[:2]}")


def check_baseline(trial: Trial, command: Command) -> None:
    """The old one or a whole new one."""
    if command.baseline is None:
        return
    path = os.path.join(trial.folder, "baseline.csv")
    if not os.path.exists(path):
        if command.baseline:
            trial.fault("lost", "the old baseline is gone")
        return
    with open(path, "rb") as file:
        if command.baseline and file.read() == command.baseline:
            return
    rows = read_rows(path).check()
    trial.faults += rows.faults
    if len(rows.rows) != command.rows:
        trial.fault("lost", f"{len(rows.rows)} of {command.rows} rows in the new baseline")


def check_whole(trial: Trial, command: Command, status: int, rows: Rows) -> None:
    """Exit status 0 is all of it, 3 is some row that is not ok."""
    ok = rows.count(status="ok")
    if command.is_run and command.output:
        if status == 0 and (ok != command.rows or len(rows.rows) != ok):
            trial.fault("status", f"exit status 0, but {ok} of {command.rows} rows are ok")


def resume(trial: Trial, command: Command) -> None:
    """What was killed can be gone on with, to the end; then nothing is left to do but cases that have failed once."""
    words = [word for word in command.words if word != "--resume"]
    if not command.output or "--save-baseline" in words:
        return
    sizes = []
    for _ in range(2):
        trial.expect(trial.run(trial.bench(*words, "--resume", "-q")), [0])
        sizes.append(os.path.getsize(command.output))
    rows = trial.check_rows("rows.csv")
    if sizes[0] != sizes[1] and rows.count(status="ok") == len(rows.rows):
        trial.fault("twice", "what was complete was run once more")


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    command = trial.random.choice(MAKERS)(trial)
    whom = trial.random.choice(["controller"] * 5 + ["runner"] * 3 + ["worker"] * 2) if command.is_run else "controller"
    number = trial.random.choice(SIGNALS)
    reader = Reader(trial, trial.random.choice(["file", "file", "pipe", "pipe", "stalled", "gone"]))
    started = trial.start(trial.bench(*command.words), out=reader.write_end if reader.write_end >= 0 else None)
    reader.start()
    stalls = reader.kind == "stalled"
    struck = False
    if reader.kind != "gone" or command.endless:
        struck = strike(trial, started, "controller" if stalls else whom, number)
    trial.commands.append(f"stdout: {reader.kind}")
    status = trial.finish(started)
    reader.finish()
    trial.expect(
        started, sorted(allowed_ends(command, whom if not stalls else "controller", number, struck, reader.kind))
    )
    if command.output:
        rows = trial.check_rows("rows.csv")
        check_witness(trial, command, rows)
        killed = status < 0 or (struck and number == signal.SIGKILL)
        text = started.answer() if reader.kind == "file" else reader.text
        check_stdout(trial, command, reader, text, rows, killed)
        check_whole(trial, command, status, rows)
        if struck and command.is_run and trial.random.random() < 0.25:
            resume(trial, command)
    check_baseline(trial, command)
    return True
