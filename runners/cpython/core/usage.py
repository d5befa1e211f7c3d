"""CPU time, switches, faults and memory: of the calling thread or process, and of others by /proc."""
from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, fields
from typing import Iterable, Optional


@dataclass
class Usage:
    """What was used so far, or between two readings. NaN and -1 where it is not known."""

    cpu_s: float = 0.0
    user_s: float = 0.0
    sys_s: float = 0.0
    ctx_voluntary: int = 0
    ctx_involuntary: int = 0
    faults_minor: int = 0
    faults_major: int = 0

    def __sub__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def _from_rusage(who: int, cpu_s: float) -> Usage:
    used = resource.getrusage(who)
    return Usage(cpu_s, used.ru_utime, used.ru_stime, used.ru_nvcsw, used.ru_nivcsw, used.ru_minflt, used.ru_majflt)


def of_thread() -> Usage:
    return _from_rusage(resource.RUSAGE_THREAD, time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID))


def of_self() -> Usage:
    """The calling process, all its threads."""
    return _from_rusage(resource.RUSAGE_SELF, time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID))


def _switches(path: str) -> tuple[int, int]:
    found = {"voluntary_ctxt_switches": 0, "nonvoluntary_ctxt_switches": 0}
    with open(path, encoding="ascii", errors="replace") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name in found:
                found[name] = int(value)
    return found["voluntary_ctxt_switches"], found["nonvoluntary_ctxt_switches"]


def of_process(pid: int) -> Optional[Usage]:
    """Another process: user and system time cannot be told apart finely, and are not. None: it is gone."""
    try:
        cpu_s = time.clock_gettime((~pid << 3) | 2)  # its CPU clock, as clock_getcpuclockid(3) makes it
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            words = stat.read().rpartition(")")[2].split()
        voluntary = involuntary = 0
        for thread in os.listdir(f"/proc/{pid}/task"):
            waited, taken = _switches(f"/proc/{pid}/task/{thread}/status")
            voluntary, involuntary = voluntary + waited, involuntary + taken
    except (OSError, ValueError):
        return None
    nan = float("nan")
    return Usage(cpu_s, nan, nan, voluntary, involuntary, int(words[7]), int(words[9]))


def reset_peak(pids: Iterable[int]) -> None:
    """From now on VmHWM is counted anew."""
    for pid in pids:
        try:
            with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
                file.write("5")
        except OSError:
            pass


def _kib(path: str, name: str) -> int:
    with open(path, encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    raise OSError(name)


def memory(pids: Iterable[int]) -> dict[str, int]:
    """peak_rss_bytes and pss_bytes of these processes together; without what the kernel does not tell."""
    told: dict[str, int] = {}
    for key, file, name in (("peak_rss_bytes", "status", "VmHWM:"), ("pss_bytes", "smaps_rollup", "Pss:")):
        try:
            told[key] = sum(_kib(f"/proc/{pid}/{file}", name) for pid in pids)
        except OSError:
            pass
    return told


def steal_s() -> float:
    """Seconds for which the host of this virtual machine had its CPUs do something else, so far."""
    try:
        with open("/proc/stat", encoding="ascii") as stat:
            return int(stat.readline().split()[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return float("nan")
