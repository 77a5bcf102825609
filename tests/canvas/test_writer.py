from __future__ import annotations

import ast
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings

from lib_omost.canvas import Canvas, GlobalDescription, Interpretation, Region, interpret, write
from lib_omost.canvas.extension import is_extended
from lib_omost.canvas.limits import MAX_LIST_ITEMS, MAX_TEXT_CHARS
from tests.canvas.replies import CANVAS, REPLY
from tests.canvas.values import canvases, random_canvas


@settings(max_examples=60)
@given(canvases)
def test_writing_and_reading_is_the_identity(canvas: Canvas) -> None:
    assert interpret(write(canvas)) == Interpretation(canvas)


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 300), pytest.param(2, 10_000, marks=pytest.mark.slow)], ids=["300", "10,000"]
)
def test_the_same_over_many_random_canvases(seed: int, count: int) -> None:
    rng = random.Random(seed)
    extended = 0
    for _ in range(count):
        canvas = random_canvas(rng)
        assert interpret(write(canvas)) == Interpretation(canvas)
        extended += any(map(is_extended, canvas.regions))
    assert extended > count / 2


@settings(max_examples=40)
@given(canvases)
def test_what_is_written_is_python_with_one_argument_a_line(canvas: Canvas) -> None:
    code = write(canvas).removeprefix("```python\n").removesuffix("\n```")
    calls = [node.value for node in ast.parse(code).body if isinstance(node, ast.Expr)]
    assert len(calls) == 1 + len(canvas.regions)
    for call in calls:
        assert isinstance(call, ast.Call)
        lines = [keyword.lineno for keyword in call.keywords]
        assert len(set(lines)) == len(lines)


def test_style_of_the_published_models() -> None:
    lines = REPLY.split("\n")
    assert lines[:3] == ["```python", "# Initialize the canvas", "canvas = Canvas()"]
    assert lines[-1] == "```"
    assert "# Add a white lighthouse with a red lantern room." in lines
    assert "    distance_to_viewer=6.0," in lines
    assert "        'Rain falls in sheets, and the wind\\'s howl is loud.'," in lines
    assert "        'The boat’s bow points at the sky.'," in lines
    assert interpret(REPLY).canvas == CANVAS


def test_every_printable_character_stays_readable() -> None:
    text = "Grüße, 你好, “quotes”, ’apostrophe’, 🐉"
    assert f"'{text}'" in write(Canvas(GlobalDescription(text)))


def test_a_region_at_the_limits() -> None:
    text = "x" * MAX_TEXT_CHARS
    region = Region("in the center", "no offset", "a large square area", 1, text, (text,) * (MAX_LIST_ITEMS // 2), text)
    canvas = Canvas(GlobalDescription(text), (region, region))
    assert interpret(write(canvas)) == Interpretation(canvas)


def test_a_call_named_in_a_comment_is_not_one() -> None:
    region = Region("in the center", "no offset", "a large square area", 1, ") canvas.add_local_description(")
    canvas = Canvas(GlobalDescription("; canvas.set_global_description("), (region,))
    assert interpret(write(canvas)) == Interpretation(canvas)


@pytest.mark.parametrize("description", ["a </think> dragon", "a </th</think>ink> dragon", "a <thi<think>nk> dragon"])
def test_a_comment_holds_no_mark_of_thinking(description: str) -> None:
    canvas = replace(CANVAS, regions=(replace(CANVAS.regions[0], description=description),))
    assert interpret(write(canvas)).canvas == canvas
