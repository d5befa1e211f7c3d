"""exec: any program as the work. A task is one process, from its start to its end; its exit status is the check.

Processes are started by subprocess.Popen and waited for by wait4, which tells what they have used; in an event
loop the loop waits for a descriptor of the process, as asyncio's own pidfd watcher does.
"""
from __future__ import annotations

import os
import select
import shlex
import shutil
import signal
import subprocess
from typing import IO, Any, Awaitable, Callable, Optional

from cpython.contract import Lane, Plan, Refused, Unsupported, Workload, boolean, count, duration, text

_SAID_BYTES = 300  # of what a process that failed has said, the last are told


class Exec(Workload):
    summary = "CPU-bound or I/O-bound: run any program, and count its CPU time"
    reaps = True
    params = (
        text("command", "true", "the program and its arguments, quoted as for a shell; a comma in it is written \\,"),
        count("tasks", "1", 1, 1e9, "processes per run; each has its number, from 0, in $BENCH_TASK"),
        boolean("shell", "no", "run it with /bin/sh -c, for pipes and the like; starting the shell is measured too"),
        duration("timeout", "0", 0, 1e15, "kill a process that takes longer, and fail the run; 0: no limit"),
        boolean("ignore_status", "no", "accept exit statuses other than 0; death by a signal still fails the run"),
        text("output", "", "append stdout and stderr to this file; default: discard them"),
        text("prepare", "", "shell command to run before each run, untimed, such as 'rm -f file.gz'"),
    )

    def validate(self, given: Any) -> None:
        self._read(given)
        if given.output:
            folder = os.path.dirname(given.output) or "."
            if not os.access(given.output if os.path.exists(given.output) else folder, os.W_OK):
                raise Refused(f"output={given.output}: cannot be written")

    def _read(self, given: Any) -> None:
        self.given = given
        if given.shell and given.command.strip():
            self.words = ["/bin/sh", "-c", given.command]
            return
        try:
            words = [os.path.expandvars(os.path.expanduser(word)) for word in shlex.split(given.command)]
        except ValueError as error:
            raise Refused(f"command={given.command}: {error}; or shell=yes") from error
        if not words:
            raise Refused(f"command={given.command}: say what to run, such as command='gzip -kf file'")
        program = shutil.which(words[0])
        if not program:
            where = "" if "/" in words[0] else " in PATH; shell built-ins need shell=yes"
            raise Refused(f"command={words[0]}: no such program{where}")
        self.words = words

    def setup(self, given: Any, plan: Plan) -> None:
        self._read(given)
        if not hasattr(os, "pidfd_open"):
            raise Unsupported("this interpreter has no os.pidfd_open: Python 3.9 or later on Linux 5.3 or later")
        self.environment = dict(os.environ)
        self.timeout_s = given.timeout / 1e9 or None
        plan.tasks = given.tasks
        plan.work, plan.work_unit = float(given.tasks), "process"
        plan.single_pass = bool(given.prepare) or plan.workers * plan.inflight > 1

    def prepare(self) -> None:
        if self.given.prepare:
            done = subprocess.run(["/bin/sh", "-c", self.given.prepare], capture_output=True)
            if done.returncode:
                raise Refused(f"prepare '{self.given.prepare}': {_describe(done.returncode)}{_said(done.stderr)}")

    def lane_init(self, lane: Lane) -> None:
        """What processes say goes to a file of the lane's own, which has no name."""
        if self.given.output:
            lane.local = open(self.given.output, "ab")
        else:
            lane.local = os.fdopen(os.memfd_create("bench"), "w+b", buffering=0)

    def lane_fini(self, lane: Lane) -> None:
        lane.local.close()

    def _start(self, lane: Lane, task: int) -> subprocess.Popen[bytes]:
        out: IO[bytes] = lane.local
        environment = {**self.environment, "BENCH_TASK": str(task)}
        return subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)

    def _end(self, lane: Lane, process: subprocess.Popen[bytes], in_time: bool) -> None:
        if not in_time:
            process.kill()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        lane.charge(used.ru_utime, used.ru_stime)
        command = self.given.command
        if not in_time:
            raise Refused(f"command '{command}' took longer than timeout={self.timeout_s:g}s and was killed")
        if process.returncode < 0 or (process.returncode and not self.given.ignore_status):
            raise Refused(f"command '{command}' {_describe(process.returncode)}{self._said(lane.local)}")

    def _said(self, out: IO[bytes]) -> str:
        if self.given.output:
            return f"; its output is in {self.given.output}"
        out.seek(0)
        return _said(out.read())

    def run(self, lane: Lane, first: int, end: int) -> None:
        for task in range(first, end):
            process = self._start(lane, task)
            fd = os.pidfd_open(process.pid)
            try:
                in_time = bool(select.select([fd], [], [], self.timeout_s)[0])
            finally:
                os.close(fd)
            self._end(lane, process, in_time)

    def coroutine(self) -> Callable[[Lane, int, int], Awaitable[None]]:
        return self._run_async

    async def _run_async(self, lane: Lane, first: int, end: int) -> None:
        for task in range(first, end):
            process = self._start(lane, task)
            self._end(lane, process, await _ended(process.pid, self.timeout_s))


async def _ended(pid: int, timeout_s: Optional[float]) -> bool:
    """Wait for a process to end; False: it has not in time."""
    import asyncio

    loop = asyncio.get_running_loop()
    ended, fd = loop.create_future(), os.pidfd_open(pid)
    loop.add_reader(fd, _settle, ended)
    try:
        await asyncio.wait_for(ended, timeout_s)
        return True
    except asyncio.TimeoutError:
        return False
    finally:
        loop.remove_reader(fd)
        os.close(fd)


def _describe(code: int) -> str:
    if code < 0:
        return f"was killed by signal {-code} ({signal.Signals(-code).name})"
    return f"ended with status {code}"


def _said(what: bytes) -> str:
    words = what[-_SAID_BYTES:].decode(errors="replace").strip().replace("\n", " / ")
    return f": {words}" if words else ""


def _settle(future: Any) -> None:
    if not future.done():
        future.set_result(None)
