"""A function as FILE:NAME, for another process to import. One of a notebook or within a function gets a file made.

That file has the function's source and, of what it refers to, imports, the sources of other such functions and
classes, and values that can be pickled.
"""
from __future__ import annotations

import ast
import builtins
import inspect
import os
import pickle
import sys
import textwrap
import types
from typing import Any, Callable, Union


def file_and_name(function: Union[Callable[..., Any], str], folder: str) -> str:
    """A text is one already. Files are made in the folder. ValueError where there is no source to be had."""
    if isinstance(function, str):
        return function
    name = getattr(function, "__name__", "")
    file = inspect.getsourcefile(function) if inspect.isfunction(function) else None
    if file and os.path.isfile(file) and getattr(function, "__qualname__", "") == name != "<lambda>":
        return f"{os.path.abspath(file)}:{name}"
    if not inspect.isfunction(function) or name == "<lambda>":
        raise ValueError(f"{function!r}: must be a function that was defined by def, or 'FILE.py:NAME'")
    path = os.path.join(folder, f"bench_{name}.py")
    with open(path, "w", encoding="utf-8") as made:
        made.write(_Copy().copy(function))
    return f"{path}:{name}"


class _Copy:
    """Of one function, with what it needs, in the order in which that is needed."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.seen: set[str] = set()

    def copy(self, function: Callable[..., Any]) -> str:
        self._add_source(function)
        return "\n\n".join(["from __future__ import annotations", *self.parts]) + "\n"

    def _add_source(self, what: Any) -> None:
        try:
            source = textwrap.dedent(inspect.getsource(what))
        except (OSError, TypeError) as error:
            raise ValueError(f"{what!r}: its source is not there to be copied for other processes: {error}") from error
        known = _names_of(what)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Name) and node.id in known and node.id not in self.seen:
                self.seen.add(node.id)
                self._add(node.id, known[node.id])
        self.parts.append(source)

    def _add(self, name: str, value: Any) -> None:
        if isinstance(value, types.ModuleType):
            self.parts.append(f"import importlib\n{name} = importlib.import_module({value.__name__!r})")
        elif _can_be_imported(value):
            self.parts.append(f"from {value.__module__} import {value.__qualname__} as {name}")
        elif inspect.isfunction(value) or inspect.isclass(value):
            self._add_source(value)
        else:
            try:
                data = pickle.dumps(value)
            except Exception as error:
                raise ValueError(
                    f"{name}, which the function uses, cannot be copied to other processes: {error}"
                ) from error
            self.parts.append(f"import pickle\n{name} = pickle.loads({data!r})")


def _names_of(what: Any) -> dict[str, Any]:
    """All names that its source may mean, but for those of Python itself."""
    if inspect.isfunction(what):
        unwrapped = inspect.unwrap(what)
        cells = zip(unwrapped.__code__.co_freevars, unwrapped.__closure__ or ())
        names = {**unwrapped.__globals__, **{name: cell.cell_contents for name, cell in cells}}
    else:
        names = dict(vars(sys.modules[what.__module__]))
    own = getattr(what, "__name__", "")
    return {name: value for name, value in names.items() if name != own and not hasattr(builtins, name)}


def _can_be_imported(value: Any) -> bool:
    """From a file that another process finds by its name."""
    module = sys.modules.get(getattr(value, "__module__", None) or "")
    name = getattr(value, "__qualname__", None)
    return bool(
        module and name and module.__name__ != "__main__" and "." not in name and getattr(module, name, None) is value
    )
