from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lib_omost.canvas import Canvas, interpret
from lib_omost.sessions import Store
from lib_omost.ui.state import branches
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.editing import Edit, applied
from lib_omost.ui.state.entries import PictureEntry, Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.studios import PAGE, SAMPLING, open_handlers, open_studio, play

DAY, NIGHT = REPLY, REPLY.replace("dusk", "night")


def marks(page: Any) -> list[tuple[int, str, int, int]]:
    return [(fork["at"], fork["kind"], fork["version"], fork["versions"]) for fork in page["branches"]]


def test_a_retry_keeps_the_reply_that_it_replaces_a_step_away(tmp_path: Path) -> None:
    composer = ScriptedComposer(DAY)
    handlers = open_handlers(tmp_path, composer)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert page["branches"] == []
    composer.reply = NIGHT
    page, _ = play(handlers.retry(PAGE, page["chat"], SAMPLING))
    assert marks(page) == [(1, "Reply", 2, 2)]
    page, _ = play(handlers.retry(PAGE, page["chat"], SAMPLING))
    assert marks(page) == [(1, "Reply", 2, 2)], "the same words again are the same version"
    back, _ = play(handlers.switched(PAGE, page["chat"], 1, -1))
    assert back["chat"] == Conversation((Prompt("a harbour"), Reply(DAY)))
    assert marks(back) == [(1, "Reply", 1, 2)]
    assert back["layout"]["canvas"]["global"]["description"] == "A quiet harbour at dusk."
    again, _ = play(handlers.switched(PAGE, back["chat"], 1, 1))
    assert again["chat"] == page["chat"]
    assert "warning" in play(handlers.switched(PAGE, again["chat"], 0, 1))[0], "the prompt has no other version"
    for at in (-1, 7):
        assert "warning" in play(handlers.switched(PAGE, again["chat"], at, 1))[0]
    assert "warning" in play(handlers.switched("another page", again["chat"], 1, 1))[0]


def test_an_undo_can_be_taken_back_and_a_new_round_leaves_the_old_one_beside_it(tmp_path: Path) -> None:
    composer = ScriptedComposer(DAY)
    handlers = open_handlers(tmp_path, composer)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    composer.reply = NIGHT
    long, _ = play(handlers.send(PAGE, page["chat"], "make it night", SAMPLING))
    short, _ = play(handlers.undo(PAGE, long["chat"], Conversation()))
    assert short["chat"] == page["chat"]
    assert short["branches"] == []
    assert play(handlers.redo(PAGE, short["chat"]))[0]["chat"] == long["chat"]
    assert list(play(handlers.redo(PAGE, long["chat"]))[0]) == ["warning"]
    play(handlers.undo(PAGE, long["chat"], Conversation()))
    other, _ = play(handlers.send(PAGE, short["chat"], "add a moon", SAMPLING))
    assert marks(other) == [(2, "Prompt", 2, 2)]
    assert play(handlers.switched(PAGE, other["chat"], 2, 1))[0]["chat"] == long["chat"]


def test_an_earlier_prompt_or_reply_is_edited_and_the_chat_goes_on_from_there(tmp_path: Path) -> None:
    composer = ScriptedComposer(DAY)
    handlers = open_handlers(tmp_path, composer)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    composer.reply = NIGHT
    long, _ = play(handlers.send(PAGE, page["chat"], "make it night", SAMPLING))
    entries = long["chat"].entries
    # A reply in the middle: the prompt that follows it is asked again after the edited canvas.
    edited = DAY.replace("A red boat.", "A tall ship.")
    composer.asked.clear()
    page, _ = play(handlers.edited(PAGE, Conversation((entries[0], Reply(edited), *entries[2:])), 1, SAMPLING))
    assert [message.text for message in composer.asked[0][1:]] == ["a harbour", edited, "make it night"]
    assert page["chat"].entries[:-1] == (entries[0], Reply(edited), entries[2], Reply(NIGHT))
    assert marks(page) == [(1, "Reply", 2, 2)]
    # A prompt in the middle.
    page, _ = play(handlers.edited(PAGE, Conversation((Prompt("a lake"), *page["chat"].entries[1:])), 0, SAMPLING))
    assert page["chat"].entries == (Prompt("a lake"), Reply(NIGHT))
    assert marks(page) == [(0, "Prompt", 2, 2)]
    assert page["later"] == ("make it night",)
    composer.asked.clear()
    again, _ = play(handlers.run_later(PAGE, page["chat"], page["later"], SAMPLING))
    assert [message.text for message in composer.asked[0][1:]] == ["a lake", NIGHT, "make it night"]
    assert again["chat"].entries[:2] == page["chat"].entries
    assert again["later"] == ()
    play(handlers.undo(PAGE, again["chat"], Conversation()))
    back, _ = play(handlers.switched(PAGE, page["chat"], 0, 1))
    back, _ = play(handlers.switched(PAGE, back["chat"], 1, 1))
    assert back["chat"] == long["chat"], "the very first way is still there, whole"


def test_edits_by_hand_are_one_version_beside_the_reply_as_it_was_written(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    for weather in ("rain", "snow", "wind"):
        canvas = interpret(REPLY.replace("dusk", weather)).canvas
        assert canvas is not None
        page, _ = play(handlers.hand_edited(PAGE, page["chat"], Edit(canvas, 1)))
    assert [fork["versions"] for fork in page["branches"]] == [2]
    written, _ = play(handlers.switched(PAGE, page["chat"], 1, 1))
    assert written["chat"].entries[1] == Reply(REPLY)
    hand, _ = play(handlers.switched(PAGE, written["chat"], 1, 1))
    assert hand["chat"] == page["chat"]


def test_a_picture_stays_with_its_layout_while_edits_are_undone_and_redone(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    talk = Conversation((Prompt("a harbour"), Reply(REPLY)))
    before, after = talk.canvas(), interpret(REPLY.replace("dusk", "noon")).canvas
    assert before is not None
    assert after is not None
    play(handlers.opened(PAGE, talk.to_json()))

    def painted(chat: Conversation, name: str) -> Conversation:
        made = chat + PictureEntry(name, "", "")
        handlers.branches.follow(PAGE, {"chat": made, "memory": made.to_json()})
        return made

    def edited(chat: Conversation, canvas: Canvas) -> Conversation:
        made: Conversation = play(handlers.hand_edited(PAGE, chat, Edit(canvas, chat.turn())))[0]["chat"]
        return made

    def stepped(chat: Conversation, *, back: bool) -> Conversation:
        steps = handlers.undo(PAGE, chat, Conversation()) if back else handlers.redo(PAGE, chat)
        made: Conversation = play(steps)[0]["chat"]
        return made

    whole = painted(edited(painted(talk, "a.png"), after), "b.png")
    chat = stepped(edited(stepped(whole, back=True), before), back=True)
    assert chat == talk
    chat = stepped(chat, back=False)
    assert chat.last_picture() == "a.png"
    for canvas in (after, before, after):
        chat = edited(chat, canvas)
    assert stepped(chat, back=False) == whole


def test_an_edit_that_an_undo_has_overtaken_brings_nothing_back(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    chat = Conversation((Prompt("a harbour"), Reply(REPLY), PictureEntry("a.png", "", "")))
    play(handlers.opened(PAGE, chat.to_json()))
    canvas = interpret(REPLY.replace("dusk", "noon")).canvas
    assert canvas is not None
    edit = Edit(canvas, 1, number=3)
    page, _ = play(handlers.undo(PAGE, applied(chat, edit), Conversation(), edit.number))
    assert page["chat"] == chat
    assert play(handlers.hand_edited(PAGE, chat, edit))[0] == {}
    later, _ = play(handlers.hand_edited(PAGE, chat, Edit(canvas, 1, number=4)))
    assert later["chat"].canvas() == canvas


def test_branches_outlast_the_server(tmp_path: Path) -> None:
    def start(reply: str) -> Handlers:
        store = Store(tmp_path / "sessions")
        gallery = Gallery(tmp_path / "outputs", store)
        return Handlers(open_studio(ScriptedComposer(reply)), gallery, Keeper(store, gallery))

    handlers = start(DAY)
    page, _ = play(handlers.opened(PAGE, None))
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    page, _ = play(start(NIGHT).opened("new", page["memory"]))
    handlers = start(NIGHT)
    opened, _ = play(handlers.opened(PAGE, page["memory"]))
    assert opened["chat"].entries[1] == Reply(DAY)
    page, _ = play(handlers.retry(PAGE, opened["chat"], SAMPLING))
    assert marks(page) == [(1, "Reply", 2, 2)]
    later = start(DAY)
    reopened, _ = play(later.opened("after a restart", page["memory"]))
    assert reopened["chat"] == page["chat"]
    assert marks(reopened) == [(1, "Reply", 2, 2)]
    assert play(later.switched("after a restart", reopened["chat"], 1, 1))[0]["chat"] == opened["chat"]


def test_the_pages_that_were_used_longest_ago_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branches, "MAX_PAGES", 3)
    handlers = open_handlers(tmp_path)
    for page in ("a", "b", "c", "a", "d", "e"):
        edited, _ = play(handlers.code_edited(page, Conversation(), f"canvas of {page}"))
        play(handlers.undo(page, edited["chat"], Conversation()))
    assert list(handlers.branches._trees) == ["a", "d", "e"]
    assert handlers.branches.step_forward("b") is None
    assert handlers.branches.step_forward("a") is not None
