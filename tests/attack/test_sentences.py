"""Values that no form sends, sentences that tell too much, and clocks that go wrong."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib_omost.artifacts import record as records
from lib_omost.errors import SettingsError
from lib_omost.llm.base import Sampling
from lib_omost.render.repaint import Repaint
from lib_omost.render.settings import RenderSettings
from lib_omost.sessions import Store, StoredMessage
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.discretion import discreet, without_folders
from lib_omost.ui.state.entries import NoticeEntry, Prompt
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.keeping import Keeper
from lib_omost.ui.state.page_state import Changes
from lib_omost.ui.widgets.settings.controls import _whole
from tests.attack.conftest import Served
from tests.scripted import REPLY

ENDLESS = int("9" * 400)


@pytest.mark.parametrize("value", [ENDLESS, -ENDLESS, float("nan"), float("inf"), None, "7", [1]])
def test_no_number_is_a_bug(value: Any) -> None:
    for made, name in (
        (Sampling, "temperature"),
        (Sampling, "seed"),
        (RenderSettings, "width"),
        (RenderSettings, "seed"),
    ):
        with pytest.raises(SettingsError) as error:
            made(**{name: value})
        assert len(str(error.value)) < 200
    with pytest.raises(SettingsError):
        RenderSettings(guidance_scale=value)
    with pytest.raises(SettingsError):
        Repaint((), 0, value)
    with pytest.raises(SettingsError):
        _whole("seed", value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("compose", [None, None, None, None, None]),
        ("compose", ["a boat", ENDLESS, None, None, None]),
        ("compose", ["a boat", None, ENDLESS, None, None]),
        ("edit", [REPLY, None, None, None, None, None]),
        ("edit", [None, "x", None, None, None, None]),
        ("check", [None]),
        ("check", [5]),
        ("render", [REPLY, ENDLESS, *[None] * 9]),
        ("render", [REPLY, *[None] * 7, {}, None, None]),
        ("repaint", [None, None, None, None, None, None]),
        ("repaint", ["x.png", "9" * 5000, None, None, None, None]),
    ],
)
def test_a_call_with_anything_is_answered_with_a_sentence(own_page: Served, name: str, data: list[Any]) -> None:
    status, answer = own_page.call(name, *data)
    assert status == 200
    assert "event: error" in answer
    assert "null" not in answer.partition("event: error")[2]
    assert "because of a bug" not in answer


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "It cannot be written to /home/ann/omost/outputs/a.png: no room.",
            "It cannot be written to …/a.png: no room.",
        ),
        (r"C:\Users\ann\x.json is damaged.", "…/x.json is damaged."),
        ("See https://huggingface.co/a/b and 3/4 of it.", "See https://huggingface.co/a/b and 3/4 of it."),
        ("in ~/.local/share/omost-studio.", "in …/omost-studio."),
        ("Add a boat and/or a tree.", "Add a boat and/or a tree."),
        ("/etc", "…/etc"),
    ],
)
def test_a_sentence_for_others_names_no_folder(text: str, shown: str) -> None:
    assert without_folders(text) == shown


def test_nothing_that_a_page_says_names_a_folder() -> None:
    said = "The folder /srv/secret/sessions cannot be read."
    changes: Changes = {
        "warning": said,
        "progress": {"text": said, "kind": "error"},
        "listed": {"kept": True, "notices": [said]},
        "models": {"parts": [{"message": said, "progress": None}]},
        "notes": {"notes": [], "error": None, "notices": [said]},
    }
    assert "secret" not in str(discreet(changes))
    assert "…/sessions" in str(discreet(changes))


def test_a_notice_in_a_chat_is_stored_as_it_is_shown(tmp_path: Path) -> None:
    """Otherwise what the browser sends back would be another branch."""
    store = Store(tmp_path / "sessions")
    keeper = Keeper(store, Gallery(tmp_path), public=True)
    said = NoticeEntry("The file /srv/secret/x.safetensors is missing.", "error")
    chat = Conversation((Prompt("a harbour"), said))
    shown = keeper.keep("page", {"chat": chat, "memory": chat.to_json()})["chat"]
    assert shown.entries[1].text == "The file …/x.safetensors is missing."
    later = shown + Prompt("again")
    keeper.keep("page", {"chat": later, "memory": later.to_json()})
    (found,) = store.summaries()
    assert len(store.load(found.id).messages) == 3
    unkept = Keeper(None, Gallery(tmp_path), public=True).keep("page", {"chat": chat, "memory": chat.to_json()})
    assert "secret" not in str(unkept)


def test_an_outputs_folder_that_cannot_be_written_to_is_not_named(tmp_path: Path) -> None:
    import gradio as gr

    from lib_omost.ui.serving.api import Api
    from lib_omost.ui.state.gallery import Gallery
    from tests.ui.brush import Brush
    from tests.ui.studios import open_studio

    (tmp_path / "secret").write_text("a file where a folder should be")
    studio = open_studio(painter=Brush())
    api = Api(studio, Gallery(tmp_path / "secret"), str, public=True)
    with pytest.raises(gr.Error) as error:
        list(api.render(REPLY, width=64, height=64, steps=2))
    assert "could not be written" in str(error.value)
    assert str(tmp_path) not in str(error.value)


class Stopped(datetime):
    """A clock that stands still, or goes back a second each time it is looked at."""

    back = 0

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        cls.back += 1
        return datetime(2026, 1, 31, 12, 0, tzinfo=tz) - timedelta(seconds=cls.back % 2)


def test_pictures_of_one_millisecond_and_a_clock_that_is_set_back_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    from lib_omost.canvas import interpret
    from lib_omost.render.settings import Picture

    monkeypatch.setattr(records, "datetime", Stopped)
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    record = records.Record(canvas, RenderSettings(), "painter")
    picture = Picture(0, 7, Image.new("RGB", (8, 8)), 0.1)
    assert len({records.save_picture(tmp_path, picture, record) for _ in range(50)}) == 50
    assert len(list(tmp_path.rglob("*.png"))) == 50

    monkeypatch.setattr("lib_omost.sessions.model.datetime", Stopped)
    store = Store(tmp_path / "sessions")
    names = {store.keep(None, [StoredMessage("prompt", f"{number}")]).id for number in range(30)}
    assert len(names) == 30
    for name in names:
        chat = [*store.load(name).path(), StoredMessage("reply", "x")]
        store.keep(name, chat)
        os.utime(store.folder / name / "session.json", (0, 0))  # both have the same time
        assert [message.kind for message in store.load(name).path()] == ["prompt", "reply"]
    assert {item.id for item in store.summaries()} == names
