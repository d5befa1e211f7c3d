"""What tests of pages have in common: one browser, whose console and network are looked at after each test."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from typing import ClassVar

from browser import driver

# For each canvas: how many of its pixels are drawn on.
INKED = """
return [...document.querySelectorAll('canvas')].map(canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 0; i < pixels.length; i += 4) inked += pixels[i + 3] > 0;
  return inked;
});
"""
# Cells of the tables behind pictures, by the picture's title.
TABLES = """
return Object.fromEntries([...document.querySelectorAll('figure')].map(figure => [figure.querySelector('h3').textContent,
  [...figure.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))]));
"""


class Window(unittest.TestCase):
    """A browser for all tests of a class. The program that writes pages is the first word of the command line."""

    program: ClassVar[str] = "bench"
    folder: ClassVar[tempfile.TemporaryDirectory[str]]
    browser: ClassVar[driver.Browser]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.browser = driver.Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self) -> None:
        self.browser.log("browser")
        self.browser.log("performance")

    def tearDown(self) -> None:
        self.assertEqual(self.browser.log("browser"), [], "the console is empty")
        asked = [url for url in self.browser.requests() if not url.startswith(("file:", "data:", "blob:", "chrome:"))]
        self.assertEqual(asked, [], "no request leaves the page")

    def file(self, name: str) -> pathlib.Path:
        return pathlib.Path(self.folder.name) / name

    def bench(self, *arguments: str, status: int | None = 0, chart: str = "") -> str:
        done = subprocess.run(
            [self.program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | ({"BENCH_CHART_JS": chart} if chart else {}),
        )
        if status is not None:
            self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def tables(self) -> dict[str, list[list[str]]]:
        tables: dict[str, list[list[str]]] = self.browser.run(TABLES)
        return tables


def main() -> None:
    """Run the tests of the module that was started: `python3 -m browser.pages BENCH`. 77: what they need is missing."""
    absent = driver.missing()
    if absent:
        print("skipped: not installed:", ", ".join(absent))
        sys.exit(77)
    Window.program = sys.argv[1]
    unittest.main("__main__", argv=sys.argv[:1])
