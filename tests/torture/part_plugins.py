"""Plug-ins that misbehave: tests/fakes, each in each hook and way, under each executor."""

import os
from typing import Any, Dict, List

from .trial import Trial

WHAT = "plug-ins that misbehave in each hook, in each way, under each executor"
AT_LEAST = 0
CAN_COUNT = ["torn", "processes", "files", "status", "crashes", "hangs"]

HOOKS = ["validate", "setup", "prepare", "lane_init", "run", "check", "finish", "lane_fini", "teardown"]
ENDS = ["segv", "abort", "exit", "_exit", "kill", "busy", "asleep", "daemon_crash"]  # no run is finished
FAILS = ["fail", "mute"]
OTHERS = [
    "unsupported",
    "note",
    "pthread_exit",
    "print",
    "stdin",
    "daemon",
    "bereave",
    "disown",
    "close",
    "memory",
    "move",
]
CARELESS = ["nothing", "skip", "twice", "swap", "absent", "open", "run", "mute", "stay", "early", "late", "again"]
LIAR = ["honest", "early", "at_once", "short", "dropped", "repeated", "shifted", "stalled", "full"]
WAITING = ["files", "timeout", "woken", "pairs", "hangup", "nowhere", "call", "yield", "fail_asleep", "fail_polling"]
WAITING += ["chatty", "lock", "fail_locked", "overflow"]
WORKS = ["nan", "inf", "-1", "0", "1e400", "8"]
NO_PLUGINS = ["endless", "old_abi", "old_executor", "empty", "hollow", "impostor"]
CONSTRUCTORS = ["exit", "_exit", "crash", "hang"]


def make_plan(executors: List[str]) -> List[List[str]]:
    """Fake, its options, executors: all there are."""
    plan: List[List[str]] = []
    for executor in executors:
        for hook in HOOKS:
            for way in ENDS + FAILS + OTHERS:
                plan += [["faulty", f"-w faulty -s at={hook} -s how={way} -s run={run} -x {executor}"] for run in "13"]
        plan += [["waiting", f"-w waiting -s how={way} -x {executor}"] for way in WAITING]
        plan += [["planner", f"-w planner -s work={work} -x {executor}"] for work in WORKS]
        plan += [["planner", f"-w planner -s stack={size} -x {executor}"] for size in ["1e15", "1TiB", "1"]]
        plan += [["sharing", f"-w sharing -x {executor}"], ["sleeper", f"-w sleeper -x {executor}"]]
    plan += [["careless", f"-w {work} -x careless -s how={way}"] for way in CARELESS for work in ["sleep", "spin"]]
    plan += [["liar", f"-w {work} -x liar -s liar.how={way}"] for way in LIAR for work in ["sleep", "fileread"]]
    plan += [[name, "-w spin -x serial"] for name in NO_PLUGINS]
    plan += [["constructor", f"-w constructor -x serial {how}"] for how in CONSTRUCTORS]
    return plan


def must_fail(options: str) -> bool:
    """What nobody may take for a success."""
    words = dict(word.split("=", 1) for word in options.split() if "=" in word)
    if "-w faulty" in options:
        at, how = words["at"], words["how"]
        if at in ("check", "lane_init") and words["run"] == "3":
            return False  # checked are verification runs alone, and lanes are there from the first
        if at in ("lane_fini", "teardown"):
            return at == "lane_fini" and how in ("segv", "abort", "kill", "daemon_crash")
        return how in ENDS + FAILS
    if "-x careless" in options:
        return words["how"] not in ("nothing",)
    return "-w waiting" in options and words["how"] in ("fail_asleep", "fail_polling", "fail_locked")


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    if "plan" not in memory:
        memory["plan"] = make_plan([name for name in trial.world.executors if "." not in name])
        trial.random.shuffle(memory["plan"])
    if trial.number >= len(memory["plan"]):
        return False
    fake, options = memory["plan"][trial.number]
    words = options.split()
    environment = {}
    if fake == "constructor":
        environment["FAKE_CONSTRUCTOR"] = words.pop()
    small = ["-s", "fileread.size=64KiB", "-s", "dir=."] if "fileread" in options else []
    small = ["-s", "steps_per_us=100"] if "-w spin" in options else small
    plugin = os.path.join(trial.world.fakes, f"{fake}.so")
    words += small + ["-r", "3", "-j", "2", "--timeout", "1", "-q", "-o", trial.path("rows.csv")]
    done = trial.run(trial.bench("--plugin", plugin, *words), environment=environment)
    trial.expect(done, [2, 3] if must_fail(options) else [0, 2, 3])
    if done.status != 0 and not done.said():
        trial.fault("status", f"exit status {done.status} without a word")
    rows = trial.check_rows("rows.csv")
    ok = rows.count(status="ok")
    if done.status == 0 and (ok != len(rows.rows) or ok < 5) and rows.count(status="unsupported") == 0:
        trial.fault("status", f"exit status 0, but {ok} of {len(rows.rows)} rows are ok")
    if done.status == 3 and ok == len(rows.rows) and rows.rows:
        trial.fault("status", f"exit status 3, but all rows are ok: {done.said()}")
    return True
