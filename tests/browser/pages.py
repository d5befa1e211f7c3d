"""The page of --format html in Chromium: each test is a claim. Run as `python3 -m browser.pages BENCH` in tests/."""

from __future__ import annotations

import csv
import io
import pathlib
from typing import Any, ClassVar

from browser import rows, window
from browser.window import INKED


class Pages(window.Window):
    """Pages of results, comparisons and advice."""

    columns: ClassVar[list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.columns = rows.header(cls.program)

    def page(self, name: str, made: Any, chart: str = "") -> pathlib.Path:
        """The page of a results file, which is made of rows."""
        page = self.file(name + ".html")
        rows.write(self.file(name + ".csv"), self.columns, made)
        self.bench("report", str(self.file(name + ".csv")), "--format", "html", "-o", str(page), chart=chart)
        return page

    def test_every_picture_is_drawn_at_three_widths_dark_and_light(self) -> None:
        page = self.page("drawn", rows.matrix(2, 5, rows.session()))
        for width in (400, 800, 1280):
            for dark in (False, True):
                self.browser.show(page, width, dark)
                inked = self.browser.run(INKED)
                self.assertGreaterEqual(len(inked), 8)
                self.assertGreater(min(inked), 500, f"at {width}, dark: {dark}")
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)

    def test_each_picture_says_what_it_is_and_has_its_table(self) -> None:
        self.browser.show(self.page("tables", rows.matrix(1, 5, rows.session())))
        self.assertEqual(
            self.browser.run("return [...document.querySelectorAll('canvas')].filter(c => !c.ariaLabel).length"), 0
        )
        tables = self.tables()
        self.assertLessEqual(
            {"What is best", "Speed-up over workers", "Where the time goes", "Latency", "Runs over time", "Memory"},
            set(tables),
        )
        for title, body in tables.items():
            self.assertGreater(len(body), 0, title)

    def test_numbers_are_those_of_the_table(self) -> None:
        page = self.page("numbers", rows.matrix(3, 5, rows.session()))
        self.browser.show(page)
        grid = self.browser.run(
            "const grid = JSON.parse(document.getElementById('data').textContent).blocks.find(b => b.kind === 'grid');"
            "return [grid.columns.map(c => c[0]), grid.rows];"
        )
        at = {name: i for i, name in enumerate(grid[0])}
        medians = sorted(row[at["median"]] for row in grid[1])
        self.assertEqual(len(medians), 30)
        drawn = [row for title, body in self.tables().items() if title.startswith("What is best") for row in body]
        self.assertEqual(sorted(row[1] for row in drawn), medians)
        self.assertEqual(sorted(row[5] for row in drawn), sorted(row[at["speedup"]] for row in grid[1]))
        memory = [row[1] for row in self.tables()["Memory"]]
        self.assertEqual(sorted(memory), sorted(row[at["memory"]] for row in grid[1]))

    def test_markup_in_texts_of_users_stays_text(self) -> None:
        made = rows.matrix(1, 5, rows.session(rows.HOSTILE), f' title="{rows.HOSTILE}"')
        failed = {"status": "failed", "error": rows.HOSTILE, "phase": "measure", "notes": rows.HOSTILE}
        listed = list(made)
        listed.append({**listed[0], **failed, "executor": "omp<b>", "launch": 9, "run": 1, "wall_s": ""})
        self.browser.show(self.page("hostile", listed))
        self.assertEqual(
            self.browser.run("return document.querySelectorAll('main script, main img, main b').length"), 0
        )
        text = self.browser.run("return document.body.textContent")
        self.assertIn("<script>alert(1)</script> \"double\" 'single' </style><!--", text)
        self.assertIn("omp<b>", text)
        self.assertEqual(self.browser.run("return document.querySelectorAll('script').length"), 3)
        self.assertGreater(min(self.browser.run(INKED)), 500)

    def test_without_chart_js_there_are_the_tables_and_what_to_install(self) -> None:
        page = self.page("plain", rows.matrix(1, 5, rows.session()), chart="/nonexistent")
        self.browser.show(page)
        self.assertEqual(self.browser.run("return document.querySelectorAll('canvas').length"), 0)
        self.assertIn("apt install libjs-chart.js", self.browser.run("return document.body.innerText"))
        self.assertGreater(len(self.tables()["What is best"]), 0)
        self.assertEqual(self.browser.run("return document.querySelectorAll('details:not([open])').length"), 0)

    def test_a_library_that_is_another_one_is_not_inlined(self) -> None:
        other = self.file("other.js")
        other.write_text("alert('</script>')")
        page = self.page("other", rows.matrix(1, 5, rows.session()), chart=str(other))
        self.browser.show(page)
        self.assertIn("other.js is not Chart.js", self.browser.run("return document.body.innerText"))

    def test_cases_and_runs_can_be_saved_as_csv(self) -> None:
        page = self.page("saved", rows.matrix(1, 5, rows.session('"quoted", text')))
        self.browser.show(page)
        self.browser.click("button[data-file='cases.csv']")
        cases = list(csv.DictReader(io.StringIO(self.browser.downloaded("cases.csv"))))
        summary = list(
            csv.DictReader(io.StringIO(self.bench("report", str(self.file("saved.csv")), "--format", "csv")))
        )
        self.assertEqual(len(cases), 10)
        for case, own in zip(cases, summary):
            self.assertEqual(list(case), list(own))
            self.assertEqual(case["command"], own["command"])
            self.assertEqual(float(case["median_s"]), float(own["median_s"]))
        self.browser.click("button[data-file='runs.csv']")
        runs = list(csv.DictReader(io.StringIO(self.browser.downloaded("runs.csv"))))
        self.assertEqual(len(runs), 10 * 5 * 7)
        self.assertEqual({run["phase"] for run in runs}, {"verification", "warm-up", "measured"})

    def test_a_comparison_shows_changes_and_launches_by_the_numbers_of_its_table(self) -> None:
        old, new, page = self.file("old.csv"), self.file("new.csv"), self.file("compared.html")
        rows.write(old, self.columns, rows.matrix(2, 5, rows.session("</script>")))
        rows.write(new, self.columns, rows.matrix(2, 5, rows.session("</script>"), slower=1.3))
        page.write_text(self.bench("compare", str(old), str(new), "--format", "html", status=1))
        self.browser.show(page, 400)
        self.assertEqual(len(self.browser.run(INKED)), 2)
        self.assertGreater(min(self.browser.run(INKED)), 500)
        grid = self.browser.run(
            "return JSON.parse(document.getElementById('data').textContent).blocks.find(b => b.kind === 'grid').rows"
        )
        changes = self.tables()["Changes"]
        self.assertEqual({row[3] for row in changes}, {row[-4] for row in grid})
        self.assertEqual({row[4] for row in changes}, {row[-3] for row in grid})
        self.assertIn("slower", {row[5] for row in changes})

    def test_ab_shows_its_rounds(self) -> None:
        page = self.file("ab.html")
        work = ("-w", "spin", "-x", "serial", "-s", "tasks=16", "-s", "work=10us", "-t", "1", "--format", "html")
        page.write_text(self.bench("ab", *work, "--", "--", "-s", "work=20us", status=None))
        self.browser.show(page, dark=True)
        self.assertGreater(min(self.browser.run(INKED)), 500)
        self.assertGreater(len(self.tables()["Rounds in their order"]), 1)

    def test_advice_shows_what_the_work_hangs_on_and_the_ways(self) -> None:
        page = self.file("advice.html")
        work = ("-w", "sleep", "-s", "tasks=16", "-t", "3", "--format", "html")
        page.write_text(self.bench("advise", *work, status=None))
        self.browser.show(page)
        self.assertGreater(min(self.browser.run(INKED)), 500)
        self.assertLessEqual({"What it hangs on, with one lane", "Ways that were tried"}, set(self.tables()))

    def test_one_case_of_the_runs_can_be_chosen(self) -> None:
        self.browser.show(self.page("chosen", rows.matrix(1, 5, rows.session())))
        before = self.browser.run(INKED)
        self.browser.run(
            "const choice = document.querySelector('select'); choice.value = '3';"
            "choice.dispatchEvent(new Event('change'));"
        )
        after = self.browser.run(INKED)
        self.assertEqual(sum(a != b for a, b in zip(before, after)), 1)

    def test_it_prints(self) -> None:
        self.browser.show(self.page("printed", rows.matrix(1, 5, rows.session())), dark=True)
        self.assertGreater(len(self.browser.print()), 20000)

    def test_twenty_thousand_runs_of_two_hundred_cases_are_under_a_megabyte(self) -> None:
        page = self.page("large", rows.matrix(20, 18, rows.session()))
        self.assertLess(page.stat().st_size, 1_000_000)
        self.browser.show(page)
        self.assertGreater(min(self.browser.run(INKED)), 500)

    def test_what_is_more_is_thinned_and_said(self) -> None:
        page = self.page("thinned", rows.matrix(10, 130, rows.session(), launches=2))
        self.assertLess(page.stat().st_size, 1_000_000)
        self.browser.show(page)
        self.assertIn("of 26400 runs, evenly chosen", self.browser.run("return document.body.innerText"))


if __name__ == "__main__":
    window.main()
