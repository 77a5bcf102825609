from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import Canvas, Rect, interpret, plain, plain_reply, rewritten, write
from tests.canvas.replies import BOAT, CANVAS, REPLY, SCENE, TOWER
from tests.canvas.values import canvases

OTHER = Canvas(SCENE, (replace(BOAT, free_rect=Rect(1, 40, 2, 50), weight=2.0), TOWER))


def test_words_around_the_code_stay() -> None:
    reply = f"Here it is:\n\n{REPLY}\nWhat do you think (of it)?"
    assert rewritten(reply, OTHER) == f"Here it is:\n\n{write(OTHER)}\nWhat do you think (of it)?"


@pytest.mark.parametrize(
    "reply", ["", REPLY + "\n" + REPLY, REPLY[3:-3], "```python\ncanvas = Canvas()", "~~~\ncanvas("]
)
def test_where_code_stands_elsewhere_the_canvas_is_the_whole_reply(reply: str) -> None:
    assert rewritten(reply, OTHER) == write(OTHER)


@settings(max_examples=40)
@given(st.text(max_size=30) | st.sampled_from(["```\n", "canvas.add_local_description('x')\n"]), canvases)
def test_the_canvas_is_read_back_whatever_stood_there(words: str, canvas: Canvas) -> None:
    assert interpret(rewritten(f"{words}\n{REPLY}\n{words}", canvas)).canvas == canvas


def test_a_models_own_reply_is_shown_to_it_to_the_letter() -> None:
    for reply in (REPLY, "I weight it (rect=…)", REPLY.replace("fishing", "weighty, rect=[1, 2, 3, 4]")):
        assert plain_reply(reply) == reply


def test_an_edited_reply_is_shown_to_a_model_without_the_extension() -> None:
    shown = plain_reply(f"Well:\n{write(OTHER)}")
    assert shown == f"Well:\n{write(plain(OTHER))}"
    assert "rect=" not in shown
    assert CANVAS.regions[1].description in shown
