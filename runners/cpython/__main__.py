"""The runner of CPython's runtimes: python3 FOLDER answers messages on stdin (docs/protocol.md).

The names of modules begin with the folder's own name, so that they are nobody else's: cpython.core.protocol.
This file alone is also read by interpreters that are too old for the others.
"""
import os
import sys


def too_old(line):
    # type: (str) -> str
    """The reply, a line, of an interpreter that cannot do it."""
    import json

    error = "%s is Python %d.%d; 3.9 or later is needed (-s cpython.program=...)" % (
        (sys.executable,) + sys.version_info[:2]
    )
    reply = {"ok": False, "status": "unsupported", "error": error}
    message = json.loads(line)
    if "id" in message:
        reply["id"] = message["id"]
    return json.dumps(reply) + "\n"


if __name__ == "__main__":
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.version_info < (3, 9):
        for line in iter(sys.stdin.readline, ""):
            sys.stdout.write(too_old(line))
            sys.stdout.flush()
    else:
        from cpython.core.protocol import serve

        serve()
