"""The page as its user sees it in a real browser, and the composer behind it, which tests direct."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripted import REPLY, ScriptedComposer

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
expect.set_options(timeout=60_000)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium or google-chrome on the PATH")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ONE_BOX = REPLY.index("# Add a lighthouse.") // 16 + 1
"""Pieces of the reply after which the first region stands and the second has not begun."""
SHOTS = os.environ.get("OMOST_SCREENSHOTS")
"""A folder for pictures of the page as the tests leave it; none are made without it."""


class Stage:
    """The composer of the served page, which each test directs anew."""

    def __init__(self) -> None:
        self.composer = ScriptedComposer()
        self.direct()
        self.composer.before_piece = self._before_piece

    def direct(self, reply: str = REPLY, hold: int | None = None, hook: Callable[[int], object] | None = None) -> None:
        """What to reply; the reply stands still after `hold` pieces until `go_on` is called."""
        self.composer.reply, self.hold, self.hook = reply, hold, hook
        self.unknown: tuple[str, ...] = ()  # what the painter does not know
        self.composer.asked.clear()
        self._go_on = threading.Event()

    def go_on(self) -> None:
        self._go_on.set()

    def _before_piece(self, number: int) -> None:
        if self.hook is not None:
            self.hook(number)
        if number == self.hold:
            self._go_on.wait(120)


class Visitor:
    """One open tab, in the words of its user."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._watch)
        page.set_default_timeout(30_000)
        page.goto(address)
        expect(page.locator("#models .ready")).to_have_count(2, timeout=120_000)
        self.random_seed.uncheck()
        page.evaluate("scrollTo(0, 0)")  # on a phone the box lies far below

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def begin_anew(self) -> None:
        """An empty chat in the same tab, which is much quicker than a new one."""
        expect(self.stop).to_be_hidden()
        example = self.page.locator("#chat button.example").first
        was_empty = example.is_visible()
        self.page.locator("#new-chat").click()
        expect(example).to_be_visible()
        if was_empty:  # nothing on the page tells when the server has answered
            self.page.wait_for_timeout(300)
        self.random_seed.uncheck()
        self._number("Seed", 12345)
        self.page.evaluate("scrollTo(0, 0)")

    def say(self, prompt: str) -> None:
        self.page.fill("#prompt textarea", prompt)
        self.page.press("#prompt textarea", "Enter")

    def finished(self) -> None:
        expect(self.stop).to_be_hidden(timeout=30_000)
        expect(self.page.locator("#progress progress")).to_have_count(0)

    def talk(self, prompt: str = "a harbour") -> None:
        before = self.replies.count()
        self.say(prompt)
        expect(self.replies).to_have_count(before + 1)
        self.finished()

    def show_layout(self) -> None:
        """The layout again, in the place of a picture."""
        if not self.page.locator("#layout").is_visible():
            self.page.locator("#viewer").get_by_role("button", name="Layout").click()
        expect(self.page.locator("#layout")).to_be_visible()

    def set_steps(self, steps: int, count: int = 1, side: int = 64) -> None:
        if not self.page.get_by_label("number input for Steps").first.is_visible():
            self.page.get_by_role("button", name="Image settings").click()
        self._number("Steps", steps)
        self._number("Pictures", count)
        self._number("Width", side)
        self._number("Height", side)

    def _number(self, label: str, value: int) -> None:
        """gradio sets an input again a few frames after its accordion opens, so this repeats until the value stays."""
        box = self.page.get_by_label(label if label == "Seed" else f"number input for {label}", exact=True).first
        for _ in range(10):
            box.fill(str(value))
            box.press("Tab")
            self.page.wait_for_timeout(50)
            if box.input_value() == str(value):
                return
        raise AssertionError(f"{label} does not keep the value {value}")

    def leave(self, name: str) -> None:
        if SHOTS and not self.page.is_closed():
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png")
        errors, self.errors = self.errors, []
        assert errors == [], "an error in one of the page's scripts"
        assert self.elsewhere == [], "something was fetched from elsewhere"

    @property
    def random_seed(self) -> Any:
        return self.page.get_by_label("Random seed")

    @property
    def boxes(self) -> Any:
        return self.page.locator("#layout .box")

    @property
    def replies(self) -> Any:
        return self.page.locator("#chat pre")

    @property
    def pictures(self) -> Any:
        return self.page.locator("#chat img[alt^='Rendered picture']")

    @property
    def render(self) -> Any:
        return self.page.locator("#render")

    @property
    def stop(self) -> Any:
        return self.page.locator("#stop")

    @property
    def reason(self) -> Any:
        return self.page.locator("#reason")

    @property
    def progress(self) -> Any:
        return self.page.locator("#progress")
