from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from lib_omost.canvas import Canvas, interpret
from lib_omost.llm.grammar import GLOBAL, REGION
from lib_omost.llm.schema import CanvasFromJson, canvas_schema
from tests.canvas.values import canvases


def arguments(canvas: Canvas) -> dict[str, Any]:
    """What a model would write for a canvas under the schema."""
    scene, regions = canvas.global_description, canvas.regions
    names = {"HTML_web_color_name": "color_name", "distance_to_viewer": "distance"}

    def of(value: Any, call: Any) -> dict[str, Any]:
        found = {field.keyword: getattr(value, names.get(field.keyword, field.keyword)) for field in call.fields}
        return {name: list(item) if isinstance(item, tuple) else item for name, item in found.items()}

    return {GLOBAL.method: of(scene, GLOBAL), REGION.method: [of(region, REGION) for region in regions]}


def written(text: str, cuts: list[int]) -> tuple[str, list[str]]:
    """The code, and the pieces in which it came."""
    code = CanvasFromJson()
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    pieces = [code.feed(text[start:end]) for start, end in pairwise(edges)]
    return "".join(pieces), pieces


@settings(max_examples=60, deadline=None)
@given(canvases, st.lists(st.integers(0, 5000), max_size=8), st.sampled_from([None, 2]), st.booleans())
def test_what_is_written_as_json_is_the_canvas(
    canvas: Canvas, cuts: list[int], indent: int | None, escaped: bool
) -> None:
    text = json.dumps(arguments(canvas), indent=indent, ensure_ascii=escaped)
    expected = interpret(written(text, [])[0])
    assert written(text, cuts)[0] == written(text, [])[0], "however it is cut"
    assert expected.canvas is not None
    assert arguments(expected.canvas) == arguments(canvas)
    assert expected.notes == ()


def one() -> dict[str, Any]:
    scene = {"description": "A lake's \"shore\".", "detailed_descriptions": ["water\nand", "reeds"], "tags": "lake",
             "HTML_web_color_name": "navy"}  # fmt: skip
    region = {"location": "on the left", "offset": "no offset", "area": "a small square area",
              "distance_to_viewer": 2.5,
              "description": "A boat", "detailed_descriptions": ["red"], "tags": "boat", "atmosphere": "calm",
              "style": "photo", "quality_meta": "high", "HTML_web_color_name": "red"}  # fmt: skip
    return {GLOBAL.method: scene, REGION.method: [region, {**region, "description": "A duck"}]}


def test_the_code_comes_an_argument_at_a_time() -> None:
    text = json.dumps(one())
    code, pieces = written(text, list(range(len(text))))
    assert len([piece for piece in pieces if piece]) > 30
    assert code.startswith("```python\ncanvas = Canvas()\n\ncanvas.set_global_description(\n    description='A lake")
    assert code.endswith(")\n```")
    interpretation = interpret(code)
    assert interpretation.notes == ()
    canvas = interpretation.canvas
    assert canvas is not None
    assert canvas.global_description.description == 'A lake\'s "shore".'
    assert [region.description for region in canvas.regions] == ["A boat", "A duck"]
    assert canvas.regions[0].distance == 2.5


@pytest.mark.parametrize("before", ["", " \n", "```json\n", "```\n", "\n```json\n\n"])
def test_a_fence_around_the_json_is_no_matter(before: str) -> None:
    text = json.dumps(one())
    assert written(f"{before}{text}\n```\nSo be it. {{", list(range(3)))[0] == written(text, [])[0]


@pytest.mark.parametrize("text", ["```python\ncanvas = Canvas()\n", "A lake. {", "[1]", "``x", "```json\nno", "``` {x"])
@pytest.mark.parametrize("cuts", [[], [1, 2, 3, 4, 9]])
def test_a_reply_that_is_no_object_is_handed_on(text: str, cuts: list[int]) -> None:
    if text == "``` {x":
        assert written(text, cuts)[0].startswith("```python"), "that is one, in a fence"
    else:
        assert written(text, cuts)[0] == text


@given(st.text('{}[]":,\\a1é \n\ud800'.replace("\ud800", ""), max_size=60), st.lists(st.integers(0, 60), max_size=4))
def test_whatever_arrives_is_borne(text: str, cuts: list[int]) -> None:
    interpret(written("{" + text, cuts)[0])


def test_what_the_schema_does_not_know_is_left_out() -> None:
    value = one()
    value = {"thinking": {"a": [{"b": "}"}], "c": "]"}, **value, "more": [[1, 2], {"x": None}], "last": True}
    value[GLOBAL.method] = {"mood": {"x": [1]}, **value[GLOBAL.method], "odd name": "x", "flag": None}
    code = written(json.dumps(value), [])[0]
    assert "thinking" not in code
    assert "odd name" not in code
    found, expected = interpret(code).canvas, interpret(written(json.dumps(one()), [])[0]).canvas
    assert found == expected


def test_a_reply_that_is_cut_off_keeps_its_whole_regions() -> None:
    text = json.dumps(one())
    canvas = interpret(written(text[: text.index("A duck")], [])[0]).canvas
    assert canvas is not None
    assert [region.description for region in canvas.regions][:1] == ["A boat"]


def test_the_schema_takes_what_it_should_and_nothing_else() -> None:
    """By the engine that several servers hold models to schemas with."""
    reader = LLTokenizer("byte")

    def takes(value: Any) -> bool:
        matcher = LLMatcher(reader, LLMatcher.grammar_from_json_schema(canvas_schema()))
        for token in json.dumps(value, separators=(", ", ": ")).encode():
            if not matcher.consume_token(token):
                return False
        return matcher.is_accepting()

    assert takes(one())
    for change in (
        {REGION.method: []},
        {GLOBAL.method: {}},
        {REGION.method: [{**one()[REGION.method][0], "location": "somewhere"}]},
        {REGION.method: one()[REGION.method] * 7},
        {"more": 1},
    ):
        assert not takes({**one(), **change}), change
