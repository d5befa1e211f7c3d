"""python: the user's own function, called with an item a task.

What it answers is right when it is what it answers one item after the other: at the start of a launch a process
of its own calls it for all items, and the verification run is held against that. One number of all those answers
is a parameter that is measured (`answers`), so that other launches need no such pass, and are held against the same.
"""
from __future__ import annotations

import os
import pickle
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, Awaitable, Callable, Optional, Sequence

from cpython.contract import Lane, Plan, Refused, TaskFailed, Unsupported, Workload, WrongAnswer, boolean, real, text
from cpython.core import hosts
from cpython.core.shared import Shared
from cpython.workloads import _user_code
from cpython.workloads._user_child import in_child

_MASK = (1 << 64) - 1
_FAILED = 1  # in place of an answer's digest: the task has failed, and may; 0: there is no answer
_UNSURE = "the function does not agree with itself in two serial passes, so its answers are not compared; check=none"


class Failed:
    """In place of an answer."""


class Python(Workload):
    summary = "your own function, plain or async, called with an item a task"
    params = (
        text("function", None, "FILE:FUNCTION, such as scrape.py:fetch; its first argument is the item"),
        text("items", None, "a file with an item a line, 0-999, or FILE:FUNCTION that returns or yields them"),
        text("args", "", "further arguments by name: a JSON object, or @FILE"),
        text("init", "", "FILE:FUNCTION, called once a worker; what it returns is the function's second argument"),
        text("check", "digest", "digest: answers are those of a serial pass; none; FILE:FUNCTION of item and answer"),
        real("allow", "0", 0, 1, "share of the tasks that may raise an exception"),
        boolean("single_pass", "no", "a second call with the same item would be other work than the first"),
        text("prepare", "", "a command for /bin/sh -c before each run, untimed"),
        text("answers", "", "a digest of all answers, as they must be; not given: it is found out by a serial pass"),
    )

    items: Sequence[Any]
    args: dict[str, Any]  # by name
    kind: str  # of the function
    takes_state: bool
    unpicklable: str  # why it cannot be pickled

    def validate(self, given: Any) -> None:
        """In a process of its own: importing a file runs it."""
        in_child("importing the function", lambda: self._look(given))

    def _look(self, given: Any) -> dict[str, Any]:
        """What can be told of the items and the function without calling it."""
        self.given = given
        items, args = _user_code.read_items(given.items), _user_code.read_args(given.args)
        self._load_functions()
        takes_state = _user_code.takes_state(given.function, self.function, args, bool(given.init))
        kind = _user_code.kind_of(self.function)
        if self.init and _user_code.kind_of(self.init) == "async" and "async" not in kind:
            raise Refused(
                f"init={given.init} is an async def, and function={given.function} is none: make both or neither"
            )
        return {
            "items": items,
            "args": args,
            "kind": kind,
            "takes_state": takes_state,
            "unpicklable": _user_code.why_not_picklable(self.function),
        }

    def _load_functions(self) -> None:
        given = self.given
        self.file = _user_code.split_name("function", given.function)[0]
        self.function = _user_code.load("function", given.function)
        self.init = _user_code.load("init", given.init, "without an argument") if given.init else None
        self.checker = None
        if given.check not in ("digest", "none"):
            self.checker = _user_code.load("check", given.check, "with (item, answer)")
        self.states: dict[int, Any] = {}  # by worker

    def __getstate__(self) -> dict[str, Any]:
        """Workers that were not forked find the functions for themselves."""
        local = ("function", "init", "checker", "states")
        return {name: value for name, value in self.__dict__.items() if name not in local}

    def setup(self, given: Any, plan: Plan) -> None:
        self.given = given = SimpleNamespace(**vars(given))
        for name in ("function", "init", "check"):  # as the function may change the folder
            written = getattr(given, name)
            if ":" in written:
                setattr(given, name, ":".join(_user_code.split_name(name, written)))
        if plan.greenlets:  # nothing is imported before they have patched what it imports
            self.__dict__.update(in_child("importing the function", lambda: self._look(given)))
        else:
            self.__dict__.update(self._look(given))
        self._refuse_what_cannot_be(plan)
        self.blocks = "async" not in self.kind
        self.pickles, self.allow = plan.pickles, given.allow
        plan.tasks = len(self.items)
        plan.work, plan.work_unit = float(plan.tasks), "task"
        plan.single_pass = given.single_pass or bool(given.prepare)
        self.connections: Optional[hosts.Connections] = None
        self.called = 0  # in serial passes, since it was told
        if plan.max_requests >= 0:
            self.connections = hosts.Connections(plan.max_requests)
            hosts.watch(self.connections)
        self.compares, self.unsure, self.answers = given.check == "digest", "", given.answers
        if self.compares:
            self.found = Shared(8 * plan.tasks)
            if not given.answers:
                self.answers = plan.measured["answers"] = _sum(self._passes(1)[0])
        if self.connections and self.connections.count():
            plan.requests = plan.tasks

    def _refuse_what_cannot_be(self, plan: Plan) -> None:
        if plan.greenlets and "async" in self.kind:
            raise Unsupported(
                f"function={self.given.function} is an async def, and greenlets have no event loop for it"
            )
        if plan.pickles and self.unpicklable:
            raise Unsupported(
                f"function={self.given.function} cannot be pickled, and would not get to other processes"
                f" ({self.unpicklable}): define it by def, at the top level of its file"
            )

    def requested(self, tasks: int) -> Optional[int]:
        """Connections; but a connection that is kept may have had a request a call."""
        if not self.connections:
            return None
        calls, self.called = tasks + self.called, 0
        return max(self.connections.take(), calls) if self.connections.count() else 0

    # ---- serial passes ----

    def _passes(self, count: int) -> list[list[int]]:
        """Serial ones, in a process of their own."""

        def passes() -> list[list[int]]:
            return [self._pass() for _ in range(count)]

        self.called += count * len(self.items)
        made: list[list[int]] = in_child("a serial pass over all items", passes)
        return made

    def _pass(self) -> list[int]:
        """Digests of all answers, one after the other."""
        self._run_command()
        lane: Any = SimpleNamespace(worker=0, local=None, fault=self._fault)
        self.failures = 0
        self.lane_init(lane)
        digests = []
        for task in range(len(self.items)):
            self.run(lane, task, task + 1)
            digests.append(self._digest(task, lane.local.answers[0]))
        self.lane_fini(lane)
        self.states = {}
        return digests

    def _fault(self, kind: str, why: str) -> None:
        self.failures += 1
        if self.failures > self.allow * len(self.items) + 1e-9:
            raise TaskFailed(why)

    def _run_command(self) -> None:
        if self.given.prepare:
            done = subprocess.run(["/bin/sh", "-c", self.given.prepare], capture_output=True, text=True)
            if done.returncode:
                raise Refused(f"prepare '{self.given.prepare}': status {done.returncode}: {done.stderr.strip()[-300:]}")

    # ---- a run ----

    def prepare(self) -> Optional[str]:
        if self.compares:
            self.found.zero()
        self._run_command()
        return self.unsure

    def lane_init(self, lane: Lane) -> None:
        if "function" not in self.__dict__:
            self._load_functions()
            if self.connections:
                hosts.watch(self.connections)
        lane.local = SimpleNamespace(state=(), answers=[], loop=None, pid=os.getpid(), begun=False)
        if self.init and "async" not in _user_code.kind_of(self.init):
            if lane.worker not in self.states:
                self.states[lane.worker] = self.init()
            self._give_state(lane, self.states[lane.worker])

    def _give_state(self, lane: Lane, state: Any) -> None:
        lane.local.begun = True
        if self.takes_state:
            lane.local.state = (state,)

    async def _begin_async(self, lane: Lane) -> None:
        """The first time, in the verification run: init= is a coroutine of the loop, whose lanes share its answer."""
        import asyncio

        if self.init:
            if lane.worker not in self.states:
                self.states[lane.worker] = asyncio.ensure_future(self.init())
            self._give_state(lane, await self.states[lane.worker])
        lane.local.begun = True

    def lane_fini(self, lane: Lane) -> None:
        if lane.local.loop:
            lane.local.loop.close()

    def run(self, lane: Lane, first: int, end: int) -> None:
        if "async" in self.kind:
            self._loop_of(lane).run_until_complete(self._run_async(lane, first, end))
            return
        local, function, args, generates = lane.local, self.function, self.args, self.kind == "generator"
        answers = local.answers = []
        for task in range(first, end):
            try:
                answer = function(self.items[task], *local.state, **args)
                answers.append(list(answer) if generates else answer)
            except Exception as error:
                answers.append(self._failed(lane, task, error))
            finally:
                if os.getpid() != local.pid:
                    _end_child()
            if self.pickles:
                self._pickled(task, answers[-1])

    def _loop_of(self, lane: Lane) -> Any:
        """For async functions under executors that have no event loop: one a lane, as asyncio.run would make."""
        if not lane.local.loop:
            import asyncio

            lane.local.loop = asyncio.new_event_loop()
        return lane.local.loop

    def coroutine(self) -> Optional[Callable[[Lane, int, int], Awaitable[None]]]:
        return self._run_async if "async" in self.kind else None

    async def _run_async(self, lane: Lane, first: int, end: int) -> None:
        local, function, args, generates = lane.local, self.function, self.args, self.kind == "async generator"
        if not local.begun:
            await self._begin_async(lane)
        answers = local.answers = []
        for task in range(first, end):
            try:
                made = function(self.items[task], *local.state, **args)
                answers.append([one async for one in made] if generates else await made)
            except Exception as error:
                answers.append(self._failed(lane, task, error))
            finally:
                if os.getpid() != local.pid:
                    _end_child()
            if self.pickles:
                self._pickled(task, answers[-1])

    def _failed(self, lane: Lane, task: int, error: Exception) -> Failed:
        place = _user_code.where(error, self.file)
        lane.fault(
            f"{type(error).__name__} ({place})", f"{self._name(task)}: {type(error).__name__}: {error} ({place})"
        )
        return Failed()

    def _name(self, task: int) -> str:
        return f"item {task} ({self.items[task]!r:.80})"

    def _pickled(self, task: int, answer: Any) -> bytes:
        """As a pool would send it back."""
        try:
            return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            raise self._unsendable(task, answer, error) from error

    def _unsendable(self, task: int, answer: Any, error: Exception) -> WrongAnswer:
        return WrongAnswer(
            f"{self._name(task)}: the answer, a {type(answer).__name__}, cannot be pickled, which processes and"
            f" check=digest need: {error} ({_user_code.place_of(self.function)})"
        )

    # ---- are the answers right? ----

    def check(self, lane: Lane, first: int, end: int) -> None:
        for task, answer in zip(range(first, end), lane.local.answers):
            if self.checker and not isinstance(answer, Failed) and self.checker(self.items[task], answer) is False:
                raise WrongAnswer(f"{self._name(task)}: {self.given.check} says that {answer!r:.80} is wrong")
            if self.compares:
                digest = self._digest(task, answer)
                self.found.view.cast("Q")[task] = digest

    def _digest(self, task: int, answer: Any) -> int:
        if isinstance(answer, Failed):
            return _FAILED
        try:
            return max(_user_code.digest(answer), _FAILED + 1)
        except Exception as error:
            raise self._unsendable(task, answer, error) from error

    def finish(self) -> None:
        if not self.compares:
            return
        found = list(self.found.view.cast("Q"))
        if not any(found) or _sum(found) == self.answers:  # nothing there: this was no verification run
            return
        first, second = self._passes(2)
        failed = [task for task, digests in enumerate(zip(first, second, found)) if _FAILED in digests]
        for task in failed:  # which tasks fail may differ
            first[task] = second[task] = found[task] = _FAILED
        if first != second:
            self.compares, self.unsure = False, _UNSURE
            return
        for task, (was, now) in enumerate(zip(first, found)):
            if was != now:
                raise Refused(
                    f"{self._name(task)}: the answer is another than that of a serial pass; is something shared that is"
                    " changed? (check=none compares nothing)"
                )
        if not failed:
            raise Refused(
                "the answers are others than those of the first launch: they depend on more than the item"
                " (check=none compares nothing)"
            )


def _sum(digests: list[int]) -> str:
    total = 0
    for number, one in enumerate(digests):
        total = (total + (one ^ number) * (2 * number + 1)) & _MASK
    return f"{total:016x}"


def _end_child() -> None:
    """The function has forked, and this is the child: the other goes on with the work."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
