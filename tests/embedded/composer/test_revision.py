from __future__ import annotations

from itertools import pairwise

import pytest

from lib_omost.canvas.model import Canvas
from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.reader import read
from lib_omost.embedded.composer.revision import edit_scripts
from lib_omost.embedded.composer.script import first_scripts
from tests.embedded.composer.test_script import shortest, sound

FIRST = shortest(first_scripts(read("a cat and a dog in a meadow"))[0])


def edited(request: str, reply: str = FIRST) -> Canvas:
    (script,) = edit_scripts(reply, request)
    return sound(shortest(script))


def test_untouched_regions_are_there_word_for_word() -> None:
    before = sound(FIRST)
    for request in ("make the cat black", "remove the cat", "move the cat to the right", "make it night", "add a moon"):
        assert before.regions[1] in edited(request).regions


@pytest.mark.parametrize(
    ("request_", "description", "regions"),
    [
        ("add a rainbow", "A cat and a dog in a meadow, with a rainbow.", ["A cat.", "A dog.", "A rainbow."]),
        ("remove the dog", "A cat in a meadow.", ["A cat."]),
        ("make the cat black", "A black cat and a dog in a meadow.", ["A black cat.", "A dog."]),
        ("replace the dog with a fox", "A cat and a fox in a meadow.", ["A cat.", "A fox."]),
        ("make it night", "A cat and a dog in a meadow at night.", ["A cat.", "A dog."]),
    ],
)
def test_the_whole_says_what_was_changed(request_: str, description: str, regions: list[str]) -> None:
    canvas = edited(request_)
    assert canvas.global_description.description == description
    assert [region.description for region in canvas.regions] == regions


def test_a_new_color_is_one_of_its_shades_and_is_named_once() -> None:
    cat = edited("make the cat red").regions[0]
    assert cat.color_name in ("red", "crimson", "firebrick", "darkred", "indianred", "tomato")
    assert cat.description == "A red cat."
    again = edited("make the cat green", shortest(edit_scripts(FIRST, "make the cat red")[0])).regions[0]
    assert again.description == "A green cat."


@pytest.mark.parametrize("where", ["left", "right", "top", "bottom"])
def test_a_move_goes_where_it_is_asked_to(where: str) -> None:
    was, now = sound(FIRST).regions[0].rect, edited(f"move the cat to the {where}").regions[0].rect
    edges = [(rect.left + rect.right, rect.top + rect.bottom) for rect in (was, now)]
    for (x, y), (new_x, new_y) in pairwise(edges):
        assert {"left": new_x < x, "right": new_x > x, "top": new_y < y, "bottom": new_y > y}[where]


def test_sizes_change_as_far_as_they_go() -> None:
    was = sound(FIRST).regions[0].rect.area
    assert edited("make the cat bigger").regions[0].rect.area > was
    assert edited("make the cat smaller").regions[0].rect.area < was


def test_the_last_region_stays() -> None:
    assert len(edited("remove the cat and the dog").regions) == 1


def test_without_a_canvas_there_is_nothing_to_go_on_from() -> None:
    assert edit_scripts("I am sorry.", "make it night") == []


def test_a_reply_that_is_not_in_the_usual_form_is_written_anew() -> None:
    loose = (
        FIRST.replace("```python", "```").replace("    location=", "  location = ").replace("canvas = Canvas()\n", "")
    )
    assert interpret(loose).canvas is not None
    assert [region.description for region in edited("remove the dog", loose).regions] == ["A cat."]
