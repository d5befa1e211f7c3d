"""A runner of another runtime, as small as can be: tests/test_runtimes.c has it measured."""
import json
import os
import sys
import time

PAUSE = {"name": "pause", "type": "duration", "default": "1ms", "min": 0, "max": 1e9, "help": "how long a task is"}
KIND = {"name": "kind", "type": "choice", "default": "plain", "choices": ["plain"], "help": "which"}
WORD = {"name": "word", "type": "text", "help": "what to say"}
LACKS = os.environ.get("TOY_LACKS")
MODULES = [
    {"kind": "workload", "name": "nap", "summary": "sleeps for a while", "params": [PAUSE, KIND]},
    {"kind": "workload", "name": "sleep", "summary": "as bench's own", "params": [dict(PAUSE, name="duration")]},
    {"kind": "workload", "name": "greet", "summary": "has to be told something", "params": [WORD]},
    {"kind": "executor", "name": "loop", "summary": "one after the other", "flags": ["one_worker"]},
    {"kind": "executor", "name": "serial", "summary": "the same", "flags": ["one_worker"]},
    {"kind": "executor", "name": "broker", "summary": "by name only", "flags": ["one_worker", "on_request"]},
]
if LACKS:
    MODULES[3]["missing"] = "toy-loop is not installed (apt install toy-loop)"

for line in sys.stdin:
    message = json.loads(line)
    reply = {"ok": True}
    if "id" in message:
        reply["id"] = message["id"]
    if message["op"] in ("open", "check", "list"):
        reply["protocol"] = 2
    if message["op"] == "list":
        time.sleep(60 if os.environ.get("TOY_HANGS") else 0)
        reply.update(version="Toy " + sys.argv[1], modules=MODULES)
    elif message["op"] == "open":
        cpus = message.get("cpus", [])
        reply.update(tasks=4, grain=1, work=4.0, work_unit="task", cpus=cpus, workers=1, inflight=1)
    elif message["op"] == "run":
        start = time.monotonic()
        time.sleep(0.002)
        reply.update(tasks=4, work=4.0, wall_s=time.monotonic() - start, cpus=" ".join(cpus))
    print(json.dumps(reply), flush=True)
