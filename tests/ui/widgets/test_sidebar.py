"""Kept conversations in a real browser: the side bar, a reload, a restart, a dropped picture."""

from __future__ import annotations

import base64
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lib_omost.artifacts.record import Record, read_record_file, save_png
from lib_omost.canvas import interpret
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.sessions import Store
from lib_omost.sessions.pictures import import_picture
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import open_studio
from tests.ui.visitor import Visitor, expect, needs_browser

pytestmark = needs_browser


class Server:
    """The page on one port and folder, which can be started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        canvas = interpret(REPLY).canvas
        assert canvas is not None
        record = Record(canvas, RenderSettings(width=64, height=128, steps=3, seed=7), "tiny", prompts=("a harbour",))
        made = Picture(0, 7, Image.new("RGB", (64, 128), "navy"), 1.0)
        self.picture = save_png(folder / "mine.png", made, record)
        import_picture(self.store, self.picture, read_record_file(self.picture))
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    @property
    def store(self) -> Store:
        return Store(self.folder / "sessions")

    def start(self) -> None:
        from lib_omost.ui.serving.app import build_page, launch

        studio = open_studio(ScriptedComposer(), Brush())
        self.blocks = build_page(studio, self.folder / "outputs", self.store)
        launch(self.blocks, server_name="127.0.0.1", server_port=self.port)
        studio.start()

    def stop(self) -> None:
        self.blocks.close(verbose=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("kept"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def guest(browser: Any, server: Server) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Visitor(context.new_page(), server.address)
    context.close()


def steps(guest: Visitor) -> Any:
    box = guest.page.get_by_label("number input for Steps").first
    if not box.is_visible():
        guest.page.get_by_role("button", name="Image settings").click()
    return box


def open_sidebar(guest: Visitor) -> Any:
    sidebar = guest.page.locator("#sidebar")
    if "open" not in sidebar.get_attribute("class").split():
        sidebar.locator("button.toggle-button").click()
    expect(guest.page.locator("#sessions")).to_be_in_viewport()
    return guest.page.locator("#sessions .session")


def test_a_conversation_outlasts_a_reload_and_a_restart(guest: Visitor, server: Server) -> None:
    guest.talk("a castle")
    guest.set_steps(4)
    guest.render.click()
    expect(guest.pictures).to_have_count(1)
    guest.finished()
    server.stop()
    server.start()
    guest.page.reload()
    expect(guest.replies).to_contain_text("A red boat.")
    expect(guest.pictures).to_have_js_property("naturalWidth", 64)
    expect(steps(guest)).to_have_value("4")
    rows = open_sidebar(guest)
    expect(rows).to_have_count(2)
    expect(rows.locator("[aria-current=true]")).to_contain_text("a castle")
    rows.filter(has_text="a harbour").locator(".open").click()
    expect(rows.locator("[aria-current=true]")).to_contain_text("a harbour")
    expect(guest.pictures).to_have_js_property("naturalHeight", 128)
    expect(steps(guest)).to_have_value("3")
    guest.leave("conversations")


def test_rename_export_delete_and_take_in_again(guest: Visitor, server: Server, tmp_path: Path) -> None:
    rows = open_sidebar(guest)
    rows.filter(has_text="a harbour").locator(".open").click()
    expect(rows.locator("[aria-current=true]")).to_contain_text("a harbour")
    before = rows.count()
    rows.filter(has_text="a harbour").get_by_role("button", name="Rename").click()
    box = guest.page.get_by_label("New title")
    box.fill("The <b>quiet</b> harbour")
    box.press("Enter")
    row = rows.filter(has_text="The <b>quiet</b> harbour")
    expect(row).to_have_count(1)
    with guest.page.expect_download() as download:
        row.get_by_role("button", name="Export").click()
    path = tmp_path / "x.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 1
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Really delete").click()
    expect(rows).to_have_count(before - 1)
    expect(guest.replies).to_have_count(0)
    guest.page.locator("#sidebar input[type=file]").set_input_files(path)
    expect(row).to_have_count(1)
    expect(guest.pictures).to_have_count(1)
    expect(guest.replies).to_contain_text("A red boat.")
    guest.leave("taken-in")


DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type: "image/png" }));
  const at = document.querySelector("#chat");
  for (const kind of ["dragover", "drop"])
    at.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
}"""


def drop(guest: Visitor, name: str, data: bytes) -> None:
    guest.page.evaluate(DROP, [name, base64.b64encode(data).decode()])


def test_a_dropped_picture_restores_its_whole_record(guest: Visitor, server: Server) -> None:
    data = server.picture.read_bytes()
    guest.begin_anew()
    guest.set_steps(9, side=128)
    drop(guest, "mine.png", data)
    expect(guest.replies).to_contain_text("A red boat.")
    expect(guest.pictures).to_have_count(1)
    expect(guest.page.locator("#chat [data-testid=user]")).to_contain_text("a harbour")
    expect(steps(guest)).to_have_value("3")
    expect(guest.page.get_by_label("number input for Height").first).to_have_value("128")
    expect(guest.progress).to_contain_text("restored from this")
    count = len(server.store.summaries())
    for bad, sentence in ((b"hello", "is not a PNG"), (data[:40], "damaged"), (b"PK\x05\x06", "not a zip")):
        drop(guest, "other.png", bad)
        toast = guest.page.get_by_test_id("toast-body").filter(has_text=sentence)
        expect(toast.first).to_be_visible()
    assert len(server.store.summaries()) == count
    guest.leave("dropped")


def test_downloads_and_the_comparison(guest: Visitor, server: Server, tmp_path: Path) -> None:
    drop(guest, "mine.png", server.picture.read_bytes())
    expect(guest.pictures).to_have_count(1)
    guest.page.locator("#exports button", has_text="Download").first.click()  # the picture has one, too
    for form, ending in (("Everything, as a zip", ".zip"), ("Layout as SVG", ".svg")):
        guest.page.locator("#exports input").click()
        guest.page.get_by_role("option", name=form).click()
        with guest.page.expect_download() as download:
            guest.page.locator("#download").click()
        assert re.fullmatch(rf"a-harbour-\d{{6}}\{ending}", download.value.suggested_filename)
        download.value.save_as(tmp_path / f"saved{ending}")
    with zipfile.ZipFile(tmp_path / "saved.zip") as archive:
        assert sum(entry.startswith("masks/") for entry in archive.namelist()) == 2
    assert "A red boat." in (tmp_path / "saved.svg").read_text("utf-8")
    guest.page.get_by_role("button", name="Compare layout and picture").click()
    images = guest.page.locator("#compare img")
    expect(images).to_have_count(2)
    expect(images.last).to_have_css("opacity", "0.5")
    guest.page.get_by_role("button", name="Picture", exact=True).last.click()
    expect(images.last).to_have_css("opacity", "1")
    guest.page.get_by_role("button", name="Layout", exact=True).click()
    expect(images).to_have_count(1)
    guest.page.get_by_role("button", name="Both", exact=True).click()
    guest.page.get_by_label("Opacity of the picture").fill("80")
    expect(images.last).to_have_css("opacity", "0.8")
    expect(images.first).to_have_js_property("naturalHeight", 128)
    guest.leave("compared")


@pytest.mark.parametrize("width", [1440, 390])
def test_conversations_have_pictures_tools_and_a_search(browser: Any, server: Server, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    guest = Visitor(context.new_page(), server.address)
    guest.talk(f"a very long title of a conversation about windmills, {width}, which does not fit into the side bar")
    guest.finished()
    rows = open_sidebar(guest)
    row = rows.filter(has_text=f"windmills, {width}")
    for name in ("Rename", "Export", "Delete"):
        expect(row.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    wide = guest.page.evaluate(
        "[...document.querySelectorAll('#sidebar, #sidebar *')].filter((node) => node.clientWidth > 0"
        " && node.scrollWidth > node.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(node).overflowX)).length"
    )
    assert wide == 0
    assert row.locator("img.thumbnail").count() == 0
    expect(rows.locator("img.thumbnail").first).to_have_js_property("complete", True)
    assert rows.locator("img.thumbnail").first.evaluate("image => image.naturalWidth") > 8
    search = guest.page.get_by_label("Search conversations")
    search.fill(f"WINDMILLS, {width}")
    expect(rows).to_have_count(1)
    expect(search).to_be_focused()
    search.fill("nothing of the kind")
    expect(rows).to_have_count(0)
    expect(guest.page.locator("#sessions")).to_contain_text("No conversation has these words")
    guest.leave(f"sidebar-{width}")
    context.close()
