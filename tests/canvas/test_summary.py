from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from lib_omost.canvas import Canvas, Rect
from lib_omost.canvas.difference import difference
from lib_omost.canvas.summary import MAX_NAME, short_name, summary
from tests.canvas.replies import CANVAS, SCENE
from tests.canvas.values import canvases


def told(before: Canvas, after: Canvas) -> tuple[str, ...]:
    return summary(difference(before, after), before, after)


def with_first(**values: Any) -> Canvas:
    first, *others = CANVAS.regions
    return replace(CANVAS, regions=(replace(first, **values), *others))


FIRST = short_name(CANVAS.regions[0])


@pytest.mark.parametrize(
    ("values", "verbs"),
    [
        ({"free_rect": Rect(0, 5, 0, 5)}, "resized"),
        ({"color_name": "orchid"}, "recoloured"),
        ({"color_name": "orchid", "tags": "other"}, "recoloured and rewrote"),
        ({"distance": 99.0}, "sent back"),
        ({"distance": 0.01}, "brought forward"),
        ({"enabled": False}, "switched off"),
    ],
)
def test_each_kind_of_change_has_its_verb(values: dict[str, Any], verbs: str) -> None:
    assert told(CANVAS, with_first(**values)) == (f"{verbs} {FIRST}",)


def test_a_region_that_only_moved_is_moved() -> None:
    before = with_first(free_rect=Rect(0, 10, 0, 10))
    assert told(before, with_first(free_rect=Rect(5, 15, 30, 40))) == (f"moved {FIRST}",)
    beside = with_first(location="on the left", area="a large square area")
    assert told(beside, with_first(location="in the center", area="a large square area")) == (f"moved {FIRST}",)


def test_what_came_and_what_went() -> None:
    fewer = replace(CANVAS, regions=CANVAS.regions[1:])
    assert told(fewer, CANVAS) == (f"added {FIRST}",)
    assert told(CANVAS, fewer) == (f"removed {FIRST}",)
    assert told(CANVAS, CANVAS) == ()


def test_a_change_of_the_whole_comes_first() -> None:
    night = replace(CANVAS, global_description=replace(SCENE, color_name="black"))
    assert told(CANVAS, night) == ("changed the whole picture",)


@settings(max_examples=40, deadline=None)
@given(canvases, canvases)
def test_every_change_is_reported_once(one: Canvas, other: Canvas) -> None:
    found = difference(one, other)
    changed = sum(change.kind != "untouched" for change in found.changes)
    assert len(summary(found, one, other)) == changed + bool(found.whole)


@settings(max_examples=40, deadline=None)
@given(canvases)
def test_names_are_short(canvas: Canvas) -> None:
    assert all(0 < len(short_name(region)) <= MAX_NAME + 2 for region in canvas.regions)
