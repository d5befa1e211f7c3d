"""Memory that threads, processes and interpreters share, with no name on any file system: gone with its users."""
from __future__ import annotations

import mmap
import os
from typing import Any, Callable


def _attach(pid: int, fd: int, size_bytes: int) -> Shared:
    own = os.open(f"/proc/{pid}/fd/{fd}", os.O_RDWR | os.O_CLOEXEC)
    return Shared(size_bytes, own, pid)


class Shared:
    """So many bytes, zero at first, in `view`, a memoryview: view.cast("Q") and view.cast("d") are useful.

    Forked workers have it as it is; it is pickled as where to find it, as long as its maker lives.
    """

    def __init__(self, size_bytes: int, fd: int = -1, maker: int = 0):
        if fd < 0:
            fd = os.memfd_create("bench")
            os.ftruncate(fd, max(size_bytes, 1))
        self._fd = fd
        self._maker = maker or os.getpid()
        self._size_bytes = size_bytes
        self.view = memoryview(mmap.mmap(fd, max(size_bytes, 1)))

    def zero(self) -> None:
        self.view[:] = bytes(len(self.view))

    def __reduce__(self) -> tuple[Callable[[int, int, int], Any], tuple[int, int, int]]:
        return _attach, (os.getpid(), self._fd, self._size_bytes)
