from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lib_omost.artifacts.exports import layout_json
from lib_omost.artifacts.record import Record, save_png
from lib_omost.canvas import interpret
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.downloads import FORMS, Downloads
from lib_omost.ui.state.entries import Prompt, Reply
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.shelf import Shelf
from tests.scripted import REPLY
from tests.ui.state.test_keeping import open_kept, store_of
from tests.ui.studios import PAGE, SAMPLING, SETTINGS, open_handlers, play, settled

TALK = Conversation((Prompt("a harbour"), Reply(REPLY)))


@pytest.fixture
def handlers(tmp_path: Path) -> Handlers:
    return open_kept(tmp_path)


@pytest.fixture
def shelf(handlers: Handlers) -> Shelf:
    return Shelf(handlers)


@pytest.fixture
def kept(handlers: Handlers) -> dict[str, Any]:
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    page, _ = play(handlers.render(PAGE, page["chat"], SETTINGS))
    return dict(page)


def titles(page: Any) -> list[str]:
    return [item["title"] for item in page["listed"]["sessions"]]


def test_a_conversation_opens_as_it_was_left(shelf: Shelf, kept: dict[str, Any]) -> None:
    play(shelf.handlers.new_chat(PAGE, kept["chat"]))
    page, _ = play(shelf.chosen(PAGE, "open", kept["memory"]["session"], ""))
    assert settled(page["chat"]) == ["Prompt", "Reply", "PictureEntry"]
    assert page["settings"]["render"] == SETTINGS
    assert page["listed"]["current"] == kept["memory"]["session"]
    page, _ = play(shelf.handlers.send(PAGE, page["chat"], "make it night", SAMPLING))
    assert page["memory"] == kept["memory"]


def test_a_sampler_that_the_painter_lacks_does_not_return_with_a_conversation(
    shelf: Shelf, kept: dict[str, Any], tmp_path: Path
) -> None:
    """As after a switch from FLUX.2 to SDXL: the settings would be refused at each render."""
    flow = {**SETTINGS, "sampler": "flow"}
    page, _ = play(shelf.handlers.render(PAGE, kept["chat"], flow))
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    made = Picture(0, 7, Image.new("RGB", (64, 64)), 1.0)
    picture = save_png(tmp_path / "flow.png", made, Record(canvas, RenderSettings(**flow), "tiny"))
    opened = [
        play(shelf.handlers.opened("reloaded", page["memory"]))[0],
        play(shelf.chosen(PAGE, "open", kept["memory"]["session"], ""))[0],
        play(shelf.import_archive(PAGE, picture))[0],
    ]
    assert [each["settings"]["render"]["sampler"] for each in opened] == ["dpm++"] * 3


def test_rename_and_delete(shelf: Shelf, kept: dict[str, Any]) -> None:
    name = kept["memory"]["session"]
    page, _ = play(shelf.chosen(PAGE, "rename", name, "Mine"))
    assert titles(page) == ["Mine"]
    page, _ = play(shelf.chosen(PAGE, "delete", name, ""))
    assert page["chat"] == Conversation()
    assert store_of(shelf.handlers).summaries() == []
    page, _ = play(shelf.chosen(PAGE, "delete", name, ""))
    assert "no such conversation" in page["warning"]
    assert play(shelf.chosen(PAGE, "explode", name, ""))[1] == []


def test_a_conversation_goes_out_and_comes_in(shelf: Shelf, kept: dict[str, Any], tmp_path: Path) -> None:
    for change in shelf.chosen(PAGE, "export", kept["memory"]["session"], ""):
        path, _ = change["handed_out"]
        assert path.name == "a-harbour.zip"
        copy = tmp_path / "copy.zip"
        copy.write_bytes(path.read_bytes())
    assert not path.exists()
    page, _ = play(shelf.import_archive("another page", copy))
    assert settled(page["chat"]) == ["Prompt", "Reply", "PictureEntry"]
    assert page["memory"]["session"] != kept["memory"]["session"]
    assert titles(page) == ["a harbour", "a harbour"]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    record = Record(canvas, RenderSettings(width=64, height=64, steps=9, seed=7), "tiny", prompts=("a harbour",))
    return save_png(tmp_path / "a b.png", Picture(0, 7, Image.new("RGB", (64, 64)), 1.0), record)


def test_a_picture_brings_back_its_round_and_settings(shelf: Shelf, picture: Path) -> None:
    page, _ = play(shelf.import_archive(PAGE, picture))
    assert page["chat"].entries[0] == Prompt("a harbour")
    assert page["chat"].canvas() == interpret(REPLY).canvas
    assert shelf.handlers.gallery.find(page["chat"].entries[2].name) is not None
    assert (page["settings"]["render"]["steps"], page["settings"]["render"]["seed"]) == (9, 7)
    assert page["progress"]["text"] == "Layout and settings restored from this picture."


def test_a_picture_opens_also_where_nothing_is_kept(tmp_path: Path, picture: Path) -> None:
    shelf = Shelf(open_handlers(tmp_path / "outputs"))
    page, _ = play(shelf.import_archive(PAGE, picture))
    assert settled(page["chat"]) == ["Prompt", "Reply"]
    page, _ = play(shelf.chosen(PAGE, "open", "20260101-000000-000000", ""))
    assert "not saved here" in page["warning"]


def test_what_cannot_be_opened_is_reported_and_changes_nothing(
    shelf: Shelf, kept: dict[str, Any], tmp_path: Path
) -> None:
    for data in (b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"hello"):
        path = tmp_path / "x"
        path.write_bytes(data)
        page, _ = play(shelf.import_archive(PAGE, path))
        assert list(page) == ["warning"]
    assert len(store_of(shelf.handlers).summaries()) == 1


def test_a_page_at_work_opens_nothing(shelf: Shelf, kept: dict[str, Any], picture: Path) -> None:
    talk = shelf.handlers.send(PAGE, kept["chat"], "more", SAMPLING)
    next(talk)
    name = kept["memory"]["session"]
    for refused in (shelf.open(PAGE, name), shelf.delete(PAGE, name), shelf.import_archive(PAGE, picture)):
        assert "is busy" in play(refused)[0]["warning"]
    list(talk)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_can_be_downloaded(handlers: Handlers, kept: dict[str, Any], form: str) -> None:
    for change in Downloads(handlers.gallery).hand_out(PAGE, kept["chat"], form, 64, 128):
        path, _ = change["handed_out"]
        assert path.stat().st_size > 50
        if form == "everything":
            with zipfile.ZipFile(path) as archive:
                assert {"layout.json", "canvas.txt", "layout-and-picture.png"} <= set(archive.namelist())
                assert sum(name.startswith("pictures/") for name in archive.namelist()) == 1
                assert sum(name.startswith("masks/") for name in archive.namelist()) == 2
    assert not path.exists()


def test_layout_and_picture_are_compared(handlers: Handlers, kept: dict[str, Any]) -> None:
    downloads = Downloads(handlers.gallery)
    value = downloads.comparison(PAGE, kept["chat"], 640, 640)
    assert value["layout"].startswith("data:image/png")
    assert value["picture"].startswith("data:image/jpeg")
    value = downloads.comparison(PAGE, TALK, 640, 320)
    assert value["picture"] is None
    assert "render one" in value["hint"]
    assert downloads.comparison(PAGE, Conversation(), 64, 64)["layout"] is None
    assert play(downloads.hand_out(PAGE, Conversation(), "svg", 64, 64))[0]["warning"].startswith(
        "Nothing to render yet"
    )


COMFY = """[
 {"rect": [0, 90, 0, 90], "prefixes": ["A boy in a boat."], "suffixes": ["It is calm."], "color": [211, 211, 211]},
 {"rect": [5, 45, 0, 55], "prefixes": ["A boy in a boat.", "A lake."], "suffixes": [], "color": [173, 216, 230]}
]"""


@pytest.mark.parametrize("form", ["code", "json", "comfy", "utf-16"])
def test_a_layout_is_opened_as_a_chat_of_its_own(shelf: Shelf, kept: dict[str, Any], tmp_path: Path, form: str) -> None:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    data = {
        "code": REPLY.encode(), "json": layout_json(canvas, 64, 64).encode(), "comfy": COMFY.encode(),
        "utf-16": REPLY.encode("utf-16"),
    }[form]  # fmt: skip
    (tmp_path / "a.txt").write_bytes(data)
    page, _ = play(shelf.import_archive(PAGE, tmp_path / "a.txt"))
    opened = page["chat"].canvas()
    assert opened is not None
    assert [region.description for region in opened.regions] == (
        ["A lake."] if form == "comfy" else ["A red boat.", "A white lighthouse."]
    )
    assert page["chat"].entries[-1].by_hand
    assert page["layout"]["canvas"] is not None
    assert "restored from this file." in page["progress"]["text"]
    assert page["memory"]["session"] != kept["memory"]["session"], "the earlier chat stays as it is"


def test_the_layout_opens_from_a_zip_of_all_exports(shelf: Shelf, kept: dict[str, Any], tmp_path: Path) -> None:
    downloads = Downloads(shelf.handlers.gallery)
    for changes in downloads.hand_out(PAGE, kept["chat"], "everything", 64, 64):  # the file lasts until the next step
        page, _ = play(shelf.import_archive(PAGE, changes["handed_out"][0]))
    assert page["chat"].canvas() == kept["chat"].canvas()
    assert page["chat"].entries[-1].by_hand
    for content, sentence in ((b"{}", "There is no layout in bad.zip"), (b" " * 2**21, "unpacks to more than")):
        with zipfile.ZipFile(tmp_path / "bad.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("layout.json", content)
        page, _ = play(shelf.import_archive(PAGE, tmp_path / "bad.zip"))
        assert sentence in page["warning"]
        assert "chat" not in page


def test_a_text_without_a_layout_is_a_warning(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Nothing is here.")
    page, _ = play(shelf.import_archive(PAGE, tmp_path / "a.txt"))
    assert page["warning"].startswith("There is no layout in a.txt: it may hold Canvas code")
    assert "chat" not in page
