"""The book: a file of what was tried and found, in which counts add up over calls."""

import json
import os
from typing import Any, Dict, List

from .counts import COUNTS

Page = Dict[str, Any]


class Book:
    """A page for each part: how many were tried, where to go on, what was found, and what the part remembers."""

    def __init__(self, path: str, seed: int) -> None:
        self.path = path
        self.content: Dict[str, Any] = {"seed": seed, "parts": {}}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.content = json.load(file)
        if self.content["seed"] != seed:
            raise SystemExit(f"torture: {path} was begun with --seed {self.content['seed']}; use another --book")

    def page(self, part: str) -> Page:
        page: Page = self.content["parts"].setdefault(
            part, {"next": 0, "tried": 0, "rows": 0, "seconds": 0.0, "memory": {}, "findings": []}
        )
        return page

    def save(self) -> None:
        os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.content, file, indent=1)
        os.replace(self.path + ".new", self.path)


def count_findings(page: Page) -> Dict[str, int]:
    """How often each of COUNTS was found."""
    found = {name: 0 for name in COUNTS}
    for finding in page["findings"]:
        found[finding["count"]] += finding["times"]
    return found


def format_table(book: Book, names: List[str], at_least: Dict[str, int]) -> str:
    """The table of results/torture.md."""
    lines = ["| part | tried | at least | rows | " + " | ".join(COUNTS.values()) + " |"]
    lines.append("|---|" + "--:|" * (len(COUNTS) + 3))
    for name in names:
        page = book.page(name)
        found = count_findings(page)
        wanted = f"{at_least[name]:,}" if at_least[name] else "each once"
        if page["memory"].get("finished"):
            wanted += ", done"
        cells = [name, f"{page['tried']:,}", wanted, f"{page['rows']:,}"] + [f"{found[count]:,}" for count in COUNTS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
