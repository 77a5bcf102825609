from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import (
    Canvas,
    Rect,
    Region,
    interpret,
    replace_canvas,
    reply_without_extension,
    without_extension,
    write,
)
from tests.canvas.replies import BOAT, CANVAS, REPLY, SCENE, TOWER
from tests.canvas.values import canvases

OTHER = Canvas(SCENE, (replace(BOAT, free_rect=Rect(1, 40, 2, 50), weight=2.0), TOWER))


def test_words_around_the_code_stay() -> None:
    reply = f"Here it is:\n\n{REPLY}\nWhat do you think (of it)?"
    assert replace_canvas(reply, OTHER) == f"Here it is:\n\n{write(OTHER)}\nWhat do you think (of it)?"


@pytest.mark.parametrize(
    "reply", ["", REPLY + "\n" + REPLY, REPLY[3:-3], "```python\ncanvas = Canvas()", "~~~\ncanvas("]
)
def test_where_code_stands_elsewhere_the_canvas_is_the_whole_reply(reply: str) -> None:
    assert replace_canvas(reply, OTHER) == write(OTHER)


@settings(max_examples=40)
@given(st.text(max_size=30) | st.sampled_from(["```\n", "canvas.add_local_description('x')\n"]), canvases)
def test_the_canvas_is_read_back_whatever_stood_there(words: str, canvas: Canvas) -> None:
    assert interpret(replace_canvas(f"{words}\n{REPLY}\n{words}", canvas)).canvas == canvas


def test_a_models_own_reply_is_shown_to_it_to_the_letter() -> None:
    weighty = REPLY.replace("fishing", "weighty, rect=[1, 2, 3, 4]")
    for reply in (REPLY, "I weight it (rect=…)", weighty, weighty.replace("    ", "\t")):
        assert reply_without_extension(reply) == reply


def test_an_edited_reply_is_shown_to_a_model_without_the_extension() -> None:
    shown = reply_without_extension(f"Well:\n{write(OTHER)}")
    assert shown == f"Well:\n{write(without_extension(OTHER))}"
    assert "rect=" not in shown
    assert CANVAS.regions[1].description in shown


@pytest.mark.parametrize("fence", ["```", "````", "~~~", "~~~~"])
def test_a_fence_ends_with_as_many_signs_as_it_begins(fence: str) -> None:
    code = REPLY.removeprefix("```python\n").removesuffix("\n```")
    reply = f"Here:\n{fence}python\n{code}\n{fence}\nDone."
    assert replace_canvas(reply, OTHER) == f"Here:\n{write(OTHER)}\nDone."


def test_a_fence_that_holds_no_code_of_a_canvas_stays() -> None:
    tree = "```\nplan (later)\n```"
    assert replace_canvas(f"{tree}\n{REPLY}", OTHER) == f"{tree}\n{write(OTHER)}"


@pytest.mark.parametrize("words", ["canvas.add_local_description('A bird.')", "Canvas(", "canvas.x (y)"])
@pytest.mark.parametrize("before", [True, False])
def test_code_beside_the_fence_is_not_left_standing(words: str, before: bool) -> None:
    reply = f"{words}\n{REPLY}" if before else f"{REPLY}\n{words}"
    assert replace_canvas(reply, OTHER) == write(OTHER)


@pytest.mark.parametrize("words", ["The canvas is wide.", "It is large (very)."])
def test_words_that_only_speak_of_a_canvas_or_only_have_brackets_stay(words: str) -> None:
    assert replace_canvas(f"{words}\n{REPLY}\n{words}", OTHER) == f"{words}\n{write(OTHER)}\n{words}"


def test_words_that_would_change_the_canvas_are_not_kept() -> None:
    words = "scene.add_local_description(description='A bird.')"  # it does not say "canvas", and yet it is a call
    assert interpret(f"{write(OTHER)}\n{words}").canvas != OTHER
    assert replace_canvas(f"{REPLY}\n{words}", OTHER) == write(OTHER)


@pytest.mark.parametrize(
    "region",
    [
        replace(TOWER, free_rect=Rect(1, 40, 2, 50)),
        replace(TOWER, weight=2.0),
        replace(TOWER, negative_prompt="birds"),
        replace(TOWER, enabled=False),
    ],
    ids=["rect", "weight", "negative_prompt", "enabled"],
)
def test_each_part_of_the_extension_is_kept_from_a_model(region: Region) -> None:
    canvas = Canvas(SCENE, (BOAT, region))
    shown = reply_without_extension(write(canvas))
    assert shown == write(without_extension(canvas))
    assert shown != write(canvas)


@pytest.mark.parametrize(
    ("region", "written", "spelt"),
    [
        (replace(TOWER, negative_prompt="birds"), "negative_prompt=", "Negative_Prompt="),
        (replace(TOWER, negative_prompt="birds"), "negative_prompt=", "NEGATIVE="),
        (replace(TOWER, weight=2.0), "weight=", "Weight="),
    ],
)
def test_other_spellings_of_the_extension_are_kept_from_a_model_too(region: Region, written: str, spelt: str) -> None:
    reply = write(Canvas(SCENE, (region, BOAT))).replace(written, spelt)
    assert reply_without_extension(reply) == write(Canvas(SCENE, (TOWER, BOAT)))


def test_a_reply_that_names_the_extension_and_holds_no_canvas_is_shown_as_it_is() -> None:
    assert reply_without_extension("negative_prompt=, weight=") == "negative_prompt=, weight="


@pytest.mark.parametrize("mark", ["x</think>", "x [/THINK]", "a\n<think>", "a <|end|> b", "&lt;/think&gt;", "</think>"])
def test_a_mark_of_thinking_in_a_text_of_the_user_is_only_text(mark: str) -> None:
    canvas = Canvas(replace(SCENE, tags=" ".join(mark.split())), (replace(TOWER, description=" ".join(mark.split())),))
    assert interpret(write(canvas)).canvas == canvas
