from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib_omost.canvas import Interpretation, interpret
from lib_omost.canvas.layouts import read_layout
from lib_omost.sessions import Store
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.editing import Edit
from lib_omost.ui.state.entries import NoticeEntry, Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper, conversation, file_name
from lib_omost.ui.state.page_state import Changes
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import PAGE, SAMPLING, SETTINGS, open_studio, play, settled


def open_kept(folder: Path, composer: Any = None) -> Handlers:
    """Handlers as after a start of the program: everything they know of the past is below `folder`."""
    store = Store(folder / "sessions")
    gallery = Gallery(folder / "outputs", store)
    return Handlers(open_studio(composer, Brush()), gallery, Keeper(store, gallery))


def store_of(handlers: Handlers) -> Store:
    assert handlers.keeper.store is not None
    return handlers.keeper.store


def reopened(folder: Path, memory: Any) -> tuple[Handlers, dict[str, Any]]:
    handlers = open_kept(folder)
    page, _ = play(handlers.opened("another page", memory))
    return handlers, dict(page)


def test_a_chat_is_there_again_after_a_restart_with_pictures_and_settings(tmp_path: Path) -> None:
    handlers = open_kept(tmp_path)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    page, _ = play(handlers.render(PAGE, page["chat"], {**SETTINGS, "count": 2}))
    assert list(page["memory"]) == ["session"], "the browser remembers a name only"
    again, shown = reopened(tmp_path, page["memory"])
    assert settled(shown["chat"]) == ["Prompt", "Reply", "PictureEntry", "PictureEntry"]
    assert shown["chat"].entries[:2] == (Prompt("a harbour"), Reply(REPLY))
    assert [entry.caption for entry in shown["chat"].entries[2:]] == [e.caption for e in page["chat"].entries[2:]]
    for entry in shown["chat"].entries[2:]:
        assert again.gallery.find(entry.name) is not None
    assert shown["settings"] == {"sampling": SAMPLING, "render": {**SETTINGS, "count": 2}}
    assert len(shown["chat"].canvas().regions) == 2
    assert [item["title"] for item in shown["listed"]["sessions"]] == ["a harbour"]
    assert shown["listed"]["current"] == page["memory"]["session"]
    # Going on adds to the same conversation, though its pictures have other names now.
    page, _ = play(again.send("another page", shown["chat"], "make it night", SAMPLING))
    assert len(store_of(again).summaries()) == 1
    assert len(store_of(again).load(page["memory"]["session"]).messages) == 7, "with the line that says what changed"


def test_every_piece_is_on_disk_before_the_page_shows_it(tmp_path: Path) -> None:
    handlers = open_kept(tmp_path, ScriptedComposer(before_piece=lambda number: time.sleep(0.01)))
    seen = 0
    for change in handlers.send(PAGE, Conversation(), "a harbour", SAMPLING):
        if change.get("busy") == "chat":
            name = change["memory"]["session"]
        text = (
            "".join(entry.text for entry in change["chat"].entries if isinstance(entry, Reply))
            if "chat" in change
            else ""
        )
        if text and seen < 5:
            seen += 1
            written = conversation(Store(tmp_path / "sessions")._read_or_new(name))
            (journal,) = (tmp_path / "sessions" / name).glob("reply-*")
            assert written.entries == (Prompt("a harbour"),)
            assert len(journal.read_bytes().split(b"\n")) - 2 >= len(text) // 16
    assert seen
    assert not list((tmp_path / "sessions" / name).glob("reply-*"))


def test_a_reply_whose_page_was_closed_is_kept(tmp_path: Path) -> None:
    handlers = open_kept(tmp_path, ScriptedComposer(before_piece=lambda number: time.sleep(0.01)))
    talk = handlers.send(PAGE, Conversation(), "a harbour", SAMPLING)
    page: Any = {}
    while (canvas := page.get("chat", Conversation()).canvas()) is None or not canvas.regions:
        page |= next(talk)
    talk.close()
    deadline = time.monotonic() + 20
    while list((tmp_path / "sessions").rglob("reply-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    _, shown = reopened(tmp_path, page["memory"])
    assert settled(shown["chat"]) == ["Prompt", "Reply", "NoticeEntry"]
    assert "cut off" in shown["chat"].entries[2].text
    assert shown["chat"].entries[1].text.startswith(page["chat"].entries[1].text)
    assert len(shown["chat"].canvas().regions) >= 1


def test_undo_and_retry_stay_in_one_conversation_and_keep_the_branches(tmp_path: Path) -> None:
    composer = ScriptedComposer()
    handlers = open_kept(tmp_path, composer)
    first, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    composer.reply = REPLY.replace("A red boat.", "A green boat.")
    second, _ = play(handlers.retry(PAGE, first["chat"], SAMPLING))
    play(handlers.undo(PAGE, second["chat"], Conversation()))
    (item,) = store_of(handlers).summaries()
    session = store_of(handlers).load(item.id)
    assert [message.kind for message in session.messages] == ["prompt", "reply", "reply"]
    assert session.path() == ()


def test_a_new_chat_is_a_new_conversation_and_undo_goes_back_to_the_old(tmp_path: Path) -> None:
    handlers = open_kept(tmp_path)
    first, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    empty, _ = play(handlers.new_chat(PAGE, first["chat"]))
    assert empty["memory"] == {"session": None}
    back, _ = play(handlers.undo(PAGE, Conversation(), first["chat"]))
    assert back["memory"] == first["memory"]
    play(handlers.new_chat(PAGE, back["chat"]))
    play(handlers.send(PAGE, Conversation(), "a castle", SAMPLING))
    assert sorted(item.title for item in store_of(handlers).summaries()) == ["a castle", "a harbour"]


def test_a_page_that_outlives_the_server_goes_on_with_its_conversation(tmp_path: Path) -> None:
    first, _ = play(open_kept(tmp_path).send(PAGE, Conversation(), "a harbour", SAMPLING))
    handlers = open_kept(tmp_path)
    play(handlers.send(PAGE, first["chat"], "make it night", SAMPLING))
    assert [item.prompts for item in store_of(handlers).summaries()] == [2]


def test_a_conversation_that_is_gone_is_reported_and_an_old_memory_is_taken_over(tmp_path: Path) -> None:
    handlers, page = reopened(tmp_path, {"session": "20260101-000000-000000"})
    assert "no such conversation" in page["warning"]
    assert page["chat"] == Conversation()
    talk = Conversation((Prompt("a harbour"), Reply(REPLY), NoticeEntry("x")))
    handlers, page = reopened(tmp_path, talk.to_json())
    assert page["chat"] == talk
    assert [item.title for item in store_of(handlers).summaries()] == ["a harbour"]


def test_a_disk_that_cannot_be_written_to_is_reported_and_the_browser_stores_the_chat(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file where a folder should be")
    handlers = open_kept(tmp_path)
    page, steps = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert "cannot be kept" in next(step["warning"] for step in steps if "warning" in step)
    assert page["memory"] == page["chat"].to_json()
    assert page["chat"].entries == (Prompt("a harbour"), Reply(REPLY))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("2026-11-23/034455-123-seed7.png", "2026-11-23-034455-123-seed7.png"),
        ("20261123-034455-0a1b2c/x-1.png", "x-1.png"),
        ("../../etc/passwd", "etc-passwd.png"),
        ("\u0000/….png", "picture.png"),
        ("a" * 500, "a" * 90 + ".png"),
    ],
)
def test_a_pictures_name_becomes_a_plain_file_name(name: str, file: str) -> None:
    assert file_name(name) == file


def test_a_reply_that_was_broken_by_hand_stays_the_chats_canvas_after_a_reload(tmp_path: Path) -> None:
    composer = ScriptedComposer()
    handlers = open_kept(tmp_path, composer)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    composer.reply = REPLY.replace("A red boat.", "A green boat.")
    page, _ = play(handlers.send(PAGE, page["chat"], "make it green", SAMPLING))
    broken, _ = play(handlers.code_edited(PAGE, page["chat"], "canvas = "))
    assert broken["chat"].canvas() is None
    again, shown = reopened(tmp_path, broken["memory"])
    assert shown["chat"] == broken["chat"]
    assert (shown["chat"].canvas(), shown["chat"].turn(), shown["code"]) == (None, 3, "canvas = ")
    assert not shown["ready"]
    refused, _ = play(again.render("another page", shown["chat"], SETTINGS))
    assert "Nothing to render yet" in refused["warning"]
    mended, _ = play(again.code_edited("another page", shown["chat"], REPLY))
    assert mended["chat"].entries == (*page["chat"].entries[:3], Reply(REPLY), page["chat"].entries[4])


def test_a_version_of_a_reply_keeps_whether_it_was_changed_by_hand(tmp_path: Path) -> None:
    handlers = open_kept(tmp_path)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    broken, _ = play(handlers.code_edited(PAGE, page["chat"], "canvas = "))
    again, _ = reopened(tmp_path, broken["memory"])
    written, _ = play(again.switched("another page", broken["chat"], 1, 1))
    assert [entry.by_hand for entry in written["chat"].entries[1:]] == [False]
    broken, _ = play(again.switched("another page", written["chat"], 1, 1))
    assert [entry.by_hand for entry in broken["chat"].entries[1:]] == [True]
    unasked, _ = play(open_kept(tmp_path / "other").code_edited(PAGE, Conversation(), "canvas = "))
    _, shown = reopened(tmp_path / "other", unasked["memory"])
    assert [entry.by_hand for entry in shown["chat"].entries[1:]] == [True], "a canvas that was never asked for"


def test_every_version_of_a_reply_is_interpreted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def counted(reply: str) -> Interpretation:
        texts.append(reply)
        return interpret(reply)

    def reloaded(page: Changes) -> Conversation:
        """The chat of the page, which the browser sends back with every event."""
        return Conversation.from_json(page["chat"].to_json())

    monkeypatch.setattr("lib_omost.canvas.layouts.interpret", counted)
    read_layout.cache_clear()
    handlers = open_kept(tmp_path)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    for _ in range(3):
        handlers.status(PAGE, reloaded(page))
    page, _ = play(handlers.render(PAGE, reloaded(page), SETTINGS))
    assert texts == [REPLY]
    canvas = reloaded(page).canvas()
    assert canvas is not None
    moved = replace(canvas, regions=(replace(canvas.regions[0], weight=2.0), *canvas.regions[1:]))
    page, _ = play(handlers.hand_edited(PAGE, reloaded(page), Edit(moved, reloaded(page).turn())))
    page, _ = play(handlers.render(PAGE, reloaded(page), SETTINGS))
    assert texts == [REPLY, reloaded(page).code()]


def test_a_page_that_is_restored_after_its_first_prompt_goes_on_with_that(tmp_path: Path) -> None:
    """The browser sends a prompt at once; the event that restores the page is slower on a busy machine."""
    handlers = open_kept(tmp_path)
    chat: Changes = {}
    for number, change in enumerate(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING)):
        chat |= change
        if number == 1:
            late, _ = play(handlers.opened(PAGE, None))
            assert not {"chat", "busy", "session", "layout", "memory"} & set(late)
            assert "models" in late
    (listed,) = store_of(handlers).summaries()
    session = store_of(handlers).load(listed.id)
    assert [message.kind for message in session.messages] == ["prompt", "reply"]
    assert chat["memory"] == {"session": listed.id}
