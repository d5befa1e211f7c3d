"""A web server of our own on the loopback interface: bench-serve, which ends when its stdin does."""
from __future__ import annotations

import json
import os
import select
import subprocess
import urllib.request

from cpython.contract import Refused, Unsupported

_READY_S = 10
# beside the folder in which the runner is
_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * 3, "bench-serve")


class Server:
    """Started, and ready, when it is made. `body` is what it answers with. Main process only."""

    def __init__(self, delay_ns: int, jitter_ns: int, body_bytes: int, error_rate: float, seed: int):
        program = os.path.normpath(_PROGRAM)
        if not os.access(program, os.X_OK):
            raise Unsupported(
                f"bench's own server is not there ({program}): this bench was built without it; give url="
            )
        words = [program, "--port=0", f"--delay={delay_ns}ns", f"--jitter={jitter_ns}ns", f"--body={body_bytes}"]
        words += [f"--error-rate={error_rate!r}", f"--seed={seed}", "--lifeline"]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            self._meet(body_bytes)
        except BaseException:
            self.stop()
            raise

    def _meet(self, body_bytes: int) -> None:
        assert self.process.stdout and self.process.stderr
        if not select.select([self.process.stdout], [], [], _READY_S)[0]:
            raise Refused(f"bench's own server was not ready after {_READY_S} s")
        line = self.process.stdout.readline()
        if not line:
            said = self.process.stderr.read().decode(errors="replace").strip()
            raise Refused(f"bench's own server could not be started: {said}")
        self.url: str = json.loads(line)["url"]
        # The body that all answers must have; asked for without delay, and without an error.
        asked = f"{self.url.rstrip('/')}/?delay=0&status=200"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=_READY_S) as answer:
            self.body: bytes = answer.read()
        if len(self.body) != body_bytes:
            raise Refused(f"bench's own server answered with {len(self.body)} bytes instead of {body_bytes}")

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self.process.stdin.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
