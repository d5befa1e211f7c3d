"""One trial: a folder of its own, commands in it, how they ended, and what they left behind."""

import os
import random
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from typing import IO, Any, Dict, List, Optional, Sequence, Set, Tuple, Union

from . import processes
from .counts import COUNTS
from .rows import Rows, read_rows

Stream = Union[int, IO[bytes], None]

CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSYS, signal.SIGTRAP}
GRACE_S = 5.0  # in which the kernel and a runner may end what is left, on a loaded machine


class World:
    """What all trials have in common."""

    def __init__(self, build: str, bench: List[str], seed: int) -> None:
        self.build, self.bench, self.seed = build, bench, seed
        self.top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self.fakes = os.path.join(build, "tests", "fakes")
        self.home = tempfile.mkdtemp(prefix="torture-")
        self.patience_s = 30.0
        self.executors = self._working_executors()

    def environment(self, folder: str) -> Dict[str, str]:
        """None of the caller's, as tests/run.sh has it; what is remembered of modules is remembered."""
        kept = ["PATH", "HOME", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"]
        kept += ["TORTURE_BREAK", "TORTURE_BENCH"]
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        cache = os.path.join(self.home, "cache")
        environment.update(LANG="C.UTF-8", TZ="UTC", TERM="xterm", TMPDIR=folder, XDG_CACHE_HOME=cache)
        return environment

    def _working_executors(self) -> List[str]:
        names = subprocess.run(
            self.bench + ["list", "-n"], capture_output=True, text=True, env=self.environment(self.home), check=False
        ).stdout.split()
        found = [name[9:] for name in names if name.startswith("executor/")]
        own = []
        for name in found:
            workload = "cpython.sleep" if "." in name else "sleep"
            words = ["-w", workload, "-x", name, "-r", "1", "--warmup", "0", "-j", "1", "-q", "--format", "csv"]
            words += ["-s", "tasks=1", "-s", "duration=1us", "--columns", "status"]
            done = subprocess.run(
                self.bench + words, capture_output=True, text=True, env=self.environment(self.home), check=False
            )
            if done.returncode == 0 and "ok" in done.stdout.split():
                own.append(name)
        return own

    def close(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)


class Started:
    """A command under way."""

    def __init__(self, words: Sequence[str], process: "subprocess.Popen[bytes]", out: str, err: str) -> None:
        self.words, self.process, self.out, self.err = list(words), process, out, err

    @property
    def status(self) -> Optional[int]:
        """As subprocess has it: below 0 it was a signal."""
        return self.process.returncode

    def said(self) -> str:
        """The end of what it said on stderr."""
        with open(self.err, "rb") as file:
            return file.read()[-400:].decode("utf-8", "replace").strip().replace("\n", " | ")

    def answer(self) -> bytes:
        with open(self.out, "rb") as file:
            return file.read()


class Trial:
    """What is wrong is kept in `faults` as (count, text)."""

    def __init__(self, world: World, part: str, number: int) -> None:
        self.world, self.part, self.number = world, part, number
        self.random = random.Random(f"{world.seed} {part} {number}")
        self.folder = tempfile.mkdtemp(prefix="trial-", dir=world.home)
        self.faults: List[Tuple[str, str]] = []
        self.commands: List[str] = []
        self.tried = 1
        self.rows = 0
        self.expected: Set[str] = set()
        self._shared = set(os.listdir("/dev/shm"))
        self._began = time.time()

    # ---- commands ----

    def path(self, name: str) -> str:
        """Of a file that may be there at the end."""
        self.expected.add(name)
        return os.path.join(self.folder, name)

    def start(self, words: Sequence[str], out: Stream = None, **more: Any) -> Started:
        """`out`: a descriptor to write to instead of a file."""
        count = len(self.commands)
        outs = [os.path.join(self.world.home, f"{kind}{count}") for kind in ("out", "err")]
        self.commands.append(shlex.join(words))
        environment = {**self.world.environment(self.folder), **more.pop("environment", {})}
        with open(outs[0], "wb") as out_file, open(outs[1], "wb") as err_file:
            process = subprocess.Popen(
                list(words),
                stdin=subprocess.DEVNULL,
                stdout=out_file if out is None else out,
                stderr=err_file,
                cwd=self.folder,
                env=environment,
                start_new_session=True,
                **more,
            )
        return Started(words, process, outs[0], outs[1])

    def finish(self, started: Started) -> int:
        """Its exit status; what takes too long is a hang, a signal of its own making a crash."""
        try:
            started.process.wait(self.world.patience_s)
        except subprocess.TimeoutExpired:
            below = [processes.command_of(pid)[:60] for pid in processes.descendants(started.process.pid)]
            self.fault("hangs", f"{self.world.patience_s:g} s and no end; below it {below}; said: {started.said()}")
            self._kill_all()
            started.process.wait()
        status = started.process.returncode
        if -status in CRASHES or status - 128 in CRASHES or "Sanitizer" in started.said():
            self.fault("crashes", f"exit status {status}: {started.said()}")
        return status

    def run(self, words: Sequence[str], **more: Any) -> Started:
        started = self.start(words, **more)
        self.finish(started)
        return started

    def bench(self, *words: str) -> List[str]:
        return self.world.bench + list(words)

    # ---- what is wrong ----

    def fault(self, count: str, text: str) -> None:
        assert count in COUNTS
        self.faults.append((count, text))

    def expect(self, started: Started, allowed: Sequence[int]) -> None:
        """Crashes and hangs have been counted by themselves."""
        if started.status not in allowed and not any(count in ("crashes", "hangs") for count, _ in self.faults):
            wanted = ", ".join(str(status) for status in allowed)
            self.fault("status", f"exit status {started.status} instead of {wanted}: {started.said()}")

    def check_rows(self, name: str) -> Rows:
        rows = read_rows(os.path.join(self.folder, name)).check()
        self.faults += rows.faults
        self.rows += len(rows.rows)
        return rows

    def _kill_all(self) -> None:
        for pid in processes.descendants(os.getpid()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def _check_processes(self) -> None:
        deadline = time.monotonic() + GRACE_S
        while True:
            processes.reap()
            left = [pid for pid in processes.descendants(os.getpid()) if not processes.is_zombie(pid)]
            if not left or time.monotonic() > deadline:
                break
            time.sleep(0.005)
        for pid in left:
            self.fault("processes", processes.command_of(pid)[:200])
            if processes.listening(pid):
                self.fault("ports", processes.command_of(pid)[:200])
        while processes.children(os.getpid()):
            self._kill_all()
            time.sleep(0.01)
            processes.reap()

    def _check_files(self) -> None:
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.folder)
                if path not in self.expected:
                    self.fault("files", path)
            path = os.path.relpath(folder, self.folder)
            if path != "." and path not in self.expected:
                self.fault("files", path + "/")

    def _check_shared(self) -> None:
        def new() -> List[str]:
            return [name for name in os.listdir("/dev/shm") if name not in self._shared]

        deadline = time.monotonic() + GRACE_S
        while new() and time.monotonic() < deadline:  # others use the machine as well
            time.sleep(0.1)
        for name in new():
            self.fault("shared", f"/dev/shm/{name}")

    def check_left(self) -> None:
        """What is left, of processes and files."""
        self._check_processes()
        self._check_files()

    def close(self) -> None:
        """Looks for what is left, and removes it."""
        self.check_left()
        self._check_shared()
        shutil.rmtree(self.folder, ignore_errors=True)
