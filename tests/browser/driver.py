"""Chromium, headless, by chromedriver's own HTTP protocol (W3C WebDriver): no more of it than these tests need."""

from __future__ import annotations

import base64
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from typing import Any

PROGRAMS = ("chromedriver", "chromium")


def missing() -> list[str]:
    return [program for program in PROGRAMS if not shutil.which(program)]


class Browser:
    """One window. Network and console are recorded from its beginning."""

    def __init__(self) -> None:
        self._profile = tempfile.mkdtemp()
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            self._port = self._read_port()
            self._session = self._open()
        except BaseException:
            self._driver.kill()
            raise

    def close(self) -> None:
        """Ends it, and all that it has started."""
        try:
            self._ask("DELETE", f"/session/{self._session}")
        finally:
            self._driver.terminate()
            self._driver.wait()
            shutil.rmtree(self._profile, ignore_errors=True)

    def _read_port(self) -> int:
        assert self._driver.stdout
        for line in self._driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise RuntimeError("chromedriver did not start")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def _open(self) -> str:
        arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            f"--user-data-dir={self._profile}",
        ]
        wanted = {
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {"download.default_directory": self._profile},
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        session: str = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        return session

    def command(self, name: str, parameters: Mapping[str, object] | None = None) -> Any:
        """One of the DevTools protocol."""
        body = {"cmd": name, "params": parameters or {}}
        return self._ask("POST", f"/session/{self._session}/goog/cdp/execute", body)

    def show(self, page: pathlib.Path, width: int = 1200, dark: bool = False, height: int = 900) -> None:
        """Open a page, and wait until it has drawn everything."""
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", {"features": [scheme]})
        self._ask("POST", f"/session/{self._session}/url", {"url": page.absolute().as_uri()})
        self.wait("document.documentElement.dataset.done === 'yes'")

    def resize(self, width: int, height: int = 900) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", size)

    def wait(self, condition: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not self.run(f"return {condition}"):
            if time.monotonic() > end:
                raise AssertionError(f"never true: {condition}; {self.log('browser')}")
            time.sleep(0.05)

    def run(self, script: str) -> Any:
        return self._ask("POST", f"/session/{self._session}/execute/sync", {"script": script, "args": []})

    def click(self, selector: str) -> None:
        """As a user does it, which allows more than a script may."""
        found = self._ask("POST", f"/session/{self._session}/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"/session/{self._session}/element/{next(iter(found.values()))}/click", {})

    def press(self, selector: str, keys: str) -> None:
        """Keys on an element that can have the focus; arrows and the like as WebDriver numbers them."""
        found = self._ask("POST", f"/session/{self._session}/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"/session/{self._session}/element/{next(iter(found.values()))}/value", {"text": keys})

    def drag(self, start: tuple[int, int], end: tuple[int, int], clicks: bool = True) -> None:
        """The mouse from one place of the window to another, with its button down, or just moved there."""
        moves: list[dict[str, object]] = [
            {"type": "pointerMove", "x": x, "y": y, "duration": 50, "origin": "viewport"} for x, y in (start, end)
        ]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        steps = [moves[0], down, moves[1], up] if clicks else moves
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self._ask("POST", f"/session/{self._session}/actions", {"actions": [mouse]})

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Since it was asked for last: "browser" is the console, "performance" has the network."""
        entries: list[dict[str, Any]] = self._ask("POST", f"/session/{self._session}/se/log", {"type": kind})
        return entries

    def requests(self) -> list[str]:
        """Addresses that were asked for."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def picture(self, file: pathlib.Path) -> None:
        """The whole page."""
        shot = {"format": "png", "captureBeyondViewport": True}
        file.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", shot)["data"]))

    def downloaded(self, name: str) -> str:
        """The text of a file that the page has saved."""
        file = pathlib.Path(self._profile) / name
        end = time.monotonic() + 20
        while not file.exists():
            assert time.monotonic() < end, f"{name} was not saved"
            time.sleep(0.05)
        return file.read_text()

    def print(self) -> bytes:
        """As PDF."""
        return base64.b64decode(self._ask("POST", f"/session/{self._session}/print", {}))
