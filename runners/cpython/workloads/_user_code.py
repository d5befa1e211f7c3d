"""What the user has written: found by FILE:FUNCTION, called, and its answers made comparable."""
from __future__ import annotations

import functools
import hashlib
import importlib.util
import inspect
import itertools
import json
import os
import pickle
import re
import sys
import traceback
from typing import Any, Callable, Iterable, Sequence

from cpython.contract import Refused

Function = Callable[..., Any]

_ITEMS_MOST = 10_000_000


def where(error: BaseException, file: str) -> str:
    """The last line of the user's own file that an exception has come through, or the last of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if os.path.abspath(frame.filename) == file] or frames
    return f"{os.path.basename(own[-1].filename)}, line {own[-1].lineno}: {own[-1].line}" if own else "no line"


def split_name(option: str, text: str) -> tuple[str, str]:
    file, colon, name = text.rpartition(":")
    if not colon or not file or not name.isidentifier():
        raise Refused(f"{option}={text}: must be FILE:FUNCTION, such as scrape.py:fetch")
    return os.path.abspath(os.path.expanduser(file)), name


def load(option: str, text: str, called: str = "") -> Function:
    """The function that FILE:FUNCTION names. A file is imported once in a process, as a program would import it.

    It is called with `called`: "with (item, answer)", or "without an argument"; "": that is not looked at.
    """
    file, name = split_name(option, text)
    if not os.path.isfile(file):
        meant = f"; did you mean {os.path.basename(file)}.py?" if os.path.exists(f"{file}.py") else ""
        raise Refused(f"{option}={text}: there is no file {file}{meant}")
    module_name = os.path.splitext(os.path.basename(file))[0]
    module = sys.modules.get(module_name)
    if getattr(module, "__file__", None) != file:
        module = _import(option, text, file, "user_" + module_name if module else module_name)
    function = getattr(module, name, None)
    if function is None:
        defined = [key for key, value in vars(module).items() if inspect.isfunction(value) and key[0] != "_"]
        raise Refused(f"{option}={text}: {file} has no function {name}; it has {', '.join(defined) or 'none'}")
    if not callable(function):
        raise Refused(f"{option}={text}: {name} is a {type(function).__name__} and no function")
    if called:
        _try_signature(
            f"{option}={text}", function, called, () if called == "without an argument" else (None, None), {}
        )
    found: Function = function
    return found


def _try_signature(what: str, function: Function, called: str, values: tuple[Any, ...], args: dict[str, Any]) -> None:
    """Refused where it cannot be called so."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # one in C may not tell
        return
    try:
        signature.bind(*values, **args)
    except TypeError as error:
        raise Refused(f"{what}: its signature is {signature}, and it is called {called}: {error}") from error


def kind_of(function: Function) -> str:
    """plain, generator, async or async generator; of an object, what its __call__ is."""
    while isinstance(function, functools.partial):
        function = function.func
    if not inspect.isroutine(function) and not inspect.isclass(function):
        function = getattr(function, "__call__")
    if inspect.isasyncgenfunction(function):
        return "async generator"
    if inspect.iscoroutinefunction(function):
        return "async"
    return "generator" if inspect.isgeneratorfunction(function) else "plain"


def place_of(function: Function) -> str:
    """File and line of where it is defined."""
    code = getattr(function, "__code__", None)
    return f"{os.path.basename(code.co_filename)}, line {code.co_firstlineno}" if code else "not a def"


def why_not_picklable(function: Function) -> str:
    """ "": it can be."""
    try:
        pickle.dumps(function)
        return ""
    except Exception as error:
        return f"{place_of(function)}: {error}"


def _import(option: str, text: str, file: str, name: str) -> Any:
    if getattr(sys.modules.get(name), "__file__", None) == file:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if not spec or not spec.loader:
        raise Refused(f"{option}={text}: {file} is no Python file (its name should end in .py)")
    module = importlib.util.module_from_spec(spec)
    folder = os.path.dirname(file)
    if folder not in sys.path:
        sys.path.insert(1, folder)  # 0: this runner's own
    sys.modules[name] = module
    sys.dont_write_bytecode = True  # what changes within a second would be taken for what it was
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise Refused(f"{option}={text}: {error.filename}, line {error.lineno}: {error.msg}: {line}") from error
    except BaseException as error:  # sys.exit() as well
        said = f"{type(error).__name__}: {error} ({where(error, file)})"
        if isinstance(error, ModuleNotFoundError):  # as often as not it is there for another interpreter
            said += f", by {sys.executable}: install it there, or name another by -s cpython.program=..."
        raise Refused(f"{option}={text}: importing it failed: {said}") from error
    return module


def read_items(text: str) -> Sequence[Any]:
    """0-999, a file with an item a line, or FILE:FUNCTION that gives them."""
    numbers = re.fullmatch(r"(\d+)-(\d+)", text)
    items: Sequence[Any]
    if numbers:
        items = range(int(numbers[1]), int(numbers[2]) + 1)
    elif os.path.isfile(text):
        with open(text, encoding="utf-8", errors="surrogateescape") as lines:
            items = [line.rstrip("\r\n") for line in lines if line.strip()]
    elif re.search(r"\.py:\w+$", text):
        items = _call_for_items(text)
    else:
        raise Refused(f"items={text}: there is no such file; must be a file, 0-999, or FILE.py:FUNCTION")
    if not items:
        raise Refused(f"items={text}: there is none in it")
    if len(items) > _ITEMS_MOST:
        raise Refused(f"items={text}: more than {_ITEMS_MOST} are too many; let each stand for more work")
    try:
        pickle.dumps(items)
    except Exception as error:
        raise Refused(f"items={text}: they cannot be pickled, as processes need: {error}") from error
    return items


def _call_for_items(text: str) -> list[Any]:
    function = load("items", text, "without an argument")
    try:
        made: Iterable[Any] = function()
        return list(itertools.islice(made, _ITEMS_MOST + 1))
    except BaseException as error:
        told = f"{type(error).__name__}: {error} ({where(error, split_name('items', text)[0])})"
        raise Refused(f"items={text}: {told}") from error


def read_args(text: str) -> dict[str, Any]:
    """JSON, or @FILE that has it: arguments by name."""
    if not text:
        return {}
    source = text
    try:
        if text.startswith("@"):
            with open(text[1:], encoding="utf-8") as file:
                source = file.read()
        args = json.loads(source)
    except (OSError, ValueError) as error:
        raise Refused(f"args={text}: {error}") from error
    if not isinstance(args, dict):
        raise Refused(f'args={text}: must be a JSON object of arguments by name, such as {{"timeout":5}}')
    return args


def takes_state(text: str, function: Function, args: dict[str, Any], stateful: bool) -> bool:
    """Does it take what init= returns? Refused where it cannot be called at all."""
    named = "".join(f", {name}=..." for name in args)
    if stateful:
        try:
            _try_signature(f"function={text}", function, "", (None, None), args)
            return True
        except Refused:
            pass
    _try_signature(f"function={text}", function, f"with (item{named})", (None,), args)
    return False


def digest(answer: Any) -> int:
    """64 bits of an answer. Sets and dicts in any order; a response by its status and body; else by pickle."""
    return int.from_bytes(_digest(answer), "little")


def _digest(value: Any) -> bytes:
    if isinstance(value, (list, tuple)):
        parts = [b"list", *map(_digest, value)]
    elif isinstance(value, (set, frozenset)):
        parts = [b"set", *sorted(map(_digest, value))]
    elif isinstance(value, dict):
        parts = [b"dict", *sorted(_digest(key) + _digest(entry) for key, entry in value.items())]
    elif hasattr(value, "status_code") and hasattr(value, "content"):
        parts = [b"response", f"{value.status_code}".encode(), bytes(value.content)]
    elif hasattr(value, "status") and callable(getattr(value, "read", None)):
        parts = [b"response", f"{value.status}".encode(), bytes(value.read())]
    else:
        parts = [b"pickle", pickle.dumps(value, 4)]
    made = hashlib.blake2b(digest_size=8)
    for part in parts:
        made.update(len(part).to_bytes(8, "little") + part)
    return made.digest()
