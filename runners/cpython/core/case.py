"""One case: opened, run, closed; what came of a run, as the reply to it."""
from __future__ import annotations

import contextlib
import math
import os
import time
from typing import Any, Optional, Sequence

from cpython.contract import Case, Executor, Job, Plan, Refused, Unsupported, Workload
from cpython.core import arrivals, counting, lever, registry, trace, trace_file, usage
from cpython.core.histogram import Histogram
from cpython.core.params import read_params
from cpython.core.schedule import Schedule, has_global_lock
from cpython.core.tally import Tally, digest, tell

_SHORT_NS = 5_000  # the clock is to be read no oftener than that


def check_case(message: dict[str, Any]) -> None:
    """Can the workload work with these parameters? Refused or BadValue if not."""
    workload = registry.workload(message["workload"])
    workload.validate(read_params(workload.params, message.get("params", {})))


class OpenCase:
    """From open to close. Every method may raise Refused; after a run that failed it can only be closed."""

    def __init__(self, message: dict[str, Any]):
        os.environ.update(message.get("env", {}))
        self.rate = arrivals.read_rate(message)
        self.workload = registry.workload(message["workload"])
        self.executor = registry.executor(message["executor"])
        missing = self.executor.missing()
        if message.get("lever") and not missing:
            self._lever(message)
        if missing:
            raise Unsupported(missing)
        given = read_params(self.workload.params, message.get("params", {}))
        self.executor.choose(read_params(self.executor.params, message.get("executor_params", {})))
        self._refuse_what_cannot_be()
        one = "one_worker" in self.executor.flags
        workers = 1 if one else int(message.get("workers", 1))
        inflight = int(message.get("inflight", 1)) if "lanes" in self.executor.flags else 1
        executor, seed = self.executor, int(message.get("seed", 0))
        self.plan = Plan(workers, inflight, seed, executor.lock, executor.pickles, executor.greenlets, executor.graphs)
        self.plan.max_requests = int(message.get("max_requests", -1))
        self.workload.setup(given, self.plan)
        if self.rate:
            self._refuse_what_cannot_arrive(message)
            self.rate.spins = workers <= len(os.sched_getaffinity(0))
        self.case = self._make_case(message)
        self.every = 1
        self.counters = [str(name) for name in message.get("counters", [])]
        self.runs = 0
        self.trace_path, self.trace_launch = str(message.get("trace", "")), int(message.get("trace_launch", 1))
        self._note = self.executor.note(self.case)
        began_ns = time.monotonic_ns()
        try:
            self.executor.open(self.case)
        except BaseException:
            with contextlib.suppress(Exception):  # what went wrong first is what is told
                self.close()
            raise
        self.opening_ns = time.monotonic_ns() - began_ns

    def _refuse_what_cannot_be(self) -> None:
        if self.workload.one_address_space and not self.executor.one_address_space:
            raise Unsupported("the workload needs workers that are threads of one interpreter; this executor's are not")
        if self.rate and self.executor.no_arrivals:
            raise Unsupported(f"--rate: {self.executor.no_arrivals}")

    def _refuse_what_cannot_arrive(self, message: dict[str, Any]) -> None:
        if self.plan.single_pass:
            raise Unsupported(
                f"{message['workload']} with these parameters cannot do its tasks more than once, and with --rate they"
                " come again and again"
            )
        if int(message.get("grain", 0)) > 1:
            raise Refused(f"grain={message['grain']}: with --rate an arrival is one task; leave out --grain")

    def _make_case(self, message: dict[str, Any]) -> Case:
        plan = self.plan
        asked = int(message.get("grain", 0))
        if plan.chunked and asked > 1:
            raise Unsupported(f"grain={asked}: chunks are computed one by one; make them larger instead (tile=)")
        grain = 1 if plan.chunked or self.rate else min(asked or self.executor.grain(plan), plan.tasks)
        ranges = -(-plan.tasks // grain)
        cpus = [str(one) for one in message.get("cpus", [])]
        schedule = Schedule(
            "dynamic" if self.rate else str(message.get("schedule", "dynamic")),
            ranges,
            plan.workers * plan.inflight,
            in_turn=asked > 0,
            threads=self.executor.one_address_space,
        )
        return Case(
            workload=self.workload,
            workers=plan.workers,
            inflight=plan.inflight,
            cpus=[cpus[w % len(cpus)] if cpus else "" for w in range(plan.workers)],
            tasks=plan.tasks,
            grain=grain,
            ranges=ranges,
            schedule=schedule,
            chunked=plan.chunked,
            scratch=str(message.get("scratch", "")),
            runner=os.getpid(),
        )

    def opened(self) -> dict[str, Any]:
        """The reply to open."""
        case, plan = self.case, self.plan
        told: dict[str, Any] = {
            "tasks": case.tasks,
            "grain": case.grain,
            "work": plan.work,
            "work_per_task": plan.work / case.tasks,
            "work_unit": plan.work_unit,
            "single_pass": plan.single_pass,
            "workers": case.workers,
            "inflight": case.inflight,
            "clock": self.executor.clock,
            "cpus": case.cpus,
        }
        if "schedules_itself" in self.executor.flags:
            told["schedule"] = "own"
        if self.executor.count:
            told["count"] = self.executor.count
        if plan.requests:
            told["requests"] = plan.requests
        self._tell_requested(told, 0)
        if plan.measured:
            told["measured"] = plan.measured
        self._add_note(told, [*plan.notes, counting.note(self.counters)])
        return told

    def _tell_requested(self, told: dict[str, Any], tasks: int) -> None:
        requested = self.workload.requested(tasks)
        if requested is not None:
            told["requested"] = requested

    def _add_note(self, told: dict[str, Any], notes: Sequence[Optional[str]]) -> None:
        said = "; ".join(dict.fromkeys(filter(None, [*notes, self._note])))
        self._note = None
        if said:
            told["note"] = said

    # ---- one run ----

    def _arrivals(self, message: dict[str, Any]) -> Optional[arrivals.Arrivals]:
        count = int(message.get("arrivals", 0))
        if not count:
            return None
        if not self.rate:
            raise Refused("run: arrivals: the case was opened without rate_per_s")
        if message.get("verify") or int(message.get("passes", 1)) > 1 or message.get("lever"):
            raise Refused("run: arrivals: not with verify, with several passes, or with a lever")
        return arrivals.Arrivals(self.rate, count, int(message.get("draw", 0)))

    def _lever(self, message: dict[str, Any]) -> lever.Lever:
        if not self.executor.levers:
            raise Unsupported(
                f"lever={message['lever']}: this executor of CPython's has none; serial and threading have"
            )
        return lever.read(str(message["lever"]), float(message.get("settle_s", 0)))

    def _trace_bytes(self, message: dict[str, Any]) -> int:
        is_other = message.get("verify") or message.get("lever") or not self.trace_path
        return 0 if is_other else max(0, int(message.get("trace_bytes", 0)))

    def _write_trace(self, job: Job, tallies: list[Tally], trace_bytes: int) -> Optional[str]:
        has_lock = self.executor.one_address_space and has_global_lock() and self.case.workers > 1
        try:
            traced = trace_file.Traced(self.case, job.released_ns, tallies, "global lock" if has_lock else "other")
            trace_file.write(self.trace_path, self.trace_launch, traced, trace_bytes)
        except OSError as error:
            return f"the trace could not be written to {self.trace_path}: {error.strerror}"
        return None

    def run(self, message: dict[str, Any]) -> dict[str, Any]:
        self.runs += 1
        trace_bytes = self._trace_bytes(message)
        job = Job(
            run=self.runs,
            trace=trace.events_of(trace_bytes, self.case.workers) if trace_bytes else 0,
            verify=bool(message.get("verify", False)),
            passes=int(message.get("passes", 1)),
            slower=float(message.get("slower", 0)),
            brief=bool(message.get("brief", False)),
            no_latency=bool(message.get("no_latency", False)),
            lever=self._lever(message) if message.get("lever") else None,
            every=self.every,
            arrivals=self._arrivals(message),
        )
        note = self.workload.prepare()
        self.case.schedule.reset()
        pids = [os.getpid(), *self.executor.pids()]
        outside = None if job.verify or job.brief else _read_pids(pids)
        if not job.brief:
            usage.reset_peak(pids)
        steal_s, asked_ns = usage.steal_s(), time.monotonic_ns()
        tallies = self.executor.run(self.case, job)
        steal_s = usage.steal_s() - steal_s
        self._judge(tallies, job)
        untraced = self._write_trace(job, tallies, trace_bytes) if job.trace else None
        arrived = _arrived(job, tallies, self.case.workers * self.case.inflight)
        tasks = job.arrivals.count - arrived.dropped if job.arrivals and arrived else self.case.tasks * job.passes
        told: dict[str, Any] = {"tasks": tasks, "work": self.plan.work * (tasks / self.case.tasks)}
        self._tell_requested(told, tasks)
        self._tell_times(told, tallies, job)
        if not job.brief:
            told["startup_s"] = max(0, job.released_ns - asked_ns + self.opening_ns) / 1e9
            self.opening_ns = 0
            told.update(usage.memory(pids))
            told["cpus"] = " ".join(tally.cpus for tally in tallies).strip()  # nothing, where none is known
            if not job.verify:
                _tell_usage(told, tallies, outside, pids)
                if not job.no_latency:
                    histograms = [arrived.latency] if arrived else [tally.latency for tally in tallies]
                    _tell_latency(told, histograms, bool(message.get("latency_counts")))
                if arrived and arrived.service.counts:
                    told["service_p50_s"] = arrived.service.quantile_ns(0.5) / 1e9
                    told["service_p99_s"] = arrived.service.quantile_ns(0.99) / 1e9
                told.update({"steal_s": steal_s} if steal_s >= 0 else {})
            self._tell_counters(told, tallies, arrived)
        self._tell_notes(
            told, tallies, [note, untraced, *(arrived.notes(int(told["wall_s"] * 1e9)) if arrived else [])]
        )
        return told

    def _judge(self, tallies: list[Tally], job: Job) -> None:
        """Refused unless all tasks were done once, and none failed that may not."""
        for tally in tallies:
            if tally.failure:
                raise Refused(tally.failure)
        done = sum(tally.ranges + (tally.arrived.dropped if tally.arrived else 0) for tally in tallies)
        wanted = job.arrivals.count if job.arrivals else self.case.ranges * job.passes
        summed = sum(tally.digest for tally in tallies)
        if done != wanted or (job.verify and summed != sum(map(digest, range(wanted)))):
            raise Refused(f"{done} ranges of {wanted} were done, or some of them twice; each must be done once")
        faults: dict[str, int] = {}
        for tally in tallies:
            for kind, count in tally.faults.items():
                faults[kind] = faults.get(kind, 0) + count
        failed, tasks = sum(faults.values()), wanted if job.arrivals else self.case.tasks * job.passes
        allowed = math.floor(self.workload.allow * tasks + 1e-9)
        self.faults = ", ".join(f"{count} {kind}" for kind, count in sorted(faults.items()))
        self.failed_tasks = failed
        if failed > allowed:
            raise Refused(
                f"{failed} of {tasks} tasks failed: {self.faults}; allow={self.workload.allow:g} lets {allowed} pass"
            )
        if job.arrivals and self.workload.whole_passes:
            return
        try:
            self.workload.finish()
        except Refused:
            raise
        except Exception as error:
            raise Refused(tell(error)) from error

    def _tell_times(self, told: dict[str, Any], tallies: list[Tally], job: Job) -> None:
        if job.verify:
            ranges, timed_ns = sum(t.ranges for t in tallies), sum(t.timed_ns for t in tallies)
            if ranges:
                self.every = max(1, round(_SHORT_NS / max(timed_ns / ranges, 1)))
            return
        busy = [t.busy_ns or t.end_ns - job.released_ns for t in tallies if t.ranges]
        wall_ns = max(t.end_ns for t in tallies if t.ranges or job.arrivals) - job.released_ns
        told["wall_s"] = wall_ns / 1e9
        told["work_per_s"] = told["work"] / (wall_ns / 1e9)
        if sum(busy) and not self.plan.chunked:  # how long a worker computed a chunk is the runtime's to know
            told["imbalance"] = max(busy) / (sum(busy) / self.case.workers)
        if self.workload.allow > 0:
            told["failed_tasks"] = self.failed_tasks

    def _tell_counters(self, told: dict[str, Any], tallies: list[Tally], arrived: Optional[arrivals.Arrived]) -> None:
        counters = self.executor.counters()
        if arrived:
            counters.update(arrived.counters())
        uses = [tally.lever for tally in tallies if tally.lever]
        if uses:
            counters.update(_tell_lever(told, uses, sum(t.charged_user_s + t.charged_sys_s for t in tallies)))
        counters.update(counting.counted(self.counters, told))
        if counters:
            told["counters"] = " ".join(f"{name}={value:.9g}" for name, value in counters.items())

    def _tell_notes(self, told: dict[str, Any], tallies: list[Tally], notes: list[Optional[str]]) -> None:
        if any(tally.sampled for tally in tallies):
            notes.append("ranges are so short that only some are timed; latencies are of those")
        if self.failed_tasks:
            notes.append(f"errors: {self.failed_tasks} tasks failed: {self.faults}; the rate counts them too")
        self._add_note(told, notes)

    def close(self) -> None:
        """End all; nothing of it is left. The first thing that goes wrong is raised when all is ended."""
        try:
            self.executor.close(self.case)
        finally:
            self.case.schedule.close()
            self.workload.teardown()


def _read_pids(pids: list[int]) -> list[Optional[usage.Usage]]:
    return [usage.of_self() if pid == os.getpid() else usage.of_process(pid) for pid in pids]


def _tell_usage(told: dict[str, Any], tallies: list[Tally], outside: Any, pids: list[int]) -> None:
    """What workers have said of themselves or, where they cannot, what is seen of all processes from outside."""
    sums = [tally.usage for tally in tallies if tally.usage]
    if len(sums) < len(tallies) and outside:
        sums = [now - then for then, now in zip(outside, _read_pids(pids)) if then and now]
    if not sums:
        return
    total = sum(sums, usage.Usage())
    total.user_s += sum(tally.charged_user_s for tally in tallies)
    total.sys_s += sum(tally.charged_sys_s for tally in tallies)
    total.cpu_s += sum(tally.charged_user_s + tally.charged_sys_s for tally in tallies)
    told.update({name: value for name, value in vars(total).items() if value >= 0})


def _arrived(job: Job, tallies: list[Tally], lanes: int) -> Optional[arrivals.Arrived]:
    """None: a closed loop."""
    if not job.arrivals:
        return None
    return arrivals.Arrived(job.arrivals, [tally.arrived for tally in tallies if tally.arrived], lanes)


def _tell_latency(told: dict[str, Any], histograms: Sequence[Histogram], all_of_them: bool) -> None:
    merged = Histogram()
    for one in histograms:
        merged.merge(one)
    if not merged.counts:
        return
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)):
        told[f"latency_{name}_s"] = merged.quantile_ns(share) / 1e9
    told["latency_max_s"] = merged.max_ns / 1e9
    if all_of_them:
        told["latency_counts"] = merged.pairs()


def _tell_lever(told: dict[str, Any], uses: list[lever.LeverUse], charged_s: float) -> dict[str, float]:
    """What the lever has burned is not the work's; whether in user or system time is not known."""
    spun_s = sum(use.spun for use in uses) / 1e9
    told["cpu_s"] = max(0.0, told.pop("user_s", 0.0) + told.pop("sys_s", 0.0) - spun_s)
    waited_ns = sum(use.waited for use in uses)
    if waited_ns:
        told["waits"] = f"other={waited_ns / 1e9:.9g}"
    if len(uses) == 1:
        told["run_delay_s"] = uses[0].delay / 1e9
    counters = {
        "work_cpu_s": sum(use.cpu for use in uses) / 1e9,
        "lock_held_s": 0.0,
        "lever_spun_s": spun_s,
        "lever_slept_s": sum(use.slept for use in uses) / 1e9,
    }
    if charged_s:
        counters["children_cpu_s"] = charged_s
    return counters
