"""fileread: read files in blocks, each block once a run, in order or at random, warm, cold or past the page cache.

What is read is checked against digests that were taken before, a block at a time.
"""
from __future__ import annotations

import mmap
import os
from typing import Any, Optional

from cpython.contract import Lane, Plan, Refused, Workload, WrongAnswer, boolean, choice, size, text
from cpython.core.random import Permutation
from cpython.core.shared import Shared
from cpython.workloads._file_set import FileSet, digest


class _Reader:
    """A lane's own: a buffer that direct reads take, and in verification runs what was read."""

    def __init__(self, block_bytes: int):
        self.buffer = mmap.mmap(-1, block_bytes)
        self.view = memoryview(self.buffer)


class FileRead(Workload):
    summary = "I/O-bound, or memory-bound if cached: read files in blocks, in order or at random"
    params = (
        choice("order", "sequential", ("sequential", "random"), "order in which blocks are read"),
        size("block", "64KiB", 1, 1 << 30, "bytes read at a time"),
        size("size", "64MiB", 1, 2.0**50, "size of the file that is made if path is not given"),
        text("path", "", "a file of yours, or a folder: all files in it, without subfolders"),
        text("dir", "", "folder for the temporary file; default: $TMPDIR or /var/tmp"),
        choice(
            "cache",
            "warm",
            ("warm", "cold"),
            "whether the file is in the page cache when a run starts (direct=yes bypasses the cache)",
        ),
        boolean("direct", "no", "bypass the page cache (O_DIRECT)"),
    )
    blocks = True

    def validate(self, given: Any) -> None:
        if given.path:
            files = FileSet(given.block)
            files.open(given.path)
            files.close()
        elif given.block > given.size:
            raise Refused(f"block={given.block}: must be at most the size of the file ({given.size})")

    def setup(self, given: Any, plan: Plan) -> None:
        self.validate(given)
        self.cold, self.direct = given.cache == "cold", given.direct
        self.files = files = FileSet(given.block)
        if given.path:
            files.open(given.path)
        else:
            files.make(given.dir, given.size, plan.seed)
        self.digests = files.digests()
        if given.direct:
            files.go_direct()
        self.order = Permutation(files.blocks, plan.seed) if given.order == "random" else None
        self.seen = Shared(files.blocks)  # how often a block was checked in this run
        plan.tasks = files.blocks
        plan.work, plan.work_unit = float(sum(files.sizes)), "byte"
        plan.single_pass = self.cold and not self.direct

    def prepare(self) -> Optional[str]:
        self.seen.zero()
        self.files.check_unchanged()
        if self.direct:
            return None
        if self.cold:
            self.files.drop()
            cached = self.files.cached()
            if cached is None or cached >= 0.005:
                much = "an unknown part" if cached is None else f"{cached:.0%}"
                return f"cache=cold: {much} of the file was still cached; these numbers are partly warm"
            return None
        self.files.load()
        cached = self.files.cached()
        if cached is not None and cached < 0.995:
            return f"cache=warm: only {cached:.0%} of the file stayed in the page cache; these numbers are partly cold"
        return None

    def lane_init(self, lane: Lane) -> None:
        lane.local = _Reader(self.files.block_bytes)

    def _block(self, task: int) -> int:
        return self.order.at(task) if self.order else task

    def run(self, lane: Lane, first: int, end: int) -> None:
        files, buffers = self.files, [lane.local.view]
        for task in range(first, end):
            file, offset, wanted = files.find(self._block(task))
            got = os.preadv(files.fds[file], buffers, offset)
            if got != wanted:
                raise Refused(f"{files.names[file]}: {got} bytes at byte {offset} instead of {wanted}: it has changed")

    def check(self, lane: Lane, first: int, end: int) -> None:
        """Its range's last block is what is in the buffer; the others are read once more."""
        for task in range(end - 1, first - 1, -1):
            block = self._block(task)
            if task < end - 1:
                self.run(lane, task, task + 1)
            file, offset, size_bytes = self.files.find(block)
            if digest(lane.local.view[:size_bytes]) != self.digests[block]:
                name = self.files.names[file]
                raise WrongAnswer(f"{name}: what was read at byte {offset} is not what the file held at the start")
            self.seen.view[block] += 1

    def finish(self) -> None:
        counts = set(bytes(self.seen.view[: self.files.blocks]))
        if len(counts) > 1:
            raise Refused(f"blocks were read {min(counts)} to {max(counts)} times; each must be read equally often")
        self.files.check_unchanged()

    def teardown(self) -> None:
        if hasattr(self, "files"):
            self.files.close()
