"""The whole program as a person uses it: the command, a browser, the embedded models.

Screenshots are kept in the folder named by OMOST_SCREENSHOTS, where one is named, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from lib_omost.canvas import Canvas, interpret

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MINUTE = 60_000
# A reply is sampled: any text that speaks of what was asked for is right.
FIGHTERS = "warrior|fighter|knight|soldier|hero|samurai|viking"
DRAGON = "dragon|drake|wyvern"
METEORITES = "meteor|comet|asteroid|shooting star|fireball|falling (rock|stone|star)"
OWN = ("Omost Studio is running on",)
"""The beginnings of the lines on the console."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome on this machine")


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("OMOST_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The page's address and the folder that its pictures go to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outputs = tmp_path / "outputs"
    command = [sys.executable, "gradio_app.py", "--port", str(port), "--outputs", str(outputs), "--device", "cpu"]
    command += ["--sessions", str(tmp_path / "sessions")]
    command += ["--composer", "embedded", "--painter", "embedded"]
    log = (tmp_path / "log.txt").open("w")
    # A new user's cache: the composer's base is unpacked for the first reply.
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        assert process.poll() is None, Path(log.name).read_text()
        yield f"http://127.0.0.1:{port}", outputs
        lines = Path(log.name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if not line.startswith(OWN)] == [], "a library speaks on the console"
    finally:
        process.terminate()
        process.wait(30)
        log.close()


BOX_WATCH = """() => {
  const timer = setInterval(() => {
    if (!document.querySelector("#layout .box")) return;
    window.writing = Boolean(document.querySelector("#stop"));
    clearInterval(timer);
  }, 10);
}"""
"""Notes whether a reply is still being written when the first box appears."""


def code_in(text: str) -> str:
    """The Canvas code of the last reply in the chat's text."""
    return text[text.rindex("# Initialize the canvas") :]


def canvas_in(text: str) -> Canvas:
    canvas = interpret(code_in(text)).canvas
    assert canvas is not None
    return canvas


def test_prompt_layout_picture_edit_picture(served: tuple[str, Path], screenshots: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    address, outputs = served
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        expect(page.locator("#prompt textarea")).to_be_visible(timeout=MINUTE)
        page.screenshot(path=screenshots / "1-start.png")

        page.get_by_label("Random seed").uncheck()
        page.evaluate(BOX_WATCH)
        box = page.locator("#prompt textarea")
        box.fill("generate an image of the fierce battle of warriors and a dragon")
        box.press("Enter")
        # The first box appears while the reply is still being written.
        expect(page.locator("#layout .box").first).to_be_visible(timeout=4 * MINUTE)
        assert page.evaluate("window.writing") is True
        page.screenshot(path=screenshots / "2-streaming.png")
        expect(page.locator("#stop")).to_be_hidden(timeout=4 * MINUTE)
        page.screenshot(path=screenshots / "3-layout.png")
        first = canvas_in(page.locator("#chat pre").last.text_content() or "")
        assert page.locator("#layout .box").count() == len(first.regions) >= 1
        said = " ".join(region.description.lower() for region in first.regions)
        assert re.search(FIGHTERS, said), said
        assert re.search(DRAGON, said), said

        page.locator("#render").click()
        expect(page.locator("#chat img").first).to_be_visible(timeout=3 * MINUTE)
        expect(page.locator("#stop")).to_be_hidden(timeout=MINUTE)
        page.screenshot(path=screenshots / "4-picture.png")
        (picture,) = outputs.rglob("*.png")
        with Image.open(picture) as image:
            assert image.size == (384, 384)
            assert "dragon" in image.text["omost"]  # type: ignore[attr-defined]
            assert max(ImageStat.Stat(image.convert("RGB")).stddev) > 20, "a flat picture shows nothing"

        box.fill("add some meteorites to the picture")
        box.press("Enter")
        expect(page.locator("#stop")).to_be_visible(timeout=MINUTE)
        expect(page.locator("#stop")).to_be_hidden(timeout=6 * MINUTE)
        page.screenshot(path=screenshots / "5-edited.png")
        edited = canvas_in(page.locator("#chat pre").last.text_content() or "")
        said = " ".join(region.description.lower() for region in edited.regions)
        assert re.search(METEORITES, said), said
        kept = {region.description for region in first.regions} & {region.description for region in edited.regions}
        assert len(kept) >= len(first.regions) / 2, (first.regions, edited.regions)

        page.locator("#render").click()
        expect(page.locator("#chat img")).to_have_count(2, timeout=3 * MINUTE)
        expect(page.locator("#stop")).to_be_hidden(timeout=MINUTE)
        page.screenshot(path=screenshots / "6-second-picture.png")
        assert len(list(outputs.rglob("*.png"))) == 2

        page.reload()
        expect(page.locator("#viewer .large img")).to_be_visible(timeout=MINUTE)
        expect(page.locator("#chat")).to_contain_text("add some meteorites", timeout=MINUTE)
        page.screenshot(path=screenshots / "7-reloaded.png")
        assert problems == []
        browser.close()
