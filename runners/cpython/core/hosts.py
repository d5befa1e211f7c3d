"""Which hosts are this machine, and connections to others counted as they are made."""
from __future__ import annotations

import os
import socket
import sys
from typing import Any, Callable, Optional


def _is_ours(family: int, address: Any) -> bool:
    """Can it be bound to?"""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address[0], 0, *address[2:]))
            return True
    except OSError:
        return False


def is_here(host: str) -> bool:
    """A name without an address counts as another machine's."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError:
        return False
    return all(_is_ours(family, address) for family, _, _, _, address in found)


def count_elsewhere(hosts: list[str], requests: int) -> int:
    """How many of so many requests, which take the hosts in turn, go to other machines."""
    here = {host: is_here(host) for host in set(hosts)}
    whole, rest = divmod(requests, len(hosts))
    return sum(whole + (i < rest) for i, host in enumerate(hosts) if not here[host])


class TooManyRequests(Exception):
    """Raised where another connection would be made to another machine."""


class Connections:
    """Those to other machines, of all processes of a case: each writes a byte, as that is one step for all of them."""

    def __init__(self, most: int, path: str = ""):
        self.most = most
        self._told = 0
        unnamed = -1 if path else os.memfd_create("bench")
        self._fd = os.open(path or f"/proc/self/fd/{unnamed}", os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._first = unnamed  # its position is moved by whoever connects: one is the first

    def count(self) -> int:
        return os.fstat(self._fd).st_size

    def take(self) -> int:
        """How many since this was last asked."""
        told, self._told = self._told, self.count()
        return self._told - told

    def add(self, host: str) -> None:
        os.write(self._fd, b".")
        if self.count() > self.most:
            raise TooManyRequests(f"{host} is another machine, and --max-requests has no room for another connection")
        if self._first >= 0 and os.lseek(self._first, 1, os.SEEK_CUR) == 1:
            print(
                f"bench: connecting to {host}, another machine; {self.most} connections at most (--max-requests)",
                file=sys.stderr,
                flush=True,
            )

    def __reduce__(self) -> tuple[Callable[[int, str], Any], tuple[int, str]]:
        return Connections, (self.most, f"/proc/{os.getpid()}/fd/{self._fd}")


_watched: Optional[Connections] = None
_known: dict[str, bool] = {}


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect" or _watched is None:
        return
    connecting, address = args
    if connecting.family not in (socket.AF_INET, socket.AF_INET6) or connecting.type & 15 != socket.SOCK_STREAM:
        return
    host = str(address[0])
    if host not in _known:
        _known[host] = _is_ours(connecting.family, address) if host[:1].isdigit() or ":" in host else is_here(host)
    if not _known[host]:
        _watched.add(host)


def watch(connections: Connections) -> None:
    """From now on it counts each connection to another machine that Python's sockets make, before they do.

    In processes that are forked, too. What it raises is raised where the connection was to be made.
    """
    global _watched
    if _watched is None:
        sys.addaudithook(_hear)
    _watched = connections


def take_untold() -> Optional[int]:
    """Connections that no reply has told yet; None: they are not counted."""
    return _watched.take() if _watched else None
