"""The parts, in the order in which they are tried."""

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import (
    part_allocations,
    part_calls,
    part_clocks,
    part_full,
    part_hammers,
    part_http,
    part_kills,
    part_plugins,
    part_replies,
)
from .trial import Trial


class Part(NamedTuple):
    name: str
    what: str
    at_least: int  # 0: everything there is, once
    attempt: Callable[[Trial, Dict[str, Any]], bool]  # False: there is nothing left to try
    counts: List[str]  # what it can count, as --prove shows
    long: bool  # one trial takes minutes


def make_part(name: str, module: Any) -> Part:
    counts = getattr(module, "CAN_COUNT", ["status", "crashes", "hangs"])
    return Part(name, module.WHAT, module.AT_LEAST, module.attempt, counts, getattr(module, "IS_LONG", False))


PARTS: List[Part] = [
    make_part("kills", part_kills),
    make_part("calls", part_calls),
    make_part("allocations", part_allocations),
    make_part("replies", part_replies),
    make_part("plugins", part_plugins),
    make_part("full", part_full),
    make_part("clocks", part_clocks),
    make_part("http", part_http),
    make_part("decoder", part_hammers.DECODER),
    make_part("options", part_hammers.OPTIONS),
    make_part("texts", part_hammers.TEXTS),
    make_part("csvs", part_hammers.CSVS),
    make_part("answers", part_hammers.ANSWERS_ALONE),
    make_part("pictures", part_hammers.PICTURES),
]


def find_part(name: str) -> Optional[Part]:
    return next((part for part in PARTS if part.name == name), None)
