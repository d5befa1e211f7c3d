"""Workers that the runner makes itself and that live from open to close: processes, each with a life of its own.

An executor that makes such workers says what one of them does in a run; starting, releasing all at once,
counting, and the end, whatever way it comes, are here.
"""
from __future__ import annotations

import os
import select
import signal
import sys
import time
from typing import Any, ContextManager, Optional

from cpython.contract import Case, Crashed, Executor, Job, Refused
from cpython.core import placement, usage
from cpython.core.pipe import Pipe, make_pipes
from cpython.core.tally import Tally, tell
from cpython.core.worker import Worker

_GO_BYTES = 8  # what a worker reads to begin: when that was
_END_S = 2.0  # a worker that has not ended by then, when it is asked to, is killed


class WorkerLife:
    """What a worker does from its start to its end. Pickled or forked into it; override what differs."""

    def begin(self, worker: Worker) -> None:
        """First of all, on the worker: pin it, make its lanes."""
        worker.begin()

    def run(self, worker: Worker, job: Job) -> Tally:
        """One run: do all ranges that worker.case.schedule.of_lane() gives. Failures are in the tally."""
        raise NotImplementedError

    def end(self, worker: Worker) -> None:
        worker.end()

    def usage(self) -> usage.Usage:
        """What this worker has used so far."""
        return usage.of_self()


def live(life: WorkerLife, case: Case, index: int, pipe: Pipe, go_fd: int) -> None:
    """A worker's whole life. Returns when it is told to end, or when nobody is there any more."""
    worker = Worker(case, index)
    try:
        life.begin(worker)
        pipe.send("")
    except BaseException as error:
        pipe.send(tell(error) or "it failed")
        return
    try:
        while True:
            job = pipe.receive()
            if job is None:
                break
            worker.new_run()
            if job.arrivals:
                job.arrivals.draw_times()
            pipe.send(None)
            before = life.usage()
            job.released_ns = int.from_bytes(os.read(go_fd, _GO_BYTES), sys.byteorder)
            tally = life.run(worker, job)
            tally.usage = life.usage() - before
            tally.cpus = placement.place()
            pipe.send(tally)
    except (EOFError, BrokenPipeError):
        pass
    life.end(worker)


class _Process:
    """One worker, seen from the runner."""

    def __init__(self, life: WorkerLife, case: Case, index: int, go_fds: tuple[int, int], others: list[_Process]):
        self.index = index
        self.pipe, theirs = make_pipes()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                for other in [self, *others]:
                    other.pipe.close()
                os.close(go_fds[1])
                live(life, case, index, theirs, go_fds[0])
                status = 0
            finally:
                os._exit(status)
        theirs.close()

    def receive(self) -> Any:
        """Crashed when the worker has died."""
        try:
            return self.pipe.receive()
        except (EOFError, OSError) as error:
            raise Crashed(self.describe_end()) from error

    def send(self, what: Any) -> None:
        try:
            self.pipe.send(what)
        except OSError as error:
            raise Crashed(self.describe_end()) from error

    def describe_end(self) -> str:
        pid, self.pid = self.pid, 0
        return describe_death(f"worker {self.index}", pid, os.waitpid(pid, 0)[1])

    def ended(self) -> bool:
        if self.pid and os.waitpid(self.pid, os.WNOHANG)[0]:
            self.pid = 0
        return not self.pid

    def kill(self) -> None:
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


def describe_death(name: str, pid: int, status: int) -> str:
    """How a process has ended, by its wait status, in a sentence."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"{name} (process {pid}) was killed by signal {number} ({signal.Signals(number).name})"
    return f"{name} (process {pid}) exited with status {os.WEXITSTATUS(status)}"


class ProcessTeam(Executor):
    """An executor whose workers are forked processes. A subclass sets self.life before open()."""

    life: WorkerLife

    def __init__(self) -> None:
        self.processes: list[_Process] = []
        self.go_fds: Optional[tuple[int, int]] = None

    def lock(self) -> ContextManager[Any]:
        import multiprocessing

        return multiprocessing.get_context("fork").Lock()

    def open(self, case: Case) -> None:
        self.go_fds = os.pipe()
        for index in range(case.workers):
            self.processes.append(_Process(self.life, case, index, self.go_fds, self.processes))
        for process in self.processes:
            trouble = process.receive()
            if trouble:
                raise Refused(f"worker {process.index} could not start: {trouble}")

    def run(self, case: Case, job: Job) -> list[Tally]:
        assert self.go_fds
        for process in self.processes:
            process.send(job)
        for process in self.processes:
            process.receive()
        job.released_ns = time.monotonic_ns()
        os.write(self.go_fds[1], job.released_ns.to_bytes(_GO_BYTES, sys.byteorder) * len(self.processes))
        return self._gather()

    def _gather(self) -> list[Tally]:
        """In whatever order they come: one that dies is to be told at once."""
        tallies: dict[int, Tally] = {}
        by_fd = {process.pipe.read_fd: process for process in self.processes}
        poll = select.poll()
        for fd in by_fd:
            poll.register(fd, select.POLLIN)
        while len(tallies) < len(self.processes):
            for fd, _ in poll.poll():
                tallies[by_fd[fd].index] = by_fd[fd].receive()
                poll.unregister(fd)
        return [tallies[process.index] for process in self.processes]

    def close(self, case: Case) -> None:
        for process in self.processes:
            try:
                process.pipe.send(None)
            except OSError:
                pass
        until_s = time.monotonic() + _END_S
        while not all([process.ended() for process in self.processes]) and time.monotonic() < until_s:
            time.sleep(0.002)
        for process in self.processes:
            process.kill()
            process.pipe.close()
        self.processes = []
        for fd in self.go_fds or ():
            os.close(fd)
        self.go_fds = None

    def pids(self) -> list[int]:
        return [process.pid for process in self.processes]
