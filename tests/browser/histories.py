"""Pages of `bench history`: each test is a claim. Run as `python3 -m browser.histories BENCH` in tests/."""

from __future__ import annotations

import csv
import io
import pathlib

from browser import rows, window, year
from browser.window import INKED

PARSE = "exec command=./parse under serial, 1 worker"


class Histories(window.Window):
    """A year of nights, with steps of the program and of its machine (browser/year.py)."""

    def page(self, name: str, text: str = "", chart: str = "", last: int = 400) -> pathlib.Path:
        page, file = self.file(name + ".html"), self.file(name + ".csv")
        year.write(str(file), 2, text)
        page.write_text(
            self.bench("history", str(file), "--last", str(last), "--format", "html", status=1, chart=chart)
        )
        return page

    def test_every_case_has_a_picture_at_three_widths_dark_and_light(self) -> None:
        page = self.page("drawn")
        for width in (400, 800, 1280):
            for dark in (False, True):
                self.browser.show(page, width, dark)
                inked = self.browser.run(INKED)
                self.assertEqual(len(inked), 1 + len(year.CASES) + len(year.REFERENCE))
                self.assertGreater(min(inked), 500, f"at {width}, dark: {dark}")
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)

    def test_the_true_steps_are_told_and_those_of_the_machine_as_such(self) -> None:
        self.browser.show(self.page("steps"))
        steps = self.browser.run(
            "return [...document.querySelectorAll('figure')].map(figure => "
            "[figure.querySelector('h3').textContent, [...figure.querySelectorAll('ol li')].map(li => li.textContent)]);"
        )
        own = [text for _, texts in steps for text in texts if ": the machine:" not in text]
        self.assertEqual(len(own), len(year.TRUE_STEPS))
        for night in year.TRUE_STEPS:
            self.assertEqual(sum(f"c{night:03}," in text for text in own), 1, f"c{night:03}")
        machines = [text for _, texts in steps for text in texts if ": the machine:" in text]
        self.assertEqual(len(machines), len(year.CASES))
        self.assertTrue(all("6.12.0-1 there" in text for text in machines))
        text = self.browser.run("return document.body.innerText")
        self.assertIn(f"c{year.NEW_MACHINE} on another machine, EPYC", text)
        self.assertEqual(self.browser.run("return document.querySelectorAll('li.loud').length"), 1)

    def test_the_alarm_comes_first_and_the_reference_last(self) -> None:
        self.browser.show(self.page("order"))
        titles = self.browser.run("return [...document.querySelectorAll('h3')].map(title => title.textContent)")
        self.assertEqual(titles[:2], ["Steps of all cases", PARSE])
        self.assertTrue(all("reference work" in title for title in titles[-2:]))

    def test_each_picture_has_its_table_with_every_session(self) -> None:
        self.browser.show(self.page("tables"))
        self.assertEqual(
            self.browser.run("return [...document.querySelectorAll('canvas')].filter(c => !c.ariaLabel).length"), 0
        )
        body = self.tables()[PARSE]
        self.assertEqual(len(body), year.NIGHTS)
        self.assertEqual([row[0][-4:] for row in body if row[3]], ["c095", "c140", "c354"])
        self.browser.click("button[data-file='history.csv']")
        saved = list(csv.DictReader(io.StringIO(self.browser.downloaded("history.csv"))))
        self.assertEqual(len(saved), year.NIGHTS * (len(year.CASES) + len(year.REFERENCE)))

    def test_of_many_cases_the_others_can_be_chosen(self) -> None:
        page, file = self.file("many.html"), self.file("many.csv")
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, year.COLUMNS, lineterminator="\n")
            writer.writeheader()
            for night in range(12):
                day = f"2026-02-{night + 1:02}"
                for case in range(50):
                    identity = {"workload": "spin", "params": f"tasks={case + 1}", "executor": "serial", "workers": 1}
                    value = {
                        "phase": "measure",
                        "status": "ok",
                        "launch": 1,
                        "run": 1,
                        "wall_s": 0.01 + 0.00001 * (night % 3),
                    }
                    writer.writerow({"schema": 2, "session": day, "time_utc": f"{day}T02:00:00Z", **identity, **value})
        page.write_text(self.bench("history", str(file), "--format", "html"))
        self.browser.show(page)
        self.assertEqual(self.browser.run("return document.querySelectorAll('figure').length"), 41)
        self.assertIn("The other 10 cases", self.browser.run("return document.body.innerText"))
        self.browser.run(
            "const choice = document.querySelector('select'); choice.value = '9';"
            "choice.dispatchEvent(new Event('change'));"
        )
        self.browser.wait("document.querySelectorAll('canvas')[40]?.ariaLabel.includes('tasks=50')")
        self.assertGreater(min(self.browser.run(INKED)), 500)

    def test_markup_in_texts_of_users_stays_text(self) -> None:
        self.browser.show(self.page("hostile", rows.HOSTILE))
        self.assertEqual(self.browser.run("return document.querySelectorAll('main script, main img').length"), 0)
        self.assertIn("<script>alert(1)", self.browser.run("return document.body.textContent"))
        self.assertGreater(min(self.browser.run(INKED)), 500)

    def test_without_chart_js_there_are_the_tables_and_what_to_install(self) -> None:
        self.browser.show(self.page("plain", chart="/nonexistent"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('canvas').length"), 0)
        self.assertIn("apt install libjs-chart.js", self.browser.run("return document.body.innerText"))
        self.assertEqual(len(self.tables()[PARSE]), year.NIGHTS)


if __name__ == "__main__":
    window.main()
