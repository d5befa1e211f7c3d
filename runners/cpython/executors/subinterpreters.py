"""subinterpreters: one interpreter with a global lock of its own a worker, each in a thread of one process.

Python 3.12 has them in a private module, and so has 3.13; from 3.14 on it is concurrent.interpreters. Workers live as
processes do (core/team.py), but that threads carry them: they are spoken to over pipes.
"""
from __future__ import annotations

import importlib
import os
import pickle
import sys
import threading
import time
from typing import Any, Callable, Iterator, Optional

from cpython.contract import Case, Executor, Job, Refused
from cpython.core import usage
from cpython.core.pipe import Pipe, make_pipes
from cpython.core.tally import Tally, tell
from cpython.core.team import WorkerLife, live
from cpython.core.worker import Worker

_END_S = 2.0


class Interpreter(WorkerLife):
    """What each worker does: one lane, range after range."""

    def run(self, worker: Worker, job: Job) -> Tally:
        ranges: Iterator[int] = worker.case.schedule.of_lane(worker.index, job.passes)
        return worker.work(ranges, job)

    def usage(self) -> usage.Usage:
        return usage.of_thread()


def worker_main(case: bytes, index: int, read_fd: int, write_fd: int, go_fd: int) -> None:
    """A worker's whole life, called in its interpreter."""
    live(Interpreter(), pickle.loads(case), index, Pipe(read_fd, write_fd), go_fd)


def _run_in_new_one() -> Optional[Callable[[str], None]]:
    """What runs source text in an interpreter of its own, from its making to its end; None: there is none here."""
    if sys.version_info >= (3, 14):
        interpreters: Any = importlib.import_module("concurrent.interpreters")

        def run(source: str) -> None:
            made = interpreters.create()
            try:
                made.exec(source)
            finally:
                made.close()

        return run
    name = {(3, 12): "_xxsubinterpreters", (3, 13): "_interpreters"}.get(sys.version_info[:2])
    if not name:
        return None
    private: Any = importlib.import_module(name)

    def run_private(source: str) -> None:
        made = private.create()
        try:
            trouble = private.run_string(made, source)
            if trouble is not None:
                raise Refused(f"an interpreter failed: {getattr(trouble, 'formatted', trouble)}")
        finally:
            private.destroy(made)

    return run_private


class _Thread:
    """One worker, seen from the runner."""

    def __init__(self, run: Callable[[str], None], case: bytes, index: int, go_fd: int):
        self.pipe, self.theirs = make_pipes()
        self.trouble = ""
        arguments = f"{case!r}, {index}, {self.theirs.read_fd}, {self.theirs.write_fd}, {go_fd}"
        self.source = (
            f"import sys\nsys.path[:] = {sys.path!r}\n"
            f"from cpython.executors.subinterpreters import worker_main\nworker_main({arguments})\n"
        )
        self.thread = threading.Thread(target=self._live, args=(run,), name=f"worker {index}", daemon=True)
        self.thread.start()

    def _live(self, run: Callable[[str], None]) -> None:
        try:
            run(self.source)
        except BaseException as error:
            self.trouble = tell(error)
        self.theirs.close()

    def receive(self) -> Any:
        """Refused when its interpreter has ended."""
        try:
            return self.pipe.receive()
        except EOFError as error:
            raise Refused(self.trouble or "an interpreter ended in the middle of its work") from error


class Subinterpreters(Executor):
    summary = "interpreters with a global lock each, in threads of one process (Python 3.12 or later)"

    def __init__(self) -> None:
        self.threads: list[_Thread] = []
        self.go_fds: Optional[tuple[int, int]] = None

    def missing(self) -> Optional[str]:
        if sys.version_info < (3, 12):
            version = ".".join(map(str, sys.version_info[:2]))
            return (
                f"{sys.executable} is Python {version}; interpreters with locks of their own came with 3.12"
                " (-s cpython.program=...)"
            )
        return None

    def open(self, case: Case) -> None:
        run = _run_in_new_one()
        assert run
        self.go_fds = os.pipe()
        pickled = pickle.dumps(case)
        for index in range(case.workers):
            self.threads.append(_Thread(run, pickled, index, self.go_fds[0]))
        for index, thread in enumerate(self.threads):
            trouble = thread.receive()
            if trouble:
                raise Refused(f"worker {index} could not start: {trouble}")

    def run(self, case: Case, job: Job) -> list[Tally]:
        assert self.go_fds
        for thread in self.threads:
            thread.pipe.send(job)
        for thread in self.threads:
            thread.receive()
        job.released_ns = time.monotonic_ns()
        os.write(self.go_fds[1], bytes(len(self.threads)))
        return [thread.receive() for thread in self.threads]

    def close(self, case: Case) -> None:
        for thread in self.threads:
            try:
                thread.pipe.send(None)
            except OSError:
                pass  # it has ended already
        for thread in self.threads:
            thread.thread.join(_END_S)
        self.threads = []
