"""A launcher whose runner is the real one, but for one of its replies: mutator.py SEED RUNNER...

Only values are changed that a runner could have sent: the line stays a line, and mostly JSON."""

import json
import random
import subprocess
import sys
from typing import Any, BinaryIO, List

VALUES: List[Any] = [
    0,
    -1,
    1,
    3600,
    1e308,
    -1e308,
    1e15,
    2**53 + 1,
    2**64,
    -(2**63),
    0.5,
    True,
    False,
    None,
    "",
    "nan",
    "x" * 5000,
]
VALUES += ["\n", "\u202e", "a,b", '"', [], {}, [1, 2], {"ok": True}]


def change_value(chance: random.Random, reply: Any) -> Any:
    """One value somewhere in it is another, or gone, or there under another name."""
    if not isinstance(reply, dict) or not reply:
        return chance.choice(VALUES)
    key = chance.choice(sorted(reply))
    what = chance.random()
    if isinstance(reply[key], dict) and what < 0.5:
        reply[key] = change_value(chance, reply[key])
    elif what < 0.2:
        del reply[key]
    elif what < 0.3:
        reply[chance.choice(sorted(reply))] = reply[key]
    elif what < 0.4:
        reply["x" * chance.randint(0, 300)] = chance.choice(VALUES)
    else:
        reply[key] = chance.choice(VALUES)
    return reply


def mutate(chance: random.Random, line: bytes) -> bytes:
    how = chance.random()
    try:
        reply = json.loads(line)
    except ValueError:
        return line
    if how < 0.7:
        return json.dumps(change_value(chance, reply)).encode() + b"\n"
    if how < 0.75:
        return line + line
    if how < 0.8:
        return b""
    if how < 0.85:
        return line[:-2] + b"," + line[1:]  # all of its keys twice
    if how < 0.9:
        return b"[" * chance.choice([10, 3000, 100000]) + b"\n"
    at = chance.randrange(len(line))
    if how < 0.95:
        return line[:at] + b"\n"
    return line[:at] + bytes([chance.randrange(256)]) + line[at + 1 :]


def main() -> int:
    chance = random.Random(sys.argv[1])
    which = chance.randint(1, 6)
    runner = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, close_fds=False)
    assert runner.stdout
    out: BinaryIO = sys.stdout.buffer
    for number, line in enumerate(runner.stdout, 1):
        try:
            out.write(mutate(chance, line) if number == which else line)
            out.flush()
        except BrokenPipeError:
            break
    return runner.wait()


if __name__ == "__main__":
    sys.exit(main())
