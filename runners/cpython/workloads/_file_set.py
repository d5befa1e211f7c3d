"""Files to be read in blocks: the user's own, or one that is made for the purpose and has no name."""
from __future__ import annotations

import bisect
import fcntl
import hashlib
import mmap
import os
import random
import stat
import tempfile
from typing import Optional

from cpython.contract import Refused, Unsupported


class FileSet:
    """Open files, seen as one row of blocks; a file's last block may be shorter than block_bytes.

    Pickled as where to find the descriptors, in the process that has opened them.
    """

    def __init__(self, block_bytes: int):
        self.block_bytes = block_bytes
        self.names: list[str] = []
        self.fds: list[int] = []
        self.sizes: list[int] = []
        self.times_ns: list[int] = []  # of the last modification
        self.firsts: list[int] = []  # number of each file's first block
        self.blocks = 0
        self.own = False
        self.maker = os.getpid()
        self.direct = False

    def _add(self, name: str, fd: int) -> None:
        status = os.fstat(fd)
        self.names.append(name)
        self.fds.append(fd)
        self.sizes.append(status.st_size)
        self.times_ns.append(status.st_mtime_ns)
        self.firsts.append(self.blocks)
        self.blocks += -(-status.st_size // self.block_bytes)

    def open(self, path: str) -> None:
        """A regular file, or those in a folder that are not empty, by name, without its subfolders."""
        try:
            mode = os.stat(path).st_mode
            if not stat.S_ISDIR(mode):
                if not stat.S_ISREG(mode):
                    raise Refused(f"path={path}: neither a regular file nor a folder of files")
                paths = [path]
            else:
                paths = [os.path.join(path, name) for name in sorted(os.listdir(path))]
                paths = [one for one in paths if os.path.isfile(one) and os.path.getsize(one)]
            for one in paths:
                self._add(one, os.open(one, os.O_RDONLY | os.O_CLOEXEC))
        except OSError as error:
            raise Refused(f"path={error.filename}: {error.strerror}") from error
        if not self.blocks:
            raise Refused(f"path={path}: empty; give a file with something in it, or a folder of such files")

    def make(self, folder: str, size_bytes: int, seed: int) -> None:
        """Data that cannot be compressed, the same for a seed, on the disk when this returns."""
        folder = folder or os.environ.get("TMPDIR") or ("/var/tmp" if os.access("/var/tmp", os.W_OK) else "/tmp")
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                fd = os.dup(file.fileno())
            source, left = random.Random(seed), size_bytes
            while left:
                part = source.randbytes(min(left, 1 << 20))
                os.write(fd, part)
                left -= len(part)
            os.fsync(fd)
        except OSError as error:
            raise Refused(f"dir={folder}: {error.strerror}; give a folder that can be written") from error
        self._add(f"the file in {folder}", fd)
        self.own = True

    def go_direct(self) -> None:
        self.drop()
        for name, fd in zip(self.names, self.fds):
            try:
                fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_DIRECT)
                os.preadv(fd, [mmap.mmap(-1, self.block_bytes)], 0)
            except OSError as error:
                raise Unsupported(f"direct=yes: {name}, in blocks of {self.block_bytes}: {error.strerror}") from error
        self.direct = True

    def find(self, block: int) -> tuple[int, int, int]:
        """Of a block: which file, at which byte, how many bytes."""
        file = bisect.bisect_right(self.firsts, block) - 1
        offset = (block - self.firsts[file]) * self.block_bytes
        return file, offset, min(self.block_bytes, self.sizes[file] - offset)

    def digests(self) -> list[bytes]:
        """Of each block."""
        told = []
        for block in range(self.blocks):
            file, offset, size_bytes = self.find(block)
            told.append(digest(os.pread(self.fds[file], size_bytes, offset)))
        return told

    def check_unchanged(self) -> None:
        for name, fd, size_bytes, time_ns in zip(self.names, self.fds, self.sizes, self.times_ns):
            status = os.fstat(fd)
            if (status.st_size, status.st_mtime_ns) != (size_bytes, time_ns):
                raise Refused(f"path={name}: changed while it was measured; give a file that nobody writes to")

    def drop(self) -> None:
        """Have the page cache forget what it can."""
        for fd in self.fds:
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)

    def load(self) -> None:
        for fd, size_bytes in zip(self.fds, self.sizes):
            for offset in range(0, size_bytes, 1 << 20):
                os.pread(fd, 1 << 20, offset)

    def cached(self) -> Optional[float]:
        """The share of all pages that is in the page cache; None: it cannot be told (mincore(2))."""
        import ctypes  # not in workers: in interpreters of Python 3.12 it is not allowed

        pages = resident = 0
        libc = ctypes.CDLL(None, use_errno=True)
        for fd, size_bytes in zip(self.fds, self.sizes):
            try:
                mapping = mmap.mmap(fd, size_bytes, prot=mmap.PROT_READ | mmap.PROT_WRITE, flags=mmap.MAP_PRIVATE)
            except OSError:
                return None
            count = -(-size_bytes // mmap.PAGESIZE)
            states = (ctypes.c_ubyte * count)()
            at = ctypes.addressof(ctypes.c_char.from_buffer(mapping))
            if libc.mincore(ctypes.c_void_p(at), ctypes.c_size_t(size_bytes), states):
                return None
            pages, resident = pages + count, resident + sum(state & 1 for state in states)
        return resident / pages

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)
        self.fds = []

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        flags = os.O_RDONLY | os.O_CLOEXEC | (os.O_DIRECT if self.direct else 0)
        if os.getpid() != self.maker:
            self.fds = [os.open(f"/proc/{self.maker}/fd/{fd}", flags) for fd in self.fds]


def digest(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=8).digest()
