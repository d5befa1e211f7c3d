"""Traces for pages, made up from a seed: as bench --trace writes them, a line an event."""

from __future__ import annotations

import pathlib
import random
from collections.abc import Iterator

RELEASED_US = 5e9


def lane(chance: random.Random, tid: int, ranges: int, length_us: float) -> Iterator[str]:
    """So many ranges, one after the other: most of each a wait, and in a tenth of them one for a lock."""
    each = length_us / ranges
    for number in range(ranges):
        at = RELEASED_US + number * each + chance.random() * 0.05 * each
        took = each * (0.5 + 0.4 * chance.random()) if number < ranges - 1 else RELEASED_US + length_us - at
        where = f'"pid":1,"tid":{tid}'
        yield (
            f'{{"ph":"X","cat":"range","name":"range {number}",{where},"ts":{at:.3f},"dur":{took:.3f},"args":{{"cpu":0}}}},\n'
        )
        name = "global lock" if chance.random() < 0.1 else "sleep"
        yield f'{{"ph":"X","cat":"wait","name":"{name}",{where},"ts":{at + took * 0.3:.3f},"dur":{took * 0.5:.3f}}},\n'


def write(file: pathlib.Path, lanes: int, ranges: int, length_us: float, called: str = "mixed under gil") -> None:
    """`ranges` are those of one lane."""
    chance = random.Random(1)
    with file.open("w") as out:
        out.write("[\n")
        out.write(f'{{"ph":"M","name":"process_name","pid":1,"tid":0,"args":{{"name":"{called}"}}}},\n')
        for tid in range(1, lanes + 1):
            worker = f"worker {tid - 1}"
            out.write(f'{{"ph":"M","name":"thread_name","pid":1,"tid":{tid},"args":{{"name":"{worker}"}}}},\n')
        out.write(
            f'{{"ph":"X","cat":"run","name":"measure 1","pid":1,"tid":0,"ts":{RELEASED_US},"dur":{length_us}}},\n'
            f'{{"ph":"i","s":"p","cat":"run","name":"all ranges","pid":1,"tid":0,"ts":{RELEASED_US},"args":'
            f'{{"ranges":{lanes * ranges},"one_in":1,"released_us":{RELEASED_US}}}}},\n'
            f'{{"ph":"i","s":"t","cat":"steal","name":"took ranges of worker 1","pid":1,"tid":1,"ts":{RELEASED_US + length_us / 2}}},\n'
        )
        for tid in range(1, lanes + 1):
            out.writelines(lane(chance, tid, ranges, length_us))
        out.write('{"ph":"M","name":"process_labels","pid":1,"tid":0,"args":{"labels":"made up"}}\n]\n')
