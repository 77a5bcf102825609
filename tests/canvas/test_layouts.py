from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.artifacts.exports import layout_json
from lib_omost.canvas import Canvas, GlobalDescription, Rect, as_json, conditions, interpret, write
from lib_omost.canvas.layouts import comfy_conditions, read_layout
from tests.canvas.fuzz import check
from tests.canvas.replies import BOAT, CANVAS, DRAGON, REPLY, SCENE
from tests.canvas.values import canvases

METHODS = json.dumps(
    {
        "set_global_description": {"description": "A pond.", "tags": "pond", "HTML_web_color_name": "teal"},
        "add_local_description": [
            {
                "location": "on the left", "offset": "no offset", "area": "a small square area",
                "distance_to_viewer": 2.0, "description": "A duck.", "HTML_web_color_name": "white",
            }
        ],
    }
)  # fmt: skip


def test_a_reply_is_read_as_ever() -> None:
    assert read_layout(REPLY).canvas == CANVAS


@settings(max_examples=40, deadline=None)
@given(canvases)
def test_our_own_layouts_come_back_unchanged(canvas: Canvas) -> None:
    if any(region.description for region in canvas.regions) or canvas.global_description.description:
        found = read_layout(layout_json(canvas, 1024, 768))
        assert found.canvas == canvas
        assert found.notes == ()
    assert read_layout(json.dumps(as_json(CANVAS))).canvas == CANVAS


@pytest.mark.parametrize(
    "text",
    [
        METHODS,
        f"Here is it:\n```json\n{METHODS}\n```\nDone.",
        METHODS.replace('"white"', '"white",'),
        METHODS.replace("set_global_description", "global_description").replace(
            "add_local_description", "local_descriptions"
        ),
    ],
)
def test_an_object_of_descriptions_is_a_layout(text: str) -> None:
    canvas = read_layout(text).canvas
    assert canvas is not None
    assert canvas.global_description.description == "A pond."
    assert [(region.description, region.location) for region in canvas.regions] == [("A duck.", "on the left")]


def test_numbered_descriptions_are_a_layout() -> None:
    value = json.loads(METHODS)
    text = json.dumps({"0": value["set_global_description"], "1": value["add_local_description"][0]})
    assert read_layout(text).canvas == read_layout(METHODS).canvas


def test_conditions_of_comfyui_go_there_and_come_back() -> None:
    canvas = Canvas(SCENE, (replace(BOAT, free_rect=Rect(3, 50, 40, 81)), DRAGON))
    found = read_layout(comfy_conditions(canvas))
    assert found.canvas is not None
    assert found.notes == ()
    shown, read = conditions(canvas), conditions(found.canvas)
    assert [item.rect for item in read] == [item.rect for item in shown]
    assert [item.prefixes for item in read] == [item.prefixes for item in shown]
    assert [item.suffixes for item in read] == [item.suffixes for item in shown]
    assert [item.color for item in read] == [item.color for item in shown]


def test_what_other_programs_write_beside_it_is_reported() -> None:
    text = METHODS.replace('"description": "A duck."', '"description": "A duck.", "mood": "calm"')
    assert [note.kind for note in read_layout(text).notes] == ["dropped"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(REPLY),
        json.dumps({"text": REPLY})[9:-1],
        REPLY.replace("\n", "\\n"),
        write(CANVAS).replace("'", "&#39;").replace("\\&#39;", "&rsquo;"),
    ],
)
def test_code_that_was_escaped_is_read(text: str) -> None:
    canvas = read_layout(text).canvas
    assert canvas is not None
    assert [region.description for region in canvas.regions] == [region.description for region in CANVAS.regions]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["global", "regions", "description", "prefixes", "rect", "color", "x y"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(json_values)
def test_whatever_the_json_holds_the_answer_is_sound(value: object) -> None:
    check(read_layout(json.dumps(value)))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, "{}", "[]", "[1]", '"x"', "9" * 5000, "\\n", "&#39;"]
)
def test_what_is_no_layout_says_so(text: str) -> None:
    found = read_layout(text)
    assert found.canvas is None
    assert found.error is not None


def test_escaped_code_in_a_text_of_a_layout_is_only_text() -> None:
    scene = GlobalDescription("It reads canvas.add_local_description(\n).", (), "canvas = Canvas()\n")
    canvas = Canvas(scene, ())
    assert read_layout(layout_json(canvas, 64, 64)).canvas == canvas
    assert interpret(write(canvas)).canvas == canvas
