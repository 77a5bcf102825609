"""Calls where models and people really put them, each of which used to be lost without a note."""

from __future__ import annotations

import pytest

from lib_omost.canvas import CanvasStream, interpret
from lib_omost.canvas.events import Finished

SCENE = "canvas.set_global_description(description='A fjord.', HTML_web_color_name='steelblue')"
BOAT = (
    "canvas.add_local_description(location='on the left', offset='no offset', area='a small square area', "
    "distance_to_viewer=2.0, description='A boat.', HTML_web_color_name='sienna')"
)
FORMS = {
    "inline code": f"1. `{SCENE}`\n2. `{BOAT}`",
    "inline code in a list": f"- `{SCENE}`\n- `{BOAT}`",
    "numbers of full width": f"1．{SCENE}\n2．{BOAT}",
    "marks of a Chinese list": f"1、{SCENE}\n2、{BOAT}",
    "bullets": f"• {SCENE}\n• {BOAT}",
    "a log": f"INFO:root:{SCENE}\n2026-01-02 10:00:00,123 INFO {BOAT}",
    "full-width brackets": f"{SCENE}\n{BOAT}".replace("(", "（").replace(")", "）"),
    "several fences": f"```python\n{SCENE}\n```\nand\n```python\n{BOAT}\n```",
}


@pytest.mark.parametrize("reply", FORMS.values(), ids=FORMS)
def test_the_calls_are_read(reply: str) -> None:
    canvas = interpret(reply).canvas
    assert canvas is not None
    assert canvas.global_description.description == "A fjord."
    assert [(region.description, region.location) for region in canvas.regions] == [("A boat.", "on the left")]
    stream = CanvasStream()
    for char in reply:
        stream.feed(char)
    last = stream.finish()[-1]
    assert isinstance(last, Finished)
    assert last.interpretation == interpret(reply)


@pytest.mark.parametrize("name", ["add", "add_region", "add_description", "add_local_desc", "add_locale_description"])
def test_a_call_on_the_canvas_with_a_description_is_a_region(name: str) -> None:
    result = interpret(f"{SCENE}\n{BOAT}".replace("add_local_description", name))
    assert result.canvas is not None
    assert [region.description for region in result.canvas.regions] == ["A boat."]
    assert [(note.kind, note.written) for note in result.notes] == [("corrected", name)]


def test_other_calls_on_the_canvas_are_reported_if_they_say_something() -> None:
    result = interpret(f"{SCENE}\n{BOAT}\ncanvas.render()\ncanvas.save('x.png')")
    assert result.canvas is not None
    assert len(result.canvas.regions) == 1
    assert [(note.kind, note.line, note.written) for note in result.notes] == [("dropped", 4, "save")]


def test_numbers_for_places_are_reported_and_defaulted() -> None:
    call = "canvas.add(location=1, area=0.3, offset=0.05, distance_to_viewer=1.5, description='A')"
    result = interpret(f"{SCENE}\n{call}")
    assert result.canvas is not None
    assert result.canvas.regions[0].location == "in the center"
    assert [note.kind for note in result.notes].count("defaulted") == 4


def test_places_and_colours_of_other_languages_are_corrected() -> None:
    reply = f"{SCENE}\n{BOAT}".replace("on the left", "在左边").replace("sienna", "красный")
    result = interpret(reply)
    assert result.canvas is not None
    assert (result.canvas.regions[0].location, result.canvas.regions[0].color_name) == ("on the left", "red")
    assert [note.kind for note in result.notes] == ["corrected", "corrected"]
