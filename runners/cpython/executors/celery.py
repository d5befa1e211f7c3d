"""celery: its prefork workers, and a Redis of their own on a unix socket, or that of broker=redis://...

Gossip and mingling are off, as there is nobody to talk to, and results are waited for by join(): get() looks every
half second. Tasks and results are JSON, so that nobody else's broker is trusted. It ends by SIGKILL, as its own
way takes 2 s.
"""
from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
import uuid
import warnings
from typing import Any, ContextManager, Optional

from cpython.contract import Case, Crashed, Executor, Job, Plan, Refused, Unsupported, text
from cpython.core import broker, family, placement, pool
from cpython.core.advice import not_installed
from cpython.core.family import require_memory
from cpython.core.tally import Tally

_WORKER_BYTES, _FIXED_BYTES = 21 << 20, 60 << 20
_REDIS_BYTES = 256 << 20  # more than that, and it refuses tasks
_CONNECT_S = 5.0
_EXPIRES_S = 600  # what was killed has left nothing in a user's broker after that
_LEASE_S = 1.0  # how often that is put off
_clock = time.monotonic_ns


class _Redis:
    """A server of our own. Nothing of it is on a disk but the socket's name."""

    def __init__(self, folder: str):
        self.fd = os.open(folder, os.O_RDONLY)
        path = f"/proc/{os.getpid()}/fd/{self.fd}/s"  # short enough for a socket, and nothing to be quoted in a URL
        options = {"port": "0", "unixsocket": path, "unixsocketperm": "700", "save": "", "appendonly": "no"}
        options.update({"maxmemory": f"{_REDIS_BYTES}", "maxmemory-policy": "noeviction", "dir": folder})
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        program = shutil.which("redis-server") or "redis-server"
        self.server = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.url = f"redis+socket://{path}"
        self.path = path

    def wait(self) -> None:
        import redis

        until_s = time.monotonic() + 10
        while True:
            try:
                redis.Redis(unix_socket_path=self.path).ping()
                return
            except redis.RedisError as error:
                if self.server.poll() is not None or time.monotonic() > until_s:
                    raise Refused(f"redis-server did not start: {error}") from error
                time.sleep(0.005)


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


class Celery(Executor):
    summary = "prefork workers of Celery, which get their tasks through a Redis"
    params = (text("broker", "", "redis://HOST:PORT/NUMBER of a broker that is there; empty: one is started"),)
    flags = ("schedules_itself", "on_request")
    clock = "submit"
    pickles = True

    def __init__(self) -> None:
        self.redis: Optional[_Redis] = None
        self.folder: Optional[broker.Folder] = None
        self.main = 0  # process of celery's consumer
        self.workers: list[int] = []
        self.broker_cpu_s = 0.0
        self.leased_s = 0.0
        self.ledger = broker.Ledger()
        self.app: Any = None

    def missing(self) -> Optional[str]:
        for module in ("celery", "redis"):
            if not importlib.util.find_spec(module):
                return not_installed(module, f"python3-{module}")
        return None

    def choose(self, given: Any) -> None:
        self.broker = given.broker
        if self.broker and not self.broker.startswith(("redis://", "rediss://")):
            raise Refused(f"broker={_without_password(self.broker)}: must begin with redis://")
        if not self.broker and not shutil.which("redis-server"):
            raise Unsupported("redis-server is not installed (apt install redis-server), and no broker= is given")

    def grain(self, plan: Plan) -> int:
        return pool.grain_of_pool(plan)

    def lock(self) -> ContextManager[Any]:
        import multiprocessing

        return multiprocessing.get_context("fork").Lock()

    def open(self, case: Case) -> None:
        require_memory(case.workers, _WORKER_BYTES, _FIXED_BYTES)
        importlib.import_module("celery.apps.worker")
        importlib.import_module("redis")
        if self.broker:
            self._try_broker()
            url = self.broker
        self.folder = broker.Folder(case)
        if not self.broker:
            self.redis = _Redis(self.folder.path)
            self.redis.wait()
            url = self.redis.url
        self._make_app(url)
        doorstep = pool.Doorstep(case.workers)
        self.main = os.fork()
        if self.main == 0:
            try:
                self._be_celery(case, doorstep)
            finally:
                os._exit(1)
        broker.wait_for_all(doorstep, [self.main], "Celery's main process")
        self.workers = family.children(self.main)

    def _try_broker(self) -> None:
        import redis

        try:
            redis.from_url(self.broker, socket_timeout=_CONNECT_S, socket_connect_timeout=_CONNECT_S).ping()
        except (redis.RedisError, OSError, ValueError) as error:
            raise Refused(f"broker={_without_password(self.broker)} does not answer as a Redis: {error}") from error

    def _make_app(self, url: str) -> None:
        from celery import Celery as App

        name = f"bench-{uuid.uuid4().hex}"
        unacked = {f"{key}_key": f"{name}.{key}" for key in ("unacked", "unacked_index", "unacked_mutex")}
        self.keys = [name, f"_kombu.binding.{name}", *unacked.values()]
        self.app = app = App(name, broker=url, backend=url, set_as_current=False)
        app.conf.update(
            task_default_queue=name,
            broker_transport_options=unacked,  # others' workers do not find ours, nor we theirs
            worker_enable_remote_control=False,
            result_expires=_EXPIRES_S,
            worker_redirect_stdouts=False,
            worker_hijack_root_logger=False,
            broker_connection_retry=False,
        )
        self.task = app.task(name="bench.do_range")(broker.do_range)

    def _be_celery(self, case: Case, doorstep: pool.Doorstep) -> None:
        """In a process of its own, to its end."""
        import logging
        import tempfile

        import billiard
        from celery.signals import worker_process_init

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        warnings.simplefilter("ignore")  # that it is root: so is the user
        logging.disable(logging.CRITICAL)
        if self.folder:
            tempfile.tempdir = self.folder.path  # where billiard makes a folder that it leaves behind

        def begin(**_: Any) -> None:
            pool._begin(case, billiard.current_process().index % case.workers, doorstep)

        worker_process_init.connect(begin, weak=False)
        options = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "quiet": True}
        self.app.Worker(concurrency=case.workers, pool="prefork", loglevel="CRITICAL", **options).start()

    def _extend_lease(self) -> None:
        """Of all that is ours in a user's broker."""
        import redis

        self.leased_s = time.monotonic()
        client = redis.from_url(self.broker, socket_timeout=_CONNECT_S, socket_connect_timeout=_CONNECT_S)
        with contextlib.suppress(redis.RedisError):
            for key in self.keys:
                client.expire(key, _EXPIRES_S)

    def _look(self) -> None:
        if self.broker and time.monotonic() > self.leased_s + _LEASE_S:
            self._extend_lease()
        if self.redis and self.redis.server.poll() is not None:
            raise Crashed(f"Redis (process {self.redis.server.pid}) was lost in the middle of the work")
        if self.broker and not all(map(family.is_alive, [self.main, *self.workers])):
            self._try_broker()  # without that they end by themselves
        family.require_alive([self.main], "Celery's main process")
        family.require_alive(self.workers, "a worker")

    def run(self, case: Case, job: Job) -> list[Tally]:
        from celery import group

        told = broker.plain_job(job)
        ranges = range(case.ranges * job.passes)
        before_s = broker.cpu_s(self._brokers())

        def work() -> tuple[list[list[Any]], int]:
            job.released_ns = _clock()
            sent = group([self.task.s(number, told) for number in ranges]).apply_async()
            answers, end_ns = sent.join(), _clock()
            self.broker_cpu_s = broker.cpu_s(self._brokers()) - before_s
            self._forget(sent)
            return answers, end_ns

        self._look()
        self.leased_s = 0.0  # only in the run there are all keys
        try:
            answers, end_ns = family.watched(work, self._look)
        except Crashed:
            raise
        except Exception as error:
            self._look()
            kind = Crashed if type(error).__name__ == "WorkerLostError" else Refused
            raise kind(f"Celery: {type(error).__name__}: {error}") from error
        self._look()
        tallies = self.ledger.collect(case, job, answers, end_ns)
        where = [placement.place(pid) for pid in self.workers]
        for tally, cpus in zip(tallies, where):
            tally.cpus = cpus
        return tallies

    def _forget(self, sent: Any) -> None:
        """Results, which would fill the broker run by run."""
        keys = [self.app.backend.get_key_for_task(result.id) for result in sent.results]
        for first in range(0, len(keys), 1000):
            self.app.backend.client.delete(*keys[first : first + 1000])

    def _brokers(self) -> list[int]:
        """Redis, and the process of Celery's that fetches tasks for its workers."""
        return [self.main, *([self.redis.server.pid] if self.redis else [])]

    def pids(self) -> list[int]:
        return [*self._brokers(), *self.workers]

    def counters(self) -> dict[str, float]:
        return {"broker_cpu_s": self.broker_cpu_s}

    def note(self, case: Case) -> Optional[str]:
        return "the CPU time of the broker, which was there before, is not counted" if self.broker else None

    def close(self, case: Case) -> None:
        family.kill_all([*([self.main] if self.main else []), *([self.redis.server.pid] if self.redis else [])])
        if self.broker and self.app:
            self._leave_broker()
        if self.redis:
            self.redis.server.wait()
            os.close(self.redis.fd)
        if self.folder:
            self.folder.remove()

    def _leave_broker(self) -> None:
        import redis

        client = redis.from_url(self.broker, socket_timeout=_CONNECT_S, socket_connect_timeout=_CONNECT_S)
        with contextlib.suppress(redis.RedisError):
            client.delete(*self.keys)
