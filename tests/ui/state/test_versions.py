"""The names of versions: who changed what."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib_omost.canvas import interpret
from lib_omost.ui.state.conversation import BY_HAND, EDITED_BY_HAND, Conversation
from lib_omost.ui.state.editing import Edit
from lib_omost.ui.state.entries import NoticeEntry, PictureEntry, Prompt, Reply
from lib_omost.ui.state.versions import picture_changes, prompt_name
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.studios import PAGE, SAMPLING, open_handlers, play

OTHER = REPLY.replace("dusk", "night")


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("add\n  meteorites", "You: add meteorites"),
        ("x" * 61, f"You: {'x' * 58} …"),
        (EDITED_BY_HAND, "Edited by hand"),
        (BY_HAND, "Laid out by hand"),
        ("Return to picture 2.", "Returned to picture 2"),
    ],
)
def test_a_prompt_names_the_change(prompt: str, name: str) -> None:
    assert prompt_name(prompt) == name


def test_a_picture_is_named_after_the_change_that_led_to_it() -> None:
    def picture(number: int) -> PictureEntry:
        return PictureEntry(f"{number}.png", "", "")

    entries = [Prompt("a cat"), Reply("x"), picture(1), picture(2), Prompt("add a dog"), Reply("y", by_hand=True)]
    entries += [NoticeEntry("z"), picture(3), Prompt(EDITED_BY_HAND), Reply("y", by_hand=True), picture(4)]
    assert [change for _, change in picture_changes(entries)] == [
        "You: a cat",
        "Rendered again",
        "You: add a dog, edited by hand",
        "Edited by hand",
    ]


def test_every_version_of_a_message_has_a_name(tmp_path: Path) -> None:
    composer = ScriptedComposer(REPLY)
    handlers = open_handlers(tmp_path, composer)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    composer.reply = OTHER
    page, _ = play(handlers.retry(PAGE, page["chat"], SAMPLING))
    (fork,) = page["branches"]
    assert (fork["name"], fork["previous"]) == ("Layout model, reply 2", "Layout model, reply 1")
    canvas = interpret(OTHER.replace("boat", "ship")).canvas
    assert canvas is not None
    page, _ = play(handlers.hand_edited(PAGE, page["chat"], Edit(canvas, 1)))
    (fork,) = page["branches"]
    assert fork["name"] == "Edited by hand"
    assert {fork["previous"], fork["next"]} == {"Layout model, reply 1", "Layout model, reply 2"}


def test_an_edit_that_drops_code_says_so_and_keeps_it_as_a_version(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    typed = REPLY.replace("# Add a lighthouse.", "# the old one, see the map\nprint(1)")
    page, _ = play(handlers.code_edited(PAGE, page["chat"], typed))
    canvas = interpret(typed.replace("boat", "ship")).canvas
    assert canvas is not None
    once, _ = play(handlers.hand_edited(PAGE, page["chat"], Edit(canvas, 1)))
    said = once["chat"].entries[-1]
    assert isinstance(said, NoticeEntry)
    assert "without the comment “# the old one, see the map”; the statement “print(1)”." in said.text
    assert "print(1)" not in once["code"]
    back, _ = play(handlers.switched(PAGE, once["chat"], 1, -1))
    found = {back["code"], play(handlers.switched(PAGE, back["chat"], 1, -1))[0]["code"]}
    assert typed in found
    canvas = interpret(typed.replace("boat", "raft")).canvas
    assert canvas is not None
    play(handlers.switched(PAGE, back["chat"], 1, 1))
    twice, _ = play(handlers.hand_edited(PAGE, once["chat"], Edit(canvas, 1)))
    assert twice["chat"].entries[2:] == once["chat"].entries[2:], "said once"
