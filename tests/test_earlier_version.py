"""Conversations, pictures and API clients of an earlier version still work; tests/fixtures/earlier holds its files."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lib_omost import cli
from lib_omost.artifacts.record import read_record_file
from lib_omost.canvas import Canvas, interpret
from lib_omost.render.settings import RenderSettings
from lib_omost.sessions import Store
from lib_omost.sessions.archive import import_archive
from lib_omost.ui.serving.api import Api
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper
from lib_omost.ui.state.shelf import Shelf
from tests.scripted import ScriptedComposer
from tests.ui.studios import PAGE, SAMPLING, open_studio, play, settled, tiny_painter

FILES = Path(__file__).with_name("fixtures") / "earlier"
ENDPOINTS: dict[str, Any] = json.loads((FILES / "api.json").read_text("utf-8"))
PROMPTS = ("a castle on a hill at night, a dragon in the sky", "make the dragon red")


def require_canvas(canvas: Canvas | None) -> None:
    """The canvas of the second round, with what was set by hand."""
    assert canvas is not None
    castle, dragon = canvas.regions
    assert canvas.global_description.description == "A castle on a hill and a red dragon in the sky."
    assert (castle.location, castle.offset, castle.distance) == ("on the bottom-left", "slightly to the upper", 3.5)
    assert (castle.weight, castle.negative_prompt) == (1.5, "a mast")
    assert (dragon.weight, dragon.negative_prompt) == (1.0, "")
    assert dragon.color_name == "red"


@pytest.fixture(scope="module")
def painter() -> Any:
    return tiny_painter()


@pytest.fixture
def composer() -> ScriptedComposer:
    return ScriptedComposer()


@pytest.fixture
def handlers(tmp_path: Path, composer: ScriptedComposer, painter: Any) -> Handlers:
    store = Store(tmp_path / "sessions")
    gallery = Gallery(tmp_path / "outputs", store)
    return Handlers(open_studio(composer, painter), gallery, Keeper(store, gallery))


def require_working_chat(handlers: Handlers, composer: ScriptedComposer, chat: Conversation) -> None:
    """`chat` is the earlier one; another picture and another round follow it."""
    assert settled(chat) == ["Prompt", "Reply", "Prompt", "Reply", "PictureEntry"]
    require_canvas(chat.canvas())
    settings = {"width": 64, "height": 64, "steps": 2, "seed": 11}
    page, _ = play(handlers.render(PAGE, chat, settings))
    assert settled(page["chat"])[-2:] == ["PictureEntry", "PictureEntry"]
    page, _ = play(handlers.send(PAGE, page["chat"], "make it day", SAMPLING))
    assert settled(page["chat"])[-3:] == ["Prompt", "Reply", "NoticeEntry"], "the last says what changed"
    history = composer.asked[-1][1:]
    assert tuple(message.text for message in history if message.role == "user") == (*PROMPTS, "make it day")
    shown = interpret(history[3].text).canvas
    assert shown is not None
    assert [region.negative_prompt for region in shown.regions] == ["", ""], "a model does not see the extension"


def test_an_exported_conversation_opens_on_the_page(handlers: Handlers, composer: ScriptedComposer) -> None:
    page, _ = play(Shelf(handlers).import_archive(PAGE, FILES / "conversation.zip"))
    assert page["settings"]["sampling"] == {"temperature": 0.5, "top_p": 0.9, "max_new_tokens": 1536, "seed": 7}
    assert page["settings"]["render"]["guidance_scale"] == 2.0
    name = page["chat"].last_picture()
    assert name is not None
    path = handlers.gallery.find(name)
    assert path is not None
    assert path.read_bytes() == (FILES / "picture.png").read_bytes()
    require_working_chat(handlers, composer, page["chat"])


def test_a_folder_of_conversations_is_read_in_place(tmp_path: Path) -> None:
    with zipfile.ZipFile(FILES / "conversation.zip") as archive:
        name = json.loads(archive.read("session.json"))["id"]
        archive.extractall(tmp_path / name)
    store = Store(tmp_path)
    (item,) = store.summaries()
    assert (item.id, item.title, item.prompts, item.pictures) == (name, PROMPTS[0], 2, 1)
    session = store.load(name)
    assert [message.kind for message in session.path()] == ["prompt", "reply", "prompt", "reply", "picture"]
    edited = session.path()[3]
    assert edited.by_hand
    original = next(message for message in session.children(edited.parent) if not message.by_hand)
    assert "negative_prompt" not in original.text, "the reply as the composer wrote it is a branch"
    assert store.notices() == []


def test_the_chat_in_a_browser_is_restored(handlers: Handlers, composer: ScriptedComposer) -> None:
    page, _ = play(handlers.opened(PAGE, json.loads((FILES / "browser.json").read_text("utf-8"))))
    require_working_chat(handlers, composer, page["chat"])


def test_a_picture_opens_on_the_page(handlers: Handlers, tmp_path: Path) -> None:
    picture = Path(shutil.copy(FILES / "picture.png", tmp_path))  # the store would link to the file itself
    page, _ = play(Shelf(handlers).import_archive(PAGE, picture))
    assert settled(page["chat"]) == ["Prompt", "Reply", "PictureEntry"]
    require_canvas(page["chat"].canvas())
    assert page["settings"]["render"]["seed"] == 11


def test_a_picture_opens_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["open", str(FILES / "picture.png"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["ok"], tuple(printed["prompts"]), printed["seed"]) == (True, PROMPTS, 11)
    assert (printed["painter"], printed["composer"], printed["notices"]) == ("embedded", "embedded", [])
    require_canvas(interpret(printed["code"]).canvas)


def test_a_picture_is_made_again_from_its_metadata(
    painter: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lib_omost.opening.studio.open_studio", lambda options: open_studio(painter=painter))
    made = tmp_path / "made.png"
    assert cli.main(["render", "--like", str(FILES / "picture.png"), "--steps", "2", "-o", str(made)]) == 0
    assert "weights of this image model differ" in capsys.readouterr().err
    before, after = read_record_file(FILES / "picture.png").record, read_record_file(made).record
    assert after.settings == replace(before.settings, steps=2)
    assert (after.canvas, after.prompts, after.composer_hash) == (before.canvas, before.prompts, before.composer_hash)
    with Image.open(made) as picture:
        assert picture.size == (256, 256)
        assert np.asarray(picture).std() > 1


def test_every_setting_of_a_picture_is_still_known() -> None:
    stored = json.loads(Image.open(FILES / "picture.png").info["omost"])["settings"]
    settings = read_record_file(FILES / "picture.png").record.settings
    assert {name: getattr(settings, name) for name in stored} == stored
    assert settings == RenderSettings(**stored)


@pytest.fixture(scope="module")
def api(painter: Any, tmp_path_factory: pytest.TempPathFactory) -> Api:
    return Api(open_studio(painter=painter), Gallery(tmp_path_factory.mktemp("outputs")), str)


def test_every_endpoint_takes_its_earlier_parameters_in_their_order(painter: Any, tmp_path: Path) -> None:
    from lib_omost.ui.serving.app import build_page

    described = build_page(open_studio(painter=painter), tmp_path).get_api_info()["named_endpoints"]
    for name, earlier in ENDPOINTS.items():
        parameters = [parameter["parameter_name"] for parameter in described[name]["parameters"]]
        assert parameters[: len(earlier["parameters"])] == earlier["parameters"], name
        added = described[name]["parameters"][len(earlier["parameters"]) :]
        assert all(parameter["parameter_has_default"] for parameter in added), name


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_every_answer_has_its_earlier_members(api: Api, name: str) -> None:
    code = read_record_file(FILES / "picture.png").code
    calls: dict[str, Callable[[], Any]] = {
        "/check": lambda: api.check(code),
        "/compose": lambda: list(api.compose(PROMPTS[0], seed=7, temperature=0.5, top_p=0.9, max_new_tokens=900))[-1],
        "/edit": lambda: list(api.edit(code, PROMPTS[1], seed=7))[-1],
        "/render": lambda: list(api.render(code, 64, 64, 2, 2.0, "", 11, 1))[-1],
    }
    answer, earlier = calls[name](), ENDPOINTS[name]
    assert set(answer) >= set(earlier["answer"])
    if "canvas" in earlier:
        assert set(answer["canvas"]["global"]) >= set(earlier["canvas"]["global"])
        assert set(answer["canvas"]["regions"][0]) >= set(earlier["canvas"]["regions"])
    if "picture" in earlier:
        assert set(answer["pictures"][0]) >= set(earlier["picture"])


def test_an_archive_keeps_the_seconds_and_ids_of_its_messages(tmp_path: Path) -> None:
    session, notices = import_archive(Store(tmp_path), FILES / "conversation.zip")
    with zipfile.ZipFile(FILES / "conversation.zip") as archive:
        stored = json.loads(archive.read("session.json"))["messages"]
    assert notices == ()
    assert [(message.id, message.parent, message.time) for message in session.messages] == [
        (message["id"], message["parent"], message.get("time", "")) for message in stored
    ]
