"""Answers of HTTP servers that nobody should give."""

import socket
import struct
import threading
from typing import Any, Dict, List, Tuple

from .trial import Trial

WHAT = "HTTP answers that are torn, endless, contradictory, slow or somebody else's, and mutations of them"
AT_LEAST = 100
CAN_COUNT = ["torn", "processes", "files", "status", "crashes", "hangs"]

OK, BAD, EITHER = "ok", "bad", "either"
HEAD = b"HTTP/1.1 200 OK\r\n"
WHOLE = HEAD + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

# What it means for a task; the answer; what comes then: "" the end, or reset, hold, endless, drip.
ANSWERS: List[Tuple[str, bytes, str]] = [
    (OK, WHOLE, ""),
    (OK, CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", ""),
    (OK, HEAD + b"Connection: close\r\n\r\nhello", ""),
    (OK, b"HTTP/1.0 200 OK\r\n\r\nhello", ""),
    (OK, b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE, ""),
    (OK, HEAD + b"X: " + b"y" * 50000 + b"\r\nContent-Length: 5\r\n\r\nhello", ""),
    (BAD, b"", ""),
    (BAD, b"", "reset"),
    (BAD, b"", "hold"),
    (BAD, b"\0" * 1000, ""),
    (BAD, b"HTTP/1.1 2", ""),
    (BAD, b"HTTP/1.1 2", "hold"),
    (BAD, HEAD, ""),
    (BAD, HEAD, "drip"),
    (BAD, HEAD + b"X: ", "endless"),
    (BAD, HEAD + b"Content-Length: 50\r\n\r\nhello", ""),
    (BAD, HEAD + b"Content-Length: 50\r\n\r\nhello", "reset"),
    (BAD, HEAD + b"Content-Length: 50\r\n\r\nhello", "hold"),
    (EITHER, HEAD + b"Content-Length: 99999999999999999999\r\n\r\nhello", ""),
    (BAD, HEAD + b"\r\n", "endless"),
    (BAD, CHUNKED + b"5\r\nhel", ""),
    (BAD, CHUNKED + b"ffffffffffffffff\r\nhello", ""),
    (BAD, CHUNKED + b"zz\r\nhello", ""),
    (BAD, b"HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nhello", ""),
    (BAD, b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nhello", ""),
    (BAD, b"HTTP/1.1 302 Elsewhere\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", ""),
    (BAD, b"HTTP/1.1 302 Elsewhere\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", ""),
    (BAD, b"HTTP/1.1 302 Elsewhere\r\nLocation: gopher://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", ""),
    (BAD, b"HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", ""),
    (BAD, b"HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n", ""),
    (BAD, b"HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\nhello", ""),
    (BAD, b"\x15\x03\x03\x00\x02\x02\x28", ""),
    (BAD, b"HTTP/1.1 100 Continue\r\n\r\n" * 2000, ""),
    (BAD, HEAD + b"Set-Cookie: a=b\r\n" * 40000 + b"Content-Length: 5\r\n\r\nhello", ""),
    (EITHER, HEAD + b"Content-Length: -5\r\n\r\nhello", ""),
    (EITHER, HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", ""),
    (EITHER, HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", ""),
    (EITHER, HEAD + b"X: \0\r\nContent-Length: 5\r\n\r\nhello", ""),
    (EITHER, b"HTTP/1.1 204 None\r\n\r\n", ""),
    (EITHER, b"HTTP/1.1 304 Same\r\n\r\n", ""),
    (EITHER, b"HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", ""),
    (EITHER, b"HTTP/1.1 302 Nowhere\r\nContent-Length: 0\r\n\r\n", ""),
    (EITHER, WHOLE + WHOLE, ""),
]


class Server:
    """Answers each connection's first request so, then does what comes then."""

    def __init__(self, answer: bytes, then: str) -> None:
        self.answer, self.then = answer, then
        self.over = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(10)
                connection.recv(65536)
                connection.sendall(self.answer)
                self._go_on(connection)
            except OSError:
                pass  # bench has had enough

    def _go_on(self, connection: socket.socket) -> None:
        if self.then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while self.then == "hold" and not self.over.wait(0.01):
            pass
        while self.then == "endless" and not self.over.is_set():
            connection.sendall(b"z" * 65536)
        while self.then == "drip" and not self.over.wait(0.05):
            connection.sendall(b"z")

    def close(self) -> None:
        self.over.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in self.threads:
            thread.join()


def choose(trial: Trial) -> Tuple[str, bytes, str]:
    """All there are, then mutations of them."""
    meaning, answer, then = ANSWERS[trial.number % len(ANSWERS)]
    if trial.number < len(ANSWERS) or not answer:
        return meaning, answer, then
    at = trial.random.randrange(len(answer))
    piece = trial.random.choice(
        [b"", b"\r\n", b"\0", b"-1", b"99999999999", bytes([trial.random.randrange(256)]), answer]
    )
    end = at + trial.random.choice([0, 1, 1, 5])
    return EITHER, answer[:at] + piece + answer[end:], then


def attempt(trial: Trial, memory: Dict[str, Any]) -> bool:
    meaning, answer, then = choose(trial)
    server = Server(answer, then)
    executors = [name for name in ["serial", "pthread", "uring", "uv"] if name in trial.world.executors]
    executor = trial.random.choice(executors)
    words = ["-w", "http", "-s", f"url=http://127.0.0.1:{server.port}/", "-s", "requests=2", "-x", executor]
    words += ["-j", "1", "-r", "1", "--warmup", "0", "-q", "--timeout", "2", "-o", trial.path("rows.csv")]
    trial.commands.append(f"{meaning}: {answer[:300]!r} {then}")
    done = trial.run(trial.bench(*words))
    server.close()
    trial.expect(done, {OK: [0], BAD: [3], EITHER: [0, 3]}[meaning])
    trial.check_rows("rows.csv")
    return True
