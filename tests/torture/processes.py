"""The processes below this one, which orphans come to as well; and what they hold."""

import ctypes
import os
import signal
import subprocess
from typing import List

PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWNS = 0x20000


def adopt_orphans() -> None:
    """From now on whatever a trial leaves behind becomes our child, whoever started it, and whatever it did. What we
    start hears of signals, which a shell's background job does not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def mount_privately() -> None:
    """Where we may: what is mounted from now on is nobody else's and ends with us, and so does /dev/shm."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0:
        return
    subprocess.run(["mount", "--make-rprivate", "/"], stderr=subprocess.DEVNULL, check=False)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/dev/shm"], stderr=subprocess.DEVNULL, check=False)


def children(pid: int) -> List[int]:
    """Of all its threads; [] when it is gone."""
    found: List[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        pass
    return found


def descendants(pid: int) -> List[int]:
    """Parents before their children."""
    found = []
    for child in children(pid):
        found += [child] + descendants(child)
    return found


def command_of(pid: int) -> str:
    """What it was called as; its name if that is not to be had."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return words or file.read().strip()
    except OSError:
        return ""


def is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except (OSError, IndexError):
        return True


def listening(pid: int) -> int:
    """How many TCP ports it listens on."""
    inodes = set()
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        count = 0
        for table in ("tcp", "tcp6"):
            with open(f"/proc/{pid}/net/{table}", encoding="ascii") as file:
                fields = [line.split() for line in file.readlines()[1:]]
            count += sum(1 for one in fields if one[3] == "0A" and one[9] in inodes)
        return count
    except OSError:
        return 0


def reap() -> None:
    """Children that have ended and that nobody else waits for."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass
