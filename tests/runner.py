"""A runner in Python, written from docs/protocol.md: SHA-256 in threads, which hash without holding the GIL."""

import hashlib, json, os, sys, threading, time

TASKS, BYTES, EXPECTED = 64, 100000, "9192c25b734fcbadbe32dadc28089c60db0e39f90cc20ce2e5733f57261acc0c"
replies, sys.stdout = sys.stdout, sys.stderr  # what prints does no harm
case = None


class Refused(Exception):
    def __init__(self, status, error):
        self.status, self.error = status, error


def opened(message):
    global case
    if message.get("protocol") != 2:
        raise Refused("failed", "this runner speaks version 2 of the protocol")
    if message.get("rate_per_s") or message.get("lever"):
        raise Refused("unsupported", "this runner has no open loop and no levers; leave them out")
    case = {"workers": message.get("workers", 1), "data": bytes(BYTES)}
    if "scratch" in message:
        os.mkdir(message["scratch"], 0o700)
        with open(os.path.join(message["scratch"], "data"), "wb") as file:
            file.write(case["data"])
    return {"protocol": 2, "tasks": TASKS, "grain": 1, "work": TASKS * BYTES, "work_unit": "byte", "workers": case["workers"],
            "clock": "release", "count": "tree"}


def ran(message):
    if case is None:
        raise Refused("failed", "no case is open; send an open first")
    tasks = TASKS * message.get("passes", 1)
    ready, wrong = threading.Barrier(case["workers"] + 1), []

    def work(first):
        ready.wait()
        for task in range(first, tasks, case["workers"]):
            digest = hashlib.sha256(case["data"]).hexdigest()
            if message.get("verify") and digest != EXPECTED:
                wrong.append(f"task {task}: the digest is {digest}, not {EXPECTED}")

    asked = time.monotonic()
    workers = [threading.Thread(target=work, args=(first,)) for first in range(case["workers"])]
    for worker in workers:
        worker.start()
    ready.wait()
    released = time.monotonic()
    for worker in workers:
        worker.join()
    wall = time.monotonic() - released
    time.sleep(wall * message.get("slower", 0))
    if wrong:
        raise Refused("failed", wrong[0])
    reply = {"tasks": tasks, "work": TASKS * BYTES * message.get("passes", 1), "startup_s": released - asked}
    return reply if message.get("verify") else {**reply, "wall_s": wall * (1 + message.get("slower", 0))}


for line in sys.stdin:
    message = json.loads(line)
    try:
        reply = {"ok": True, **{"open": opened, "run": ran}.get(message["op"], lambda message: {})(message)}
    except Refused as refused:
        reply = {"ok": False, "status": refused.status, "error": refused.error}
    print(json.dumps({**reply, "id": message.get("id", 0)}, allow_nan=False), file=replies, flush=True)
