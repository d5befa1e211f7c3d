"""bench from Python: the same program, asked by a function call.

    import bench

    rows = bench.run(fetch, urls, executors=["serial", "threading", "asyncio"], workers=8)
    for row in rows:
        print(row["executor"], row["median_s"], row["speedup"])

A row is a case of `bench --format json`: what it is, what it came to, and its `runs`. docs/runtimes.md of bench has more.
"""
from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from typing import Any, Callable, Iterable, Mapping, Optional, Sequence, Union

from bench._program import find_program
from bench._source import file_and_name

__all__ = ["BenchError", "Row", "run"]

Row = dict[str, Any]
Named = Union[Callable[..., Any], str]  # a function, or "FILE.py:NAME"

_IN_RUNNER = "BENCH_CONTROLLER"  # in the environment of everything that bench starts
_EXECUTORS = ("serial", "threading", "multiprocessing", "asyncio")
_REFUSED, _SOME_FAILED, _INTERRUPTED = 2, 3, 130  # exit statuses


class BenchError(Exception):
    """What bench says is wrong: nothing was measured."""


def run(
    function: Named,
    items: Union[Iterable[Any], str],
    *,
    executors: Union[Sequence[str], str] = _EXECUTORS,
    workers: Union[int, Sequence[int], None] = None,
    inflight: Union[int, Sequence[int], None] = None,
    args: Optional[Mapping[str, Any]] = None,
    init: Optional[Named] = None,
    check: Named = "digest",
    allow: float = 0.0,
    options: Sequence[str] = (),
    interpreter: str = sys.executable,
) -> list[Row]:
    """Measure a call of `function` with each of the items, under each executor: a row each.

    items: anything to iterate over, or what bench takes for items=: a file's name, "0-999", "FILE.py:FUNCTION".
    args: further arguments by name. init: called once a worker; what it returns is the second argument.
    check: "digest", "none", or a function of item and answer. allow: share of the tasks that may raise.
    options: more of bench's own, such as ["--launches", "3"]. interpreter: the Python that is measured.
    A case that fails is a row, with its status and error. BenchError: nothing could be measured.
    """
    if _IN_RUNNER in os.environ:
        raise BenchError(
            "bench.run() was called while bench imported this file to measure a function of it: "
            "call it under  if __name__ == '__main__':"
        )
    with tempfile.TemporaryDirectory(prefix="bench-python-") as folder:
        settings = {
            "function": file_and_name(function, folder),
            "items": _items(items, folder),
            "args": json.dumps(dict(args)) if args else "",
            "init": file_and_name(init, folder) if init else "",
            "check": file_and_name(check, folder),
            "allow": f"{allow:g}",
        }
        words = [
            "-q",
            "--format",
            "json",
            "-w",
            "python",
            "-x",
            _list(executors),
            "-s",
            f"cpython.program={interpreter}",
        ]
        for name, value in settings.items():
            words += ["-s", f"python.{name}={_escape(value)}"] if value else []
        for option, numbers in (("-j", workers), ("-i", inflight)):
            words += [option, _list(numbers)] if numbers is not None else []
        return _ask([find_program(), *words, *options])


def _environment() -> dict[str, str]:
    """Modules are found where this process finds them."""
    own = (sys.prefix + os.sep, sys.base_prefix + os.sep)
    folders = [os.path.abspath(folder) for folder in sys.path if not folder.startswith(own)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folder for folder in folders if os.path.isdir(folder))}


def _ask(command: list[str]) -> list[Row]:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=_environment())
    if done.returncode in (_INTERRUPTED, -2):
        raise KeyboardInterrupt
    if done.returncode not in (0, _SOME_FAILED):
        raise BenchError(done.stderr.strip() or f"{command[0]} ended with status {done.returncode}")
    rows: list[Row] = json.loads(done.stdout)["cases"]
    return rows


def _list(values: Union[int, str, Sequence[Any]]) -> str:
    return ",".join(map(str, values)) if isinstance(values, (list, tuple, range)) else str(values)


def _escape(value: str) -> str:
    """Several values would be parted by commas; JSON is not parted."""
    return value if value[0] in "{[" else value.replace(",", "\\,")


def _items(items: Union[Iterable[Any], str], folder: str) -> str:
    if isinstance(items, str):
        return items
    if isinstance(items, range) and items.step == 1 and items and items.start >= 0:
        return f"{items.start}-{items.stop - 1}"
    path = os.path.join(folder, "bench_items.py")
    try:
        data = pickle.dumps(list(items))
    except Exception as error:
        raise BenchError(f"the items cannot be pickled, as other processes need: {error}") from error
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"import pickle\n\n\ndef items():\n    return pickle.loads({data!r})\n")
    return f"{path}:items"
