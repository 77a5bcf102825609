from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import Canvas, Interpretation, Rect, interpret, write
from lib_omost.canvas.limits import MAX_LIST_ITEMS, MAX_REGIONS, MAX_TEXT_CHARS
from lib_omost.ui.state.conversation import BY_HAND, EDITED_BY_HAND, Conversation
from lib_omost.ui.state.editing import Edit, applied, canvas_json, read_edit
from lib_omost.ui.state.entries import NoticeEntry, PictureEntry, Prompt, Reply
from tests.canvas.values import canvases
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.studios import PAGE, SAMPLING, SETTINGS, open_handlers, play, settled

TALK = Conversation((Prompt("a harbour"), Reply(f"Here:\n\n{REPLY}")))
RENDERED = TALK + PictureEntry("a.png", "", "")
CANVAS = interpret(REPLY).canvas
assert CANVAS is not None
BOAT, LIGHT = CANVAS.regions
MOVED = replace(CANVAS, regions=(replace(BOAT, location="on the right", free_rect=Rect(3, 50, 40, 81)), LIGHT))


def edit(canvas: Canvas, **values: Any) -> dict[str, Any]:
    """What the page says of a canvas."""
    said: dict[str, Any] = json.loads(json.dumps({"number": 1, "turn": 1, **canvas_json(canvas), **values}))
    return said


@settings(max_examples=60)
@given(canvases)
def test_a_canvas_goes_to_the_page_and_back_unchanged(canvas: Canvas) -> None:
    assert read_edit(edit(canvas)) == Edit(canvas, 1)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"global": 1}, {"regions": []}])
def test_what_is_no_canvas_is_no_edit(value: Any) -> None:
    assert read_edit(value) is None


odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400), st.text(max_size=5), st.just("\ud800"),
    st.lists(st.integers(-5, 200) | st.floats() | st.text(max_size=3), max_size=5),
)  # fmt: skip
NAMES = "rect location offset area free distance description detailed_descriptions tags color_name weight enabled"
names = st.sampled_from(NAMES.split(" "))


@settings(max_examples=150)
@given(st.dictionaries(names, odd), st.lists(st.dictionaries(names, odd) | odd, max_size=4) | odd, odd)
def test_whatever_a_browser_says_is_a_sound_canvas(scene: Any, regions: Any, turn: Any) -> None:
    found = read_edit({"global": scene, "regions": regions, "turn": turn})
    assert found is not None
    assert interpret(write(found.canvas)).canvas == found.canvas


def test_nothing_grows_beyond_what_a_canvas_may_hold() -> None:
    item = {"description": "x" * 10_000, "detailed_descriptions": ["y"] * 10_000, "weight": 1e9, "distance": -math.inf}
    found = read_edit({"global": item, "regions": [item] * 1_000})
    assert found is not None
    region = found.canvas.regions[0]
    assert len(found.canvas.regions) == MAX_REGIONS
    assert len(region.description) == MAX_TEXT_CHARS
    assert len(region.detailed_descriptions) == MAX_LIST_ITEMS
    assert (region.weight, region.distance) == (10.0, 5.0)


def test_cells_that_no_phrase_says_are_kept_only_where_they_are_meant_to_be() -> None:
    value = edit(MOVED)
    kept = read_edit(value)
    assert kept is not None
    assert kept.canvas.regions[0].rect == Rect(3, 50, 40, 81)
    value["regions"][0]["free"] = False
    snapped = read_edit(value)
    assert snapped is not None
    assert snapped.canvas.regions[0].free_rect is None
    assert snapped.canvas.regions[0].location == "on the top-right"


def test_an_edit_is_written_into_the_reply_that_it_comes_from() -> None:
    later = TALK + Prompt("and?") + Reply("I do not know.")
    after = applied(later, Edit(MOVED, 1))
    assert after.canvas() == MOVED
    assert after.entries[1] == Reply(f"Here:\n\n{write(MOVED)}")
    assert (after.entries[0], after.entries[2:]) == (later.entries[0], later.entries[2:])
    assert applied(later, Edit(MOVED, 3)) == later, "a canvas of another reply"
    assert applied(later, None) is later
    assert applied(later, Edit(CANVAS, 1)) is later, "what did not change is not written anew"


def test_a_picture_stays_with_the_layout_that_it_was_painted_from() -> None:
    once = applied(RENDERED, Edit(MOVED, 1))
    assert once.entries[:3] == RENDERED.entries
    assert once.entries[3:] == (Prompt(EDITED_BY_HAND), Reply(f"Here:\n\n{write(MOVED)}"))
    other = replace(MOVED, regions=MOVED.regions[:1])
    twice = applied(once, Edit(other, 1))
    assert len(twice) == len(once), "the same round, though the editor still edits the reply before it"
    assert twice.canvas() == other
    assert [message.text for message in twice.history()] == ["a harbour", twice.code()], "the composer sees the result"
    assert twice.last_asked() == 0
    asked = twice + Prompt("make it night") + Reply(REPLY)
    assert applied(asked, Edit(MOVED, 1)) == asked, "a reply to a prompt is another version"
    again = applied(twice + PictureEntry("b.png", "", ""), Edit(CANVAS, 4))
    assert [type(entry) for entry in again.entries[5:]] == [PictureEntry, Prompt, Reply]


def test_a_canvas_can_be_laid_out_before_anybody_replied() -> None:
    after = applied(Conversation(), Edit(MOVED))
    assert after.entries == (Prompt(BY_HAND), Reply(write(MOVED)))
    assert len(after.history()) == 2, "the next round goes on from it"


def test_a_hand_edit_rewrites_the_reply_and_the_code_and_leaves_the_editor_alone(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).hand_edited(PAGE, TALK, Edit(MOVED, 1)))
    assert page["chat"].canvas() == MOVED
    assert page["code"] == page["chat"].entries[1].text
    assert page["memory"] == page["chat"].to_json()
    assert not {"layout", "progress", "busy"} & set(page)
    assert play(open_handlers(tmp_path).hand_edited(PAGE, TALK, None))[0] == {}


def test_a_stale_edit_shows_what_really_stands_there(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).hand_edited(PAGE, TALK, Edit(MOVED, 7)))
    assert page["chat"] == TALK
    assert page["layout"]["canvas"] == canvas_json(CANVAS)


def test_code_that_is_written_draws_the_boxes_and_is_kept_as_it_is(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    code = REPLY.replace("A red boat.", "A blue boat.").replace("'on the left'", "'in the middle'")
    page, _ = play(handlers.code_edited(PAGE, TALK, code))
    assert page["chat"].entries[1] == Reply(code)
    assert page["layout"]["canvas"]["regions"][0]["description"] == "A blue boat."
    assert page["layout"]["turn"] == 1
    assert page["notes"]["notes"][0]["made"] == "in the center"
    assert "code" not in page, "the text is still being written"
    broken, _ = play(handlers.code_edited(PAGE, TALK, "canvas ="))
    assert broken["chat"].entries[1] == Reply("canvas =")
    assert broken["layout"]["canvas"] is None
    assert not broken["ready"]
    assert broken["notes"]["error"]
    mended, _ = play(handlers.code_edited(PAGE, broken["chat"], REPLY))
    assert mended["chat"].entries[1] == Reply(REPLY)
    assert play(handlers.code_edited(PAGE, TALK, TALK.code()))[0] == {}


def test_the_next_round_goes_on_from_the_edited_canvas_in_the_models_language(tmp_path: Path) -> None:
    composer = ScriptedComposer()
    after = applied(TALK, Edit(MOVED, 1))
    play(open_handlers(tmp_path, composer).send(PAGE, after, "make it night", SAMPLING))
    shown = composer.asked[0][2].text
    assert "location='on the top-right'" in shown
    assert "rect=" not in shown


def test_what_was_set_by_hand_survives_a_round_that_does_not_touch_it(tmp_path: Path) -> None:
    off = replace(LIGHT, enabled=False)
    before = replace(MOVED, regions=(replace(MOVED.regions[0], weight=2.0), off))
    answer = Canvas(replace(CANVAS.global_description, description="Night."), (replace(
        BOAT, location="on the top-right", offset="slightly to the lower-left", area="a small square area"
    ),))  # fmt: skip
    chat = applied(TALK, Edit(before, 1))
    handlers = open_handlers(tmp_path, ScriptedComposer(write(answer)))
    shown = interpret(ScriptedComposer(write(answer)).reply).canvas
    assert shown == answer
    page, _ = play(handlers.send(PAGE, chat, "make it night", SAMPLING))
    made = page["chat"].canvas()
    assert made.global_description.description == "Night."
    assert made.regions[0].weight == 2.0
    assert made.regions[1] == off
    assert settled(page["chat"])[-3:] == ["Reply", "NoticeEntry", "NoticeEntry"]
    assert "by hand" in page["chat"].entries[-2].text
    assert page["code"] == page["chat"].code()


def test_a_regions_switch_reaches_the_painter(tmp_path: Path) -> None:
    chat = applied(TALK, Edit(replace(CANVAS, regions=(replace(BOAT, enabled=False), LIGHT)), 1))
    page, _ = play(open_handlers(tmp_path).render(PAGE, chat, SETTINGS))
    assert isinstance(page["chat"].entries[-1], PictureEntry)
    assert page["layout"]["picture"] == page["chat"].entries[-1].name
    assert not any(isinstance(entry, NoticeEntry) for entry in page["chat"].entries)


@pytest.mark.parametrize("code", [REPLY.replace("red", "blue"), "canvas ="])
def test_a_page_interprets_each_reply_once(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(reply: str) -> Interpretation:
        read.append(reply)
        return interpret(reply)

    monkeypatch.setattr("lib_omost.ui.state.entries.interpretation_of", counted)
    chat = Conversation(tuple(Reply(entry.text) if isinstance(entry, Reply) else entry for entry in TALK.entries))
    page, _ = play(open_handlers(tmp_path).code_edited(PAGE, chat, code))
    assert page["chat"].canvas() == interpret(code).canvas
    assert page["chat"].turn() == 1
    assert sorted(read) == sorted({chat.code(), code})
