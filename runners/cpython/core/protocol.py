"""Messages in, replies out: one JSON object a line, each message gets one reply (docs/protocol.md)."""
from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO, Optional

from cpython.contract import Refused
from cpython.core import hosts, registry
from cpython.core.case import OpenCase, check_case
from cpython.core.params import BadValue
from cpython.core.tally import tell

_VERSIONS = (1, 2)


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """stdin and stdout for the protocol alone: what workloads print goes to stderr; children have neither."""
    messages, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)

    ours = [messages, replies]

    def leave_alone() -> None:
        for fd in ours:
            os.close(fd)
        ours.clear()  # what a child forks later has other files under these numbers

    os.register_at_fork(after_in_child=leave_alone)
    return os.fdopen(messages, "rb"), os.fdopen(replies, "wb", buffering=0)


class Runner:
    """What is open, from message to message."""

    def __init__(self) -> None:
        self.open: Optional[OpenCase] = None
        self.failed = False

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The reply's own keys. Raises Refused."""
        op = message.get("op")
        version = message.get("protocol")
        if version is not None and version not in _VERSIONS:
            raise Refused(f"the controller speaks protocol version {version}, this runner speaks 1 and 2")
        told: dict[str, Any] = {} if version is None else {"protocol": version}
        if op == "open":
            if self.open:
                raise Refused("open: a case is already open; close it first")
            self.open = OpenCase(message)
            self.failed = False
            told.update(self.open.opened())
        elif op == "run":
            told.update(self._run(message))
        elif op == "check":
            check_case(message)
            told["env"] = {}
        elif op == "list":
            told.update(version=registry.version(), modules=registry.describe())
        elif op == "close":
            self.close()
        else:
            raise Refused('"op" must be open, run, check, list or close')
        return told

    def _run(self, message: dict[str, Any]) -> dict[str, Any]:
        if not self.open or self.failed:
            raise Refused("run: no case is open" if not self.open else "run: the case has failed; close it")
        self.failed = True
        told = self.open.run(message)
        self.failed = False
        return told

    def close(self) -> None:
        if self.open:
            case, self.open = self.open, None
            case.close()

    def reply(self, line: bytes) -> dict[str, Any]:
        """To one line, whatever it is."""
        head: dict[str, Any] = {}
        try:
            message = json.loads(line)
            if not isinstance(message, dict):
                raise Refused("a message must be a JSON object")
            head = {"id": message["id"]} if "id" in message else {}
            return {"ok": True, **head, **self.answer(message)}
        except Refused as refusal:
            untold = hosts.take_untold()
            requested = {} if untold is None else {"requested": untold}
            return {"ok": False, **head, "status": refusal.status, "error": f"{refusal}", **requested}
        except KeyError as error:
            return {"ok": False, **head, "status": "failed", "error": f"{error.args[0]} is missing in the message"}
        except (BadValue, json.JSONDecodeError) as error:
            return {"ok": False, **head, "status": "failed", "error": f"{error}"}
        except BaseException as error:
            return {"ok": False, **head, "status": "failed", "error": tell(error)}


def serve() -> None:
    """Until stdin ends: close what is open, and end."""
    messages, replies = _take_streams()
    runner = Runner()
    for line in iter(messages.readline, b""):
        if line.strip():
            replies.write(json.dumps(runner.reply(line), allow_nan=False).encode() + b"\n")
    try:
        runner.close()
    except Refused as refusal:
        print(f"bench: {refusal}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(0)  # no thread that is still there is waited for
