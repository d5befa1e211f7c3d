"""payload: a task is given so many bytes and gives back as many: by reference, pickled, or through shared memory.

A lane is both ends of its pipe, so that what is measured is pickling and copying, which is what processes have to do
and threads need not; pools add what handing out a task costs. Payloads and answers are those of bench's own payload.
"""
from __future__ import annotations

import os
import pickle
from typing import Any

from cpython.contract import Lane, Plan, Workload, WrongAnswer, choice, count, size
from cpython.core import random
from cpython.core.shared import Shared

_KINDS, _PATTERN_BYTES, _CHANGE = 8, 4096, 0x5A  # as in workloads/payload.c
_TABLE = bytes(byte ^ _CHANGE for byte in range(256))


class _Post:
    """A lane's own."""

    def __init__(self, piped: bool):
        self.fds = os.pipe() if piped else ()
        for fd in self.fds:
            os.set_blocking(fd, False)
        self.answer = b""  # the last task's
        self.mark = 0  # of all answers of a range: a byte of each

    def send(self, what: bytes) -> bytes:
        """Through the pipe, pickled: as much as it holds goes in, and comes out, until all has."""
        read_fd, write_fd = self.fds
        rest, parts = memoryview(pickle.dumps(what, pickle.HIGHEST_PROTOCOL)), []
        while rest:
            done = os.write(write_fd, rest)
            rest = rest[done:]
            while done:
                part = os.read(read_fd, done)
                parts.append(part)
                done -= len(part)
        got: bytes = pickle.loads(b"".join(parts))
        return got

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)


class Payload(Workload):
    size_bytes: int  # of one payload
    summary = "bound by memory: take and return bytes, by reference, pickled through a pipe, or in shared memory"
    params = (
        choice(
            "by",
            "reference",
            ("reference", "pipe", "shared"),
            "how bytes come to a task and go back: as they are, pickled through a pipe, or through memory that is shared",
        ),
        size("size", "64KiB", 1, 256 << 20, "bytes that a task takes and returns"),
        count("tasks", "200", 1, 1e9, "tasks in a run"),
    )

    def setup(self, given: Any, plan: Plan) -> None:
        self.by, self.size_bytes, self.seed = given.by, given.size, plan.seed
        self._make_kinds()
        if self.by == "shared":
            self.memory = Shared(plan.workers * plan.inflight * self.size_bytes)
        plan.tasks = given.tasks
        plan.work, plan.work_unit = float(given.tasks * given.size), "byte"

    def _make_kinds(self) -> None:
        self.kinds = [self._make(self.seed, kind) for kind in range(_KINDS)]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "kinds"}

    def _make(self, seed: int, kind: int) -> bytes:
        words = _PATTERN_BYTES // 8
        numbers = (random.at(seed, kind * words + i) for i in range(min(words, -(-self.size_bytes // 8))))
        pattern = b"".join(number.to_bytes(8, "little") for number in numbers)
        return (pattern * (self.size_bytes // len(pattern) + 1))[: self.size_bytes]

    def lane_init(self, lane: Lane) -> None:
        if "kinds" not in self.__dict__:
            self._make_kinds()
        lane.local = _Post(self.by == "pipe")
        if self.by == "shared":
            self._block(lane.index)[:] = bytes(self.size_bytes)  # touched now, not when time is measured

    def lane_fini(self, lane: Lane) -> None:
        lane.local.close()

    def run(self, lane: Lane, first: int, end: int) -> None:
        post: _Post = lane.local
        post.mark = 0
        for task in range(first, end):
            given = self.kinds[task % _KINDS]
            if self.by == "reference":
                answer = given.translate(_TABLE)
            elif self.by == "pipe":
                answer = post.send(post.send(given).translate(_TABLE))
            else:
                answer = self._through_memory(lane.index, given)
            post.answer = answer
            post.mark = post.mark * 31 + answer[task * 7919 % self.size_bytes] & random.MASK

    def _block(self, lane: int) -> memoryview:
        return self.memory.view[lane * self.size_bytes : (lane + 1) * self.size_bytes]

    def _through_memory(self, lane: int, given: bytes) -> bytes:
        block = self._block(lane)
        block[:] = given
        block[:] = bytes(block).translate(_TABLE)
        return bytes(block)

    def check(self, lane: Lane, first: int, end: int) -> None:
        post: _Post = lane.local
        given = self.kinds[(end - 1) % _KINDS]
        change = int.from_bytes(bytes([_CHANGE]) * self.size_bytes, "little")
        if len(post.answer) != self.size_bytes or int.from_bytes(given, "little") ^ change != int.from_bytes(
            post.answer, "little"
        ):
            raise WrongAnswer(f"task {end - 1}: its answer is wrong")
        mark = 0
        for task in range(first, end):
            mark = mark * 31 + (self.kinds[task % _KINDS][task * 7919 % self.size_bytes] ^ _CHANGE) & random.MASK
        if mark != post.mark:
            raise WrongAnswer(f"tasks {first} to {end - 1}: an answer is wrong")
