"""Which modules there are: a file in executors/ or workloads/ is one, and its name is the module's."""
from __future__ import annotations

import importlib
import inspect
import os
import sys
from typing import Any, TypeVar

from cpython.contract import Executor, Refused, Workload

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
Kind = TypeVar("Kind")


def names(kind: str) -> list[str]:
    """Of all modules of a kind: executor or workload. What begins with _ is none."""
    files = sorted(os.listdir(os.path.join(_FOLDER, kind + "s")))
    return [name[:-3] for name in files if name.endswith(".py") and not name.startswith("_")]


def _make(kind: str, name: str, base: type[Kind]) -> Kind:
    if name not in names(kind):
        raise Refused(f"CPython's runner has no {kind} '{name}'; there is {', '.join(names(kind))}")
    module = importlib.import_module(f"cpython.{kind}s.{name}")
    for _, value in inspect.getmembers(module, inspect.isclass):
        if issubclass(value, base) and value.__module__ == module.__name__:
            made: Kind = value()
            return made
    raise Refused(f"{module.__file__}: has no class that is a {base.__name__}")


def workload(name: str) -> Workload:
    return _make("workload", name, Workload)


def executor(name: str) -> Executor:
    return _make("executor", name, Executor)


def version() -> str:
    """What interpreter this is: CPython 3.13.0t (t: free-threaded)."""
    name = {"cpython": "CPython", "pypy": "PyPy"}.get(sys.implementation.name, sys.implementation.name)
    free = "t" if not getattr(sys, "_is_gil_enabled", lambda: True)() else ""
    return f"{name} {sys.version.split()[0].rstrip('+')}{free}"


def describe() -> list[dict[str, Any]]:
    """All modules, as the reply to `list` has them."""
    listed: list[dict[str, Any]] = []
    for name in names("workload"):
        work = workload(name)
        told = _common("workload", name, work.summary, work)
        told["flags"] = ["checked"] if type(work).validate is not Workload.validate else []
        told["needs"] = ["one_address_space"] if work.one_address_space else []
        listed.append(told)
    for name in names("executor"):
        way = executor(name)
        told = _common("executor", name, way.summary, way)
        told["flags"] = list(way.flags)
        told["offers"] = ["one_address_space"] if way.one_address_space else []
        missing = way.missing()
        if missing:
            told["missing"] = missing
        listed.append(told)
    return listed


def _common(kind: str, name: str, summary: str, module: Any) -> dict[str, Any]:
    params = [param.describe() for param in module.params]
    return {"kind": kind, "name": name, "summary": summary, "params": params}
