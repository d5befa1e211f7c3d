"""Objects over two descriptors: between the runner and a worker that it has made itself."""
from __future__ import annotations

import os
import pickle
from typing import Any


class Pipe:
    """One end. Objects are pickled; both ends are of one program."""

    def __init__(self, read_fd: int, write_fd: int):
        self.read_fd, self.write_fd = read_fd, write_fd

    def send(self, what: Any) -> None:
        """BrokenPipeError where nobody is there any more."""
        data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        rest = memoryview(len(data).to_bytes(8, "little") + data)
        while rest:
            rest = rest[os.write(self.write_fd, rest) :]

    def receive(self) -> Any:
        """EOFError where nobody is there any more."""
        size = int.from_bytes(self._read(8), "little")
        return pickle.loads(self._read(size))

    def _read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = os.read(self.read_fd, size)
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        os.close(self.read_fd)
        os.close(self.write_fd)


def make_pipes() -> tuple[Pipe, Pipe]:
    """Two ends that are connected."""
    (here, to_here), (there, to_there) = os.pipe(), os.pipe()
    return Pipe(here, to_there), Pipe(there, to_here)
