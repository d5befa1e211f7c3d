"""Every system call of controller and runner failed once, by strace."""

import collections
import os
import re
import shutil
from typing import Any, Dict, List, Tuple

from .trial import Started, Trial

WHAT = "every system call of a controller or a runner fails once, as it may in real life, or is interrupted"
AT_LEAST = 0

# What a call may fail with. Calls that never fail are left alone; so is close, which without being done would keep
# pipes open that in real life are closed, however it fails; and brk, whose failure is another answer than strace gives;
# and futex, of which a wake never fails.
ERRORS = {
    "access": "EACCES",
    "clock_gettime": "EINVAL",
    "clock_nanosleep": "EINTR",
    "clone": "EAGAIN",
    "clone3": "EAGAIN",
    "connect": "ECONNREFUSED",
    "copy_file_range": "EXDEV",
    "dup": "EMFILE",
    "dup2": "EMFILE",
    "dup3": "EMFILE",
    "epoll_create1": "EMFILE",
    "epoll_ctl": "ENOSPC",
    "epoll_wait": "EINTR",
    "epoll_pwait": "EINTR",
    "eventfd2": "EMFILE",
    "execve": "ENOENT",
    "fadvise64": "EINVAL",
    "fallocate": "ENOSPC",
    "fchmod": "EPERM",
    "fcntl": "EINVAL",
    "fdatasync": "EIO",
    "flock": "ENOLCK",
    "fstatfs": "EIO",
    "fsync": "EIO",
    "ftruncate": "EIO",
    "getcwd": "ENOENT",
    "getdents64": "EIO",
    "getrandom": "EAGAIN",
    "getrusage": "EINVAL",
    "io_uring_enter": "EINTR",
    "io_uring_register": "EINVAL",
    "io_uring_setup": "EPERM",
    "ioctl": "ENOTTY",
    "kill": "ESRCH",
    "link": "EPERM",
    "linkat": "EPERM",
    "lseek": "ESPIPE",
    "madvise": "EINVAL",
    "memfd_create": "EMFILE",
    "mincore": "ENOMEM",
    "mkdir": "EACCES",
    "mmap": "ENOMEM",
    "mprotect": "ENOMEM",
    "mremap": "ENOMEM",
    "newfstatat": "EIO",
    "openat": "EMFILE",
    "pidfd_open": "EMFILE",
    "pipe2": "EMFILE",
    "poll": "EINTR",
    "posix_fadvise": "EINVAL",
    "ppoll": "EINTR",
    "prctl": "EINVAL",
    "pread64": "EIO",
    "preadv2": "EOPNOTSUP",
    "prlimit64": "EPERM",
    "pwrite64": "ENOSPC",
    "read": "EIO",
    "readlink": "EACCES",
    "recvfrom": "ECONNRESET",
    "rename": "EACCES",
    "renameat2": "EACCES",
    "sched_getaffinity": "EINVAL",
    "sched_setaffinity": "EINVAL",
    "sched_setscheduler": "EPERM",
    "sendfile": "EIO",
    "sendto": "ECONNRESET",
    "setpgid": "EACCES",
    "setsockopt": "ENOPROTOOPT",
    "socket": "EMFILE",
    "socketpair": "EMFILE",
    "statx": "EIO",
    "sysinfo": "EFAULT",
    "timer_create": "EAGAIN",
    "timerfd_create": "EMFILE",
    "timerfd_settime": "EINVAL",
    "unlink": "EACCES",
    "unlinkat": "EACCES",
    "wait4": "ECHILD",
    "waitid": "ECHILD",
    "write": "ENOSPC",
    "writev": "ENOSPC",
}
INTERRUPTED = ["read", "write", "openat", "wait4", "waitid", "poll", "ppoll", "connect", "flock", "fsync", "pwrite64"]

MAIN = "fcntl(0, F_GETFD"  # how main begins; what was before is the loader's

SPIN = "-w spin -s steps_per_us=1000 -s tasks=4 -s work=50us -q -r 2 --warmup 0"
RUNNERS = [SPIN + " -x " + name for name in ["serial", "pthread", "process", "omp", "gil", "uring", "uv"]] + [
    "-w fileread -s size=256KiB -s dir=. -q -r 1 --warmup 0 -x pthread",
    "-w fileread -s size=256KiB -s dir=. -s cache=cold -q -r 1 --warmup 0 -x uring",
    "-w filewrite -s size=256KiB -s dir=. -s sync=each -q -r 1 --warmup 0 -x serial",
    "-w filewrite -s size=256KiB -s dir=. -q -r 1 --warmup 0 -x uv",
    "-w exec -s command=true -s tasks=2 -q -r 1 --warmup 0 -x pthread",
    "-w http -s delay=1ms -s tasks=4 -s body=1KiB -q -r 1 --warmup 0 -x pthread",
    "-w blur -s width=32 -s height=32 -s output=picture.png -q -r 1 --warmup 0 -x serial",
]
CONTROLLERS = [
    SPIN + " -x serial,pthread -o rows.csv --summary summary.csv",
    SPIN + " -x process -o rows.csv --format csv --launches 2",
    SPIN + " -x serial -o rows.csv --format json --save-baseline baseline.csv",
    SPIN + " -x serial -o rows.csv --resume",
    "-w witness -s file=witness --plugin {fakes}/witness.so -x serial -r 2 -o rows.csv --timeout 20 -q",
    "ab -w spin -s steps_per_us=1000 -s tasks=4 -x serial -t 0.05 -q -o rows.csv -- --",
    "selftest -w spin -s steps_per_us=1000 -x serial -t 0.05 --trials 1 --sizes 0 -q",
    "report {old}",
    "report {old} -o report.out --format json",
    "compare {old} {old}",
    "list",
    "topo",
    "help",
]
ALWAYS_SAME = ("report", "compare", "help")  # what they print


def words_of(trial: Trial, line: str) -> List[str]:
    old = os.path.join(trial.world.home, "old.csv")
    if not os.path.exists(old):
        with open(os.path.join(trial.world.top, "results/reference-2-core-vm.csv"), encoding="utf-8") as file:
            lines = file.readlines()[:60]
        with open(old, "w", encoding="utf-8") as file:
            file.writelines(lines)
    return line.format(fakes=trial.world.fakes, old=old).split()


def start(trial: Trial, who: str, line: str, options: List[str]) -> Started:
    """The command, its controller or its runners under strace."""
    for name in ["rows.csv", "summary.csv", "baseline.csv", "report.out", "witness", "picture.png"]:
        trial.path(name)
    words = words_of(trial, line)
    if who == "controller":
        return trial.run(["strace", *options] + trial.bench(*words))
    return trial.run(trial.bench(*words, "-o", "rows.csv", "--launcher", " ".join(["strace", "-f", *options])))


def count_calls(path: str) -> Dict[str, Tuple[int, int]]:
    """Of each call: how many the loader made, and how many there are; of the thread that makes most."""
    calls: Dict[str, Dict[str, int]] = collections.defaultdict(lambda: collections.defaultdict(int))
    before: Dict[str, int] = {}
    first = ""
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            found = re.match(r"(\d+ +)?([a-z0-9_]+)\(", line)
            if not found:
                continue
            thread = (found[1] or "").strip()
            first = first or thread
            if MAIN in line and thread == first and not before:
                before = {name: threads[thread] for name, threads in calls.items()}
            calls[found[2]][thread] += 1
    return {name: (before.get(name, 0), max(threads.values())) for name, threads in calls.items()}


def make_plan(trial: Trial) -> List[List[Any]]:
    """All that is to be failed, in an order in which the first few are a sample of it."""
    plan: List[List[Any]] = []
    for who, lines in (("controller", CONTROLLERS), ("runner", RUNNERS)):
        for line in lines:
            trace = os.path.join(trial.world.home, "trace")
            start(trial, who, line, ["-o", trace])
            for call, (skip, count) in sorted(count_calls(trace).items()):
                errors = [ERRORS[call]] if call in ERRORS else []
                errors += ["EINTR"] if call in INTERRUPTED else []
                plan += [[who, line, call, error, n] for error in errors for n in range(skip + 1, count + 1)]
            for name in trial.expected:
                if os.path.exists(os.path.join(trial.folder, name)):
                    os.unlink(os.path.join(trial.folder, name))
    trial.random.shuffle(plan)
    trial.faults.clear()
    return plan


def rows_wanted(line: str) -> int:
    executors = len(re.findall(r"-x (\S+)", line)[0].split(","))
    launches = int((re.findall(r"--launches (\d+)", line) or ["1"])[0])
    if "--save-baseline" in line:
        launches = 5
    runs = int(re.findall(r"-r (\d+)", line)[0])
    return executors * launches * (runs + (1 if "--warmup 0" in line else 2))


def check_answer(trial: Trial, done: Started, who: str, line: str, memory: Dict[str, Any]) -> None:
    """Exit status 0 is the whole answer."""
    if "rows.csv" in line or who == "runner":
        rows = trial.check_rows("rows.csv")
        ok = rows.count(status="ok")
        if " -r " in line and done.status == 0 and ok != rows_wanted(line):
            trial.fault("status", f"exit status 0, but {ok} of {rows_wanted(line)} rows are ok: {done.said()}")
    if line.startswith(ALWAYS_SAME) and done.status == 0:
        answer = done.answer().decode("utf-8", "replace")
        right = memory.setdefault("right", {}).setdefault(line, answer)
        if answer != right:
            trial.fault("status", f"exit status 0, but another answer than without: {done.said()}")


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    if not shutil.which("strace"):
        print("torture: calls: left out, there is no strace (apt install strace)")
        return False
    if "plan" not in memory:
        memory["plan"] = make_plan(trial)
        for line in CONTROLLERS:
            if line.startswith(ALWAYS_SAME):
                memory.setdefault("right", {})[line] = trial.run(trial.bench(*words_of(trial, line))).answer().decode()
        trial.faults.clear()
    if trial.number >= len(memory["plan"]):
        return False
    who, line, call, error, n = memory["plan"][trial.number]
    done = start(trial, who, line, ["-o", "/dev/null", "-e", f"inject={call}:error={error}:when={n}"])
    trial.expect(done, [0, 2, 3] + ([1] if line.startswith("ab") else []))
    if done.status not in (0, 1) and not done.said() and not done.answer() and not trial.faults:
        trial.fault("status", f"exit status {done.status} without a word")
    check_answer(trial, done, who, line, memory)
    return True
