"""Timelines as pictures: each test is a claim. Run as `python3 -m browser.timelines BENCH` in tests/."""

from __future__ import annotations

import pathlib
from typing import Any

from browser import rows, traces, window
from browser.window import INKED

FIGURE = "#timeline figure"
SAID = f"return document.querySelector('{FIGURE} output').textContent"
# Of the first canvas: how many pixels are blue, yellow and red, the lines of hatchings being blurred.
COLOURS = """
const canvas = document.querySelector('#timeline canvas'), found = { blue: 0, yellow: 0, red: 0 };
const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
for (let i = 0; i < pixels.length; i += 4) {
  const [red, green, blue, alpha] = pixels.slice(i, i + 4);
  if (alpha < 128) continue;
  if (blue > red + 80) found.blue++;
  else if (red > green + 80) found.red++;
  else if (green > blue + 80) found.yellow++;
}
return found;
"""
PLUS, MINUS, RIGHT, HOME = "+", "-", "\ue014", "\ue011"


class Timelines(window.Window):
    def page(
        self, name: str, lanes: int, ranges: int, length_us: float = 1e6, chart: str = "", **given: Any
    ) -> pathlib.Path:
        page, trace = self.file(name + ".html"), self.file(name + ".json")
        traces.write(trace, lanes, ranges, length_us, **given)
        self.bench("report", "--trace", str(trace), "--format", "html", "-o", str(page), chart=chart)
        return page

    def place(self, share: float) -> tuple[int, int]:
        """In the window, at this share of the run in the first lane."""
        x, y = self.browser.run(
            "const picture = drawn[0], box = picture.canvas.getBoundingClientRect(), { x, y } = picture.chart.scales;"
            f"return [box.left + x.left + {share} * x.width, box.top + y.getPixelForValue(0)];"
        )
        return round(x), round(y)

    def test_it_is_drawn_at_three_widths_dark_and_light(self) -> None:
        page = self.page("drawn", 4, 50)
        for width in (400, 800, 1280):
            for dark in (False, True):
                self.browser.show(page, width, dark)
                self.assertGreater(min(self.browser.run(INKED)), 5000, f"at {width}, dark: {dark}")
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)

    def test_computing_waiting_and_a_lock_look_different(self) -> None:
        self.browser.show(self.page("looks", 2, 10))
        found = self.browser.run(COLOURS)
        self.assertGreater(min(found.values()), 50, found)

    def test_behind_it_is_a_table_of_the_lanes(self) -> None:
        self.browser.show(self.page("table", 3, 20))
        table = self.tables()["mixed under gil"]
        self.assertEqual([row[0] for row in table], ["worker 0", "worker 1", "worker 2"])
        self.assertEqual({row[1] for row in table}, {"20"})
        for row in table:  # half of each range is computing, and ranges are some 70 % of the run
            self.assertLess(abs(float(row[3].split()[0]) - 35), 4, row)

    def test_keys_look_closer_move_and_show_all(self) -> None:
        self.browser.show(self.page("keys", 2, 100))
        self.browser.press(FIGURE + " .canvas", PLUS + PLUS)
        self.assertEqual(self.browser.run(SAID), "375 ms to 625 ms of 1.00 s")
        self.browser.press(FIGURE + " .canvas", RIGHT)
        self.assertEqual(self.browser.run(SAID), "438 ms to 688 ms of 1.00 s")
        self.browser.press(FIGURE + " .canvas", MINUS * 9)
        self.assertTrue(self.browser.run(SAID).startswith("0 s to "))
        self.browser.press(FIGURE + " .canvas", PLUS * 60)
        self.assertGreater(min(self.browser.run(INKED)), 500)
        self.browser.press(FIGURE + " .canvas", HOME)
        self.assertTrue(self.browser.run(SAID).startswith("0 s to "))

    def test_buttons_do_the_same(self) -> None:
        self.browser.show(self.page("buttons", 2, 100))
        before = self.browser.run(INKED)
        self.browser.click(FIGURE + " button")
        self.assertTrue(self.browser.run(SAID).startswith("250 ms to 750 ms"))
        self.assertNotEqual(self.browser.run(INKED), before)

    def test_the_mouse_looks_closer_where_it_is_dragged(self) -> None:
        self.browser.show(self.page("mouse", 2, 100))
        self.browser.drag(self.place(0.25), self.place(0.5))
        begin, end = self.browser.run("const { x } = drawn[0].chart.scales; return [x.min, x.max]")
        self.assertLess(abs(begin - 0.25), 0.005)
        self.assertLess(abs(end - 0.5), 0.005)

    def test_pointing_tells_what_is_there(self) -> None:
        self.browser.show(self.page("pointed", 1, 2))
        said = set()
        for percents in range(2, 100, 4):
            self.browser.drag(self.place(0), self.place(percents / 100), clicks=False)
            said.add(self.browser.run(SAID).partition(": ")[2])
        text = "; ".join(said)
        for part in ("range 0, for ", "range 1, for ", "waiting (sleep) for ", "nothing to do"):
            self.assertIn(part, text)

    def test_results_and_their_timeline_share_a_page(self) -> None:
        results, trace, page = self.file("both.csv"), self.file("both.json"), self.file("both.html")
        rows.write(results, rows.header(self.program), rows.matrix(1, 5, rows.session()))
        traces.write(trace, 2, 30, 1e6)
        self.bench("report", str(results), "--trace", str(trace), "--format", "html", "-o", str(page))
        self.browser.show(page)
        self.assertLessEqual({"What is best", "mixed under gil"}, set(self.tables()))
        self.assertGreater(min(self.browser.run(INKED)), 500)

    def test_markup_in_names_stays_text(self) -> None:
        hostile = "<script>alert(1)</script><img src=http://192.0.2.1/x>"
        self.browser.show(self.page("hostile", 1, 5, called=hostile))
        self.assertIn(hostile, self.tables())
        self.assertEqual(self.browser.run("return document.querySelectorAll('main script, main img').length"), 0)

    def test_without_chart_js_there_is_the_table(self) -> None:
        self.browser.show(self.page("plain", 2, 5, chart="/nonexistent"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('canvas').length"), 0)
        self.assertEqual(len(self.tables()["mixed under gil"]), 2)

    def test_a_million_ranges_are_summed_up_and_that_is_said(self) -> None:
        page = self.page("million", 10, 100_000)
        self.assertLess(page.stat().st_size, 1_500_000)
        self.browser.show(page)
        self.assertIn("Summed up in slices of ", self.browser.run("return document.body.innerText"))
        self.assertGreater(min(self.browser.run(INKED)), 5000)
        self.browser.press(FIGURE + " .canvas", PLUS * 12)
        self.assertGreater(min(self.browser.run(INKED)), 500)

    def test_many_lanes_fit_and_those_that_do_not_are_said(self) -> None:
        self.browser.show(self.page("lanes", 300, 10), 400)
        self.assertIn("The first 128 of 300 lanes.", self.browser.run("return document.body.innerText"))
        self.assertGreater(min(self.browser.run(INKED)), 5000)
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 400)


if __name__ == "__main__":
    window.main()
