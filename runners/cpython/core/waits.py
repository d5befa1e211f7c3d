"""Seeing lanes wait, in runs that are traced: threads in the calls that wait, coroutines and greenlets wherever they
let others go on.

What waits in other ways (a C library, a file object's read, a lock) is not seen here, and is what is left of a range when
its CPU time and the waits are taken off.
"""
from __future__ import annotations

import importlib
import os
import select
import socket
import sys
import threading
import time
import types
from contextvars import ContextVar
from typing import Any, Awaitable, Callable, Coroutine, Generator, Optional, cast

from cpython.core.trace import Recorder, Seen, Tracer

_clock, _cpu_clock, _pread = time.monotonic_ns, time.thread_time_ns, os.pread
# The range that is done here: in this thread, in this coroutine and in what it has a thread do.
_here: ContextVar[Optional[Seen]] = ContextVar("range", default=None)

# ---- threads: what they call


def _calls() -> list[tuple[Any, str, str]]:
    """Who has it, its name, and what is waited for in it."""
    calls: list[tuple[Any, str, str]] = [(time, "sleep", "sleep"), (select, "select", "poll")]
    calls += [(os, name, "read") for name in ("read", "readv", "pread", "preadv")]
    calls += [(os, name, "write") for name in ("write", "writev", "pwrite", "pwritev")]
    calls += [(os, name, "sync") for name in ("fsync", "fdatasync")]
    calls += [(os, name, "other") for name in ("wait", "wait3", "wait4", "waitpid", "waitid")]
    calls += [(socket.socket, name, "read") for name in ("recv", "recv_into", "recvfrom", "accept")]
    calls += [(socket.socket, name, "write") for name in ("send", "sendall", "sendto")]
    calls += [(socket.socket, "connect", "poll")]
    if "ssl" in sys.modules:
        secure = sys.modules["ssl"].SSLSocket
        calls += [(secure, "read", "read"), (secure, "write", "write"), (secure, "do_handshake", "poll")]
    return [(owner, name, kind) for owner, name, kind in calls if hasattr(owner, name)]


def _watch(call: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def watched(*given: Any, **named: Any) -> Any:
        seen = _here.get()
        if seen is None or seen.left_ns:
            return call(*given, **named)
        seen.leave(kind)
        try:
            return call(*given, **named)
        finally:
            seen.come_back()

    return watched


class _Patches:
    """The calls of this process, as long as one of its threads is traced."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.undo: list[Callable[[], None]] = []

    def begin(self) -> None:
        with self.lock:
            self.users += 1
            if self.users > 1:
                return
            for owner, name, kind in _calls():
                call = getattr(owner, name)
                if name in vars(owner):
                    self.undo.append(lambda owner=owner, name=name, call=call: setattr(owner, name, call))  # type: ignore[misc]
                else:  # a base class has it
                    self.undo.append(lambda owner=owner, name=name: delattr(owner, name))  # type: ignore[misc]
                setattr(owner, name, _watch(call, kind))

    def end(self) -> None:
        with self.lock:
            self.users -= 1
            while not self.users and self.undo:
                self.undo.pop()()


_patches = _Patches()


# To ask the kernel lets go of the global lock, to take it back before anybody else can: done after each range, the
# interpreter's own hand-over after 5 ms would never come. So it is asked only where the lock has been let go of anyway.
_OFF_LEAST_NS = 200_000


class ThreadTracer(Tracer):
    """Of a thread that does one range after the other; made on it.

    What is left unseen follows from its CPU time, and from the time in which it was ready to run but had no CPU.
    """

    def __init__(self, recorder: Recorder):
        super().__init__(recorder)
        try:
            self.schedstat = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self.schedstat = -1
        self.ready_ns = self._ready_ns()
        _patches.begin()

    def close(self) -> None:
        _patches.end()
        if self.schedstat >= 0:
            os.close(self.schedstat)

    def _ready_ns(self) -> int:
        return int(_pread(self.schedstat, 128, 0).split()[1]) if self.schedstat >= 0 else 0

    def begin(self) -> Seen:
        _here.set(seen := Seen())
        self.began_cpu_ns = _cpu_clock()
        seen.began_ns = _clock()
        return seen

    def end(self, seen: Seen, lane: int, number: int) -> int:
        _here.set(None)
        seen.used_ns = _cpu_clock() - self.began_cpu_ns
        off_ns = _clock() - seen.began_ns - seen.used_ns
        if off_ns > _OFF_LEAST_NS:
            before_ns, self.ready_ns = self.ready_ns, self._ready_ns()
            seen.used_ns += min(off_ns, self.ready_ns - before_ns)
        return super().end(seen, lane, number)


# ---- coroutines: where they are suspended

_KINDS = {
    "sleep": "sleep",
    "acquire": "lock",
    **dict.fromkeys(("_wait_for_data", "sock_recv", "sock_recv_into", "sock_accept"), "read"),
    **dict.fromkeys(("drain", "_drain_helper", "sock_sendall"), "write"),
    **dict.fromkeys(("sock_connect", "_ended"), "poll"),
}


def _awaited(coroutine: Any) -> str:
    """What a suspended one waits for, by the names of what it awaits, the innermost first."""
    names = []
    while coroutine is not None:
        code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None)
        if code:
            names.append(code.co_name)
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return next((_KINDS[name] for name in reversed(names) if name in _KINDS), "other")


class LoopTracer(Tracer):
    """Of the lanes of an event loop: each suspension is a wait, until the loop comes back to it."""

    async def follow(self, awaitable: Awaitable[None], seen: Seen) -> None:
        if isinstance(awaitable, types.CoroutineType):
            await cast(Awaitable[None], _step(awaitable, seen))
        else:
            await awaitable


class ThreadedLoopTracer(LoopTracer):
    """Where the loop has threads do the ranges: what waits is seen in these."""

    def __init__(self, recorder: Recorder):
        super().__init__(recorder)
        _patches.begin()

    def close(self) -> None:
        _patches.end()

    def begin(self) -> Seen:
        seen = super().begin()
        _here.set(seen)
        return seen

    async def follow(self, awaitable: Awaitable[None], seen: Seen) -> None:
        await awaitable


def timed_in_thread(run: Callable[..., None]) -> Callable[..., None]:
    """run(), for a thread that a loop has do it; where that is traced its CPU time is told."""

    def timed(*given: Any) -> None:
        seen, began_ns = _here.get(), _cpu_clock()
        run(*given)
        if seen:
            seen.used_ns = _cpu_clock() - began_ns

    return timed


@types.coroutine
def _step(coroutine: Coroutine[Any, Any, None], seen: Seen) -> Generator[Any, Any, None]:
    """`await coroutine`, seeing what it yields to the loop, and when it is gone on with."""
    step: Callable[[Any], Any] = coroutine.send
    value: Any = None
    while True:
        try:
            yielded = step(value)
        except StopIteration:
            return
        seen.leave(_awaited(coroutine))
        try:
            value, step = (yield yielded), coroutine.send
        except BaseException as error:  # it is cancelled
            value, step = error, coroutine.throw
        seen.come_back()


# ---- greenlets: where they switch

_FRAMES_MOST = 8  # that are looked at
_FUNCTIONS = {
    "sleep": "sleep",
    **dict.fromkeys(("acquire", "__enter__"), "lock"),
    **dict.fromkeys(("recv", "recv_into", "recvfrom", "accept", "tp_read"), "read"),
    **dict.fromkeys(("send", "sendall", "sendto", "tp_write"), "write"),
    **dict.fromkeys(("connect", "select", "poll", "wait_on_socket"), "poll"),
}


def _called(frame: Any) -> str:
    """What a greenlet that has switched away waits for, by the functions that it is in."""
    for _ in range(_FRAMES_MOST):
        if frame is None:
            break
        if frame.f_code.co_name in _FUNCTIONS:
            return _FUNCTIONS[frame.f_code.co_name]
        frame = frame.f_back
    return "other"


class GreenletTracer(Tracer):
    """Of greenlets, by greenlet's own hook, which is called at each switch."""

    def __init__(self, recorder: Recorder):
        super().__init__(recorder)
        self.going: dict[Any, Seen] = {}
        self.greenlet: Any = importlib.import_module("greenlet")
        self.before = self.greenlet.settrace(self._switched)

    def close(self) -> None:
        self.greenlet.settrace(self.before)

    def begin(self) -> Seen:
        seen = self.going[self.greenlet.getcurrent()] = super().begin()
        return seen

    def end(self, seen: Seen, lane: int, number: int) -> int:
        del self.going[self.greenlet.getcurrent()]
        return super().end(seen, lane, number)

    def _switched(self, event: str, which: tuple[Any, Any]) -> None:
        left, entered = map(self.going.get, which)
        if left:
            left.leave(_called(which[0].gr_frame))
        if entered:
            entered.come_back()
