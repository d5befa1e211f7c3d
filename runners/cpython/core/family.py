"""Processes that a runtime starts by itself: found by /proc, ended for sure, and no more than memory has room for."""
from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from typing import Any, Callable, Optional, TypeVar, cast

from cpython.contract import Crashed, Unsupported

_LOOK_S = 0.05  # how often it is looked whether workers have died

Answer = TypeVar("Answer")


def children(pid: int) -> list[int]:
    """Of all its threads."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    except OSError:
        pass
    return found


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def is_alive(pid: int) -> bool:
    """Zombies are not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill_all(pids: list[int]) -> None:
    """And all that they have started. Those that are our own children are waited for."""
    doomed = [one for pid in pids for one in (pid, *descendants(pid))]
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for pid in doomed:
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass
    while any(map(is_alive, doomed)):
        time.sleep(0.001)


def watched(work: Callable[[], Answer], look: Callable[[], None]) -> Answer:
    """What `work` returns or raises, done in a thread, as it might wait for ever for a worker that has died.

    look() is called meanwhile, and raises Crashed once one has. The thread is then left alone.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def live() -> None:
        try:
            answers.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=live, name="waiting for results", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK_S)
        look()
    if errors:
        raise errors[0]
    return answers[0]


def require_alive(pids: list[int], what: str) -> None:
    """Crashed when one of them is not: its work might be done again by another, or never."""
    for pid in pids:
        if not is_alive(pid):
            raise Crashed(f"{what} (process {pid}) was lost in the middle of its work")


def start_tracker() -> None:
    """multiprocessing's process that takes the names of semaphores away once all that have its pipe are gone.

    It is needed where workers are not forked, until pool.forget_names(). Whoever kills all of us is to leave it to its
    work: it gets a session of its own, and does not have the controller's mark. Nothing of it is left either: it ends.
    """
    from multiprocessing import resource_tracker, util

    def spawn(path: str, args: list[str], passfds: list[int]) -> int:
        environment = {name: value for name, value in os.environ.items() if name != "BENCH_CONTROLLER"}
        process = subprocess.Popen(
            args, executable=path, pass_fds=passfds, env=environment, start_new_session=True, stdin=subprocess.DEVNULL
        )
        process.returncode = 0  # it is waited for by its own means
        return process.pid

    usual, its_util = util.spawnv_passfds, cast(Any, util)
    its_util.spawnv_passfds = spawn
    try:
        resource_tracker.ensure_running()
    finally:
        its_util.spawnv_passfds = usual


def stop_tracker() -> None:
    """When all that have its pipe have ended."""
    from multiprocessing import resource_tracker

    if getattr(resource_tracker._resource_tracker, "_pid", None):
        resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]


def available_bytes() -> Optional[int]:
    """Memory that is free, or can be made so, on this machine and in this control group."""
    free: Optional[int] = None
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        with open("/proc/self/cgroup", encoding="ascii") as lines:
            group = next(line[3:].strip() for line in lines if line.startswith("0::"))
        while True:
            free = min(free, _room_in(f"/sys/fs/cgroup{group}", free))
            if group in ("", "/"):
                return free
            group = os.path.dirname(group)
    except (OSError, StopIteration, ValueError):
        return free


def _room_in(group: str, otherwise: int) -> int:
    try:
        with open(f"{group}/memory.max", encoding="ascii") as most, open(f"{group}/memory.current") as now:
            return int(most.read()) - int(now.read())
    except (OSError, ValueError):  # ValueError: "max"
        return otherwise


def require_memory(workers: int, each_bytes: int, fixed_bytes: int = 0) -> None:
    """Unsupported where so many workers, which take about so much each, would not leave a tenth of what is free."""
    free, wanted = available_bytes(), fixed_bytes + workers * each_bytes
    if free is not None and wanted > free * 0.9:
        raise Unsupported(
            f"{workers} workers take about {wanted / 2**20:.0f} MiB ({each_bytes / 2**20:.0f} each), and "
            f"{free / 2**20:.0f} MiB of memory are free: ask for fewer (-j)"
        )
