"""A bench that is broken as $TORTURE_BREAK says, by one of COUNTS: is it counted? It runs the real one, $TORTURE_BENCH,
and then spoils what that has done."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from typing import List, Optional

PR_SET_PDEATHSIG = 1
LISTEN = "import socket, time; listening = socket.create_server(('127.0.0.1', 0)); time.sleep(1000)"


def leave(*words: str) -> None:
    quiet = subprocess.DEVNULL
    subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


def spoil_rows(path: Optional[str], how: str) -> None:
    """Takes a row out of the middle, the end off, or adds the last one again."""
    if not path or not os.path.exists(path):
        return
    with open(path, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    if how == "lost" and len(lines) > 4:
        del lines[-2]
    elif how == "torn" and lines:
        lines[-1] = lines[-1][:-10]
    elif how == "twice" and len(lines) > 1:
        lines.append(lines[-1])
    with open(path, "wb") as file:
        file.writelines(lines)


def spoil(how: str, words: List[str], status: int) -> int:
    if how in ("lost", "torn", "twice"):
        spoil_rows(words[words.index("-o") + 1] if "-o" in words else None, how)
    elif how == "processes":
        leave("sleep", "1000")
    elif how == "ports":
        leave(sys.executable, "-S", "-E", "-c", LISTEN)
        time.sleep(0.3)
    elif how == "files":
        open("left-behind", "w", encoding="ascii").close()
    elif how == "shared":
        open("/dev/shm/torture-broken", "w", encoding="ascii").close()
    elif how == "status":
        return 0 if status else 7
    elif how == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "hangs":
        time.sleep(1000)
    return status


def main() -> int:
    how, words = os.environ["TORTURE_BREAK"], sys.argv[1:]
    real = subprocess.Popen(
        [os.environ["TORTURE_BENCH"], *words],
        close_fds=False,
        preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: real.send_signal(number))
    status = real.wait()
    return spoil(how, words, status if status >= 0 else 128 - status)


if __name__ == "__main__":
    sys.exit(main())
