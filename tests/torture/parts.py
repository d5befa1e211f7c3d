"""The parts, in the order in which they are tried."""

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import part_calls, part_kills
from .trial import Trial


class Part(NamedTuple):
    name: str
    what: str
    at_least: int  # 0: everything there is, once
    attempt: Callable[[Trial, Dict[str, Any]], bool]  # False: there is nothing left to try


def make_part(name: str, module: Any) -> Part:
    return Part(name, module.WHAT, module.AT_LEAST, module.attempt)


PARTS: List[Part] = [
    make_part("kills", part_kills),
    make_part("calls", part_calls),
]


def find_part(name: str) -> Optional[Part]:
    return next((part for part in PARTS if part.name == name), None)
