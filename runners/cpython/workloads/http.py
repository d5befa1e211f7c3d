"""http: fetch URLs, as a scraper does. By default from a server of our own on this machine, and from nowhere else.

By http.client; in event loops of asyncio by a client over its streams, as the standard library has no other. A
request that fails is counted by kind, and fails the run unless `allow` lets it pass. What bench's own server sends is
compared with what it has sent before, every byte.
"""
from __future__ import annotations

from typing import Any, Awaitable, Callable, Optional
from urllib.parse import urlsplit

from cpython.contract import Lane, Plan, Refused, TaskFailed, Workload, boolean, count, duration, real, size, text
from cpython.core.hosts import count_elsewhere
from cpython.workloads._fetch import AsyncFetcher, Failure, Fetcher, Options
from cpython.workloads._server import Server

_SERVERS_OWN = {"delay": 20_000_000, "jitter": 0, "body": 16384, "error_rate": 0.0}


class Http(Workload):
    summary = "I/O-bound: fetch URLs, from bench's own server or from yours"
    params = (
        text("url", "", "URL to fetch; without url and urls, bench starts its own server"),
        text("urls", "", "file with URLs to fetch in turn, one a line"),
        count("requests", "128", 1, 1e9, "requests in a run"),
        boolean("keepalive", "yes", "reuse connections; no: a new one for each request"),
        duration("timeout", "10s", 1e6, 3.6e12, "a request that takes longer fails"),
        count("redirects", "5", 0, 1000, "redirects to follow at most; 0: a redirect is an answer like any other"),
        real("allow", "0", 0, 1, "share of requests that may fail; 0: the first failure fails the run"),
        boolean("insecure", "no", "do not verify TLS certificates"),
        duration("delay", "20ms", 0, 3.6e12, "bench's own server: delay before each answer"),
        duration("jitter", "0", 0, 3.6e12, "bench's own server: vary the delay by up to this much, up and down"),
        size("body", "16KiB", 0, 1 << 30, "bench's own server: size of an answer"),
        real("error_rate", "0", 0, 1, "bench's own server: share of requests answered with status 503"),
    )
    server: Optional[Server] = None

    def validate(self, given: Any) -> None:
        if not _read_urls(given) and given.jitter > given.delay:
            raise Refused("jitter: must be at most delay")

    def setup(self, given: Any, plan: Plan) -> None:
        self.urls = _read_urls(given)
        body = None
        if not self.urls:
            self.server = Server(given.delay, given.jitter, given.body, given.error_rate, plan.seed)
            self.urls, body = [self.server.url], self.server.body
        elif any(getattr(given, name) != value for name, value in _SERVERS_OWN.items()):
            plan.notes.append("delay, jitter, body and error_rate are for bench's own server: no effect on other URLs")
        self.options = Options(given.keepalive, given.timeout / 1e9, given.redirects, given.insecure, body)
        self.allow = given.allow
        plan.tasks = given.requests
        plan.requests = count_elsewhere([urlsplit(url).hostname or "" for url in self.urls], plan.tasks)
        plan.work, plan.work_unit = float(given.requests), "request"

    def lane_init(self, lane: Lane) -> None:
        lane.local = None  # the first request makes a fetcher: which one is known then

    def lane_fini(self, lane: Lane) -> None:
        if isinstance(lane.local, Fetcher):
            lane.local.close()

    def _count(self, lane: Lane, url: str, failure: Failure) -> None:
        try:
            lane.fault(failure.kind, f"{url}: {failure}")
        except TaskFailed as failed:
            raise failed from failure

    def run(self, lane: Lane, first: int, end: int) -> None:
        fetcher: Fetcher = lane.local or Fetcher(self.options)
        lane.local = fetcher
        for task in range(first, end):
            url = self.urls[task % len(self.urls)]
            try:
                fetcher.fetch(url)
            except Failure as failure:
                self._count(lane, url, failure)

    def coroutine(self) -> Callable[[Lane, int, int], Awaitable[None]]:
        return self._run_async

    async def _run_async(self, lane: Lane, first: int, end: int) -> None:
        fetcher: AsyncFetcher = lane.local or AsyncFetcher(self.options)
        lane.local = fetcher
        for task in range(first, end):
            url = self.urls[task % len(self.urls)]
            try:
                await fetcher.fetch(url)
            except Failure as failure:
                self._count(lane, url, failure)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "server": None}

    def teardown(self) -> None:
        if self.server:
            self.server.stop()


def _read_urls(given: Any) -> list[str]:
    """What the user has named. Refused, with the line if it is one of a file."""
    if given.url and given.urls:
        raise Refused("url and urls: give only one of them")
    if given.url:
        return [_check(f"url={given.url}", given.url)]
    if not given.urls:
        return []
    try:
        with open(given.urls, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, UnicodeError) as error:
        raise Refused(f"urls={given.urls}: {getattr(error, 'strerror', None) or error}") from error
    found = [_check(f"{given.urls}:{n}", line) for n, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not found:
        raise Refused(f"urls={given.urls}: no URL in it; write one a line")
    return found


def _check(where: str, url: str) -> str:
    if urlsplit(url).scheme.lower() not in ("http", "https") or not urlsplit(url).hostname:
        raise Refused(f"{where}: it must begin with http:// or https://")
    return url
