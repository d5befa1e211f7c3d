"""One request at a time over HTTP: by http.client, and by asyncio's streams for event loops. Both say what it came to.

A Failure is counted by kind, in the words of bench's own http. Redirects are followed by hand, connections to a
server kept for the next request if asked to.
"""
from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional
from urllib.parse import SplitResult, urljoin, urlsplit

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Options:
    keepalive: bool
    timeout_s: float
    redirects: int
    insecure: bool
    body: Optional[bytes]  # what each answer must be; None: not known


class Failure(Exception):
    def __init__(self, kind: str, why: str):
        super().__init__(why)
        self.kind = kind


def tls_context(insecure: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _place(url: str) -> tuple[SplitResult, tuple[str, str, int]]:
    """A URL taken apart, and the server it is of."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failure("redirected to neither http nor https", f"redirected to {url}: only http and https are allowed")
    return parts, (parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def explain(error: BaseException, timeout_s: float) -> Failure:
    """Any error of a connection, in our words."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, (socket.timeout, TimeoutError)) or type(error).__name__ == "TimeoutError":
        return Failure("timed out", f"timed out after {timeout_s:g} s")
    if isinstance(error, ConnectionRefusedError):
        return Failure("connection refused", "connection refused")
    if isinstance(error, socket.gaierror):
        return Failure("name not resolved", f"the name was not resolved: {error.strerror}")
    if isinstance(error, ssl.SSLError):
        return Failure("TLS failed", f"TLS: {error} (insecure=yes does not verify certificates)")
    if isinstance(error, http.client.RemoteDisconnected):
        return Failure("no answer", "the server closed the connection without an answer")
    if isinstance(error, (http.client.IncompleteRead, EOFError)):
        return Failure("cut short", f"the server closed the connection too early: {error}")
    if isinstance(error, (http.client.HTTPException, ValueError, UnicodeError)):
        return Failure("not HTTP", f"the answer is not HTTP: {type(error).__name__}: {error}")
    if isinstance(error, ConnectionError):
        return Failure("connection broken", f"the connection broke: {error}")
    if isinstance(error, OSError):
        return Failure("not reachable", f"no connection: {error}")
    raise error


def _judge(status: int, body: bytes, options: Options) -> None:
    if status >= 400:
        raise Failure("status of 400 or more", f"status {status}")
    if options.body is not None and body != options.body:
        raise Failure("wrong body", f"a body of {len(body)} bytes that is not the one of {len(options.body)} sent")


class Fetcher:
    """A lane's, by http.client."""

    def __init__(self, options: Options):
        self.options = options
        self.connections: dict[tuple[str, str, int], http.client.HTTPConnection] = {}

    def fetch(self, url: str) -> None:
        """Failure if it was none that counts as good."""
        try:
            for _ in range(self.options.redirects + 1):
                status, where, body = self._once(url)
                if status not in _REDIRECTS or not where or not self.options.redirects:
                    return _judge(status, body, self.options)
                url = urljoin(url, where)
            raise Failure("too many redirects", f"more than {self.options.redirects} redirects")
        except Exception as error:
            self.close()
            raise explain(error, self.options.timeout_s) from error

    def _once(self, url: str) -> tuple[int, Optional[str], bytes]:
        parts, server = _place(url)
        kept = server in self.connections
        connection = self.connections.get(server) or self._connect(server)
        headers = {} if self.options.keepalive else {"Connection": "close"}
        try:
            connection.request("GET", _path(parts), headers=headers)
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if not kept:
                raise
            self.connections.pop(server).close()  # it had been closed meanwhile; that is no failure
            return self._once(url)
        body = answer.read()
        if not self.options.keepalive or answer.will_close:
            self.connections.pop(server).close()
        return answer.status, answer.getheader("Location"), body

    def _connect(self, server: tuple[str, str, int]) -> http.client.HTTPConnection:
        scheme, host, port = server
        connection: http.client.HTTPConnection
        if scheme == "https":
            context = tls_context(self.options.insecure)
            connection = http.client.HTTPSConnection(host, port, timeout=self.options.timeout_s, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self.options.timeout_s)
        self.connections[server] = connection
        return connection

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        self.connections = {}


class AsyncFetcher:
    """A lane's, over asyncio's streams: as little of HTTP/1.1 as it takes to get a page."""

    def __init__(self, options: Options):
        self.options = options
        self.connections: dict[tuple[str, str, int], tuple[StreamReader, StreamWriter]] = {}

    async def fetch(self, url: str) -> None:
        import asyncio

        try:
            await asyncio.wait_for(self._follow(url), self.options.timeout_s)
        except Exception as error:
            self.close()
            raise explain(error, self.options.timeout_s) from error

    async def _follow(self, url: str) -> None:
        for _ in range(self.options.redirects + 1):
            status, where, body = await self._once(url)
            if status not in _REDIRECTS or not where or not self.options.redirects:
                return _judge(status, body, self.options)
            url = urljoin(url, where)
        raise Failure("too many redirects", f"more than {self.options.redirects} redirects")

    async def _once(self, url: str) -> tuple[int, Optional[str], bytes]:
        parts, server = _place(url)
        kept = server in self.connections
        reader, writer = self.connections.get(server) or await self._connect(server)
        close = "" if self.options.keepalive else "Connection: close\r\n"
        writer.write(f"GET {_path(parts)} HTTP/1.1\r\nHost: {parts.netloc}\r\n{close}\r\n".encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (EOFError, ConnectionError) as error:
            self.connections.pop(server)[1].close()
            if kept:
                return await self._once(url)
            raise http.client.RemoteDisconnected("") from error
        status, headers = _read_head(head)
        body = await _read_body(reader, status, headers)
        if not self.options.keepalive or headers.get("connection", "").lower() == "close":
            self.connections.pop(server)[1].close()
        return status, headers.get("location"), body

    async def _connect(self, server: tuple[str, str, int]) -> tuple[StreamReader, StreamWriter]:
        import asyncio

        scheme, host, port = server
        context = tls_context(self.options.insecure) if scheme == "https" else None
        self.connections[server] = pair = await asyncio.open_connection(host, port, ssl=context, limit=1 << 20)
        return pair

    def close(self) -> None:
        for _, writer in self.connections.values():
            writer.close()
        self.connections = {}


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    version, _, rest = lines[0].partition(" ")
    if not version.startswith("HTTP/"):
        raise ValueError(lines[0][:60])
    pairs = (line.partition(":") for line in lines[1:] if line)
    return int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _read_body(reader: StreamReader, status: int, headers: dict[str, str]) -> bytes:
    if status in (204, 304):
        return b""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        parts: list[bytes] = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        while (await reader.readline()).strip():
            pass
        return b"".join(parts)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    headers["connection"] = "close"
    return await reader.read()
