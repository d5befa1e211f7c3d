"""Tables of parameters, and values as people write them: the same words and units as bench's own modules."""
from __future__ import annotations

import math
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Optional, Sequence, Union

Value = Union[int, float, bool, str]

_COUNTS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZES = {"": 1, "B": 1}
for _power, _letter in enumerate("KMGT", start=1):
    _SIZES[_letter] = _SIZES[_letter + "iB"] = 1024**_power
    _SIZES[("k" if _letter == "K" else _letter) + "B"] = 1000**_power
_TIMES = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
_WHAT = {"count": "a number such as 12, 10k or 1M", "size": "bytes such as 4096, 64KiB or 1MB"}
_WHAT["duration"] = "a time such as 10ms or 1.5s"


class BadValue(ValueError):
    """A parameter's value that is not allowed; the text names the parameter and says what would be right."""


@dataclass(frozen=True)
class Param:
    """One parameter. Its value is an int (count; size in bytes; duration in ns), a float, a bool or a str."""

    name: str
    type: str  # count, size, duration, real, bool, choice, text
    default: Optional[str]  # as a user writes it; None: it has to be given
    help: str
    min: float = 0
    max: float = 0
    unit: Optional[str] = None
    choices: Sequence[str] = ()
    was: Optional[str] = None  # a name that it once had; "": rows leave it out at its default, being younger than they

    def describe(self) -> dict[str, Any]:
        """As the protocol's `list` has it."""
        told: dict[str, Any] = {"name": self.name, "type": self.type, "help": self.help}
        if self.default is not None:
            told["default"] = self.default
        if self.type in ("count", "size", "duration", "real"):
            told.update(min=self.min, max=self.max)
        if self.choices:
            told["choices"] = list(self.choices)
        if self.unit:
            told["unit"] = self.unit
        if self.was is not None:
            told["was"] = self.was
        return told

    def read(self, given: str) -> Value:
        """The value that a text means. BadValue where it means none, or none that is allowed."""
        if self.type == "text":
            return given
        if self.type == "choice":
            if given in self.choices:
                return given
            raise BadValue(f"{self.name}={given}: must be one of {', '.join(self.choices)}")
        if self.type == "bool":
            if given in ("yes", "no"):
                return given == "yes"
            raise BadValue(f"{self.name}={given}: must be yes or no")
        value = self._number(given)
        if not self.min <= value <= self.max:
            raise BadValue(f"{self.name}={given}: must be {self.min:g} to {self.max:g}")
        return value

    def _number(self, given: str) -> Union[int, float]:
        if self.type == "real":
            try:
                value = float(given)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                raise BadValue(f"{self.name}={given}: must be a number")
            return value
        units = {"count": _COUNTS, "size": _SIZES, "duration": _TIMES}[self.type]
        found = re.fullmatch(r"(\d+)(?:\.(\d+))?([A-Za-z]*)", given)
        unit = units.get(found[3]) if found else None
        if found and self.type == "duration" and given == "0":
            unit = 1
        if not found or unit is None:
            raise BadValue(f"{self.name}={given}: must be {_WHAT[self.type]}")
        digits = found[2] or ""
        scale: int = 10 ** len(digits)
        whole, rest = divmod(int(found[1] + digits) * unit, scale)
        if rest:
            raise BadValue(f"{self.name}={given}: must be a whole number")
        return whole


def count(name: str, default: Optional[str], least: float, most: float, help: str, unit: Optional[str] = None) -> Param:
    return Param(name, "count", default, help, least, most, unit)


def size(name: str, default: Optional[str], least: float, most: float, help: str) -> Param:
    return Param(name, "size", default, help, least, most)


def duration(name: str, default: Optional[str], least: float, most: float, help: str) -> Param:
    """least and most in nanoseconds."""
    return Param(name, "duration", default, help, least, most)


def real(
    name: str,
    default: Optional[str],
    least: float,
    most: float,
    help: str,
    unit: Optional[str] = None,
    was: Optional[str] = None,
) -> Param:
    return Param(name, "real", default, help, least, most, unit, was=was)


def boolean(name: str, default: Optional[str], help: str) -> Param:
    return Param(name, "bool", default, help)


def choice(name: str, default: Optional[str], choices: Sequence[str], help: str, was: Optional[str] = None) -> Param:
    return Param(name, "choice", default, help, choices=choices, was=was)


def text(name: str, default: Optional[str], help: str) -> Param:
    return Param(name, "text", default, help)


def _as_text(value: object) -> str:
    """JSON's numbers and truth values as a user would write them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value}"


def read_params(table: Sequence[Param], given: dict[str, Any]) -> SimpleNamespace:
    """All parameters of a table as attributes, those that are not given at their defaults. BadValue."""
    known = {name: param for param in table for name in (param.name, param.was) if name}
    for name in given:
        if name not in known:
            raise BadValue(f"no parameter '{name}'; there is {', '.join(p.name for p in table) or 'none'}")
    texts = {known[name].name: _as_text(value) for name, value in given.items()}
    values = SimpleNamespace()
    for param in table:
        chosen = texts.get(param.name, param.default)
        if chosen is None:
            raise BadValue(f"{param.name} must be given: {param.help}")
        setattr(values, param.name, param.read(chosen))
    return values
