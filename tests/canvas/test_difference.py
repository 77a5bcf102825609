from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import Canvas, Rect, Region
from lib_omost.canvas.difference import RegionChange, difference
from tests.canvas.replies import BOAT, CANVAS, DRAGON, GULL, SCENE, TOWER
from tests.canvas.values import canvases, rects


def cells(*rects: Rect) -> set[tuple[int, int]]:
    return {(row, column) for r in rects for row in range(r.top, r.bottom) for column in range(r.left, r.right)}


def with_region(canvas: Canvas, index: int, **values: Any) -> Canvas:
    regions = list(canvas.regions)
    regions[index] = replace(regions[index], **values)
    return replace(canvas, regions=tuple(regions))


@settings(max_examples=40, deadline=None)
@given(canvases)
def test_a_canvas_does_not_differ_from_itself(canvas: Canvas) -> None:
    found = difference(canvas, canvas)
    assert found.empty
    assert (found.whole, found.cells()) == ((), frozenset())
    assert [change.kind for change in found.changes] == ["untouched"] * len(canvas.regions)
    assert [(change.before, change.after) for change in found.changes] == [(i, i) for i in range(len(canvas.regions))]


@settings(max_examples=40, deadline=None)
@given(canvases, canvases)
def test_the_mask_is_the_same_in_both_directions(one: Canvas, other: Canvas) -> None:
    there, back = difference(one, other), difference(other, one)
    assert bool(there.whole) == bool(back.whole)
    assert there.empty == back.empty
    for found, before, after in ((there, one, other), (back, other, one)):
        assert sorted(c.before for c in found.changes if c.before is not None) == list(range(len(before.regions)))
        assert sorted(c.after for c in found.changes if c.after is not None) == list(range(len(after.regions)))


EDITS: dict[str, Any] = {
    "location": "on the bottom", "description": "A huge red lighthouse.", "tags": "other", "color_name": "orchid",
    "weight": 3.0, "negative_prompt": "a bird", "style": "Bold.", "detailed_descriptions": ("New.",), "enabled": False,
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2), st.sampled_from(sorted(EDITS)), rects)
def test_one_edit_marks_its_rectangles_and_no_other_cell(index: int, name: str, rect: Rect) -> None:
    before = with_region(CANVAS, index, free_rect=rect)
    value = {"free_rect": None, "location": EDITS[name]} if name == "location" else {name: EDITS[name]}
    if name == "description":
        value = {name: before.regions[index].description.rstrip(".") + " and more."}
    after = with_region(before, index, **value)
    found = difference(before, after)
    assert found.whole == ()
    assert [change.kind for change in found.changes].count("changed") == 1
    assert found.changes[index].kind == "changed"
    assert found.cells() == cells(before.regions[index].rect, after.regions[index].rect)
    assert difference(after, before).cells() == found.cells()


@settings(max_examples=40, deadline=None)
@given(rects)
def test_what_is_added_or_removed_marks_its_own_cells(rect: Rect) -> None:
    more = replace(CANVAS, regions=(*CANVAS.regions, replace(DRAGON, free_rect=rect)))
    added, removed = difference(CANVAS, more), difference(more, CANVAS)
    assert added.changes[-1] == RegionChange("added", None, 3)
    assert removed.changes[-1] == RegionChange("removed", 3, None)
    assert added.cells() == removed.cells() == cells(rect)


def test_a_new_thing_that_the_whole_picture_names_is_no_change_of_the_whole() -> None:
    scene = replace(
        SCENE,
        description=f"{SCENE.description.rstrip('.')}, a dragon.",
        detailed_descriptions=(*SCENE.detailed_descriptions, "A dragon flies over the coast."),
        tags=f"{SCENE.tags}, dragon",
    )
    found = difference(CANVAS, Canvas(scene, (*CANVAS.regions, DRAGON)))
    assert found.whole == ()
    assert found.cells() == cells(DRAGON.rect)


@pytest.mark.parametrize(
    "values", [{"color_name": "black"}, {"tags": f"{SCENE.tags}, night"}, {"detailed_descriptions": ("It snows.",)}]
)
def test_another_time_weather_or_colour_repaints_everything_and_says_why(values: dict[str, Any]) -> None:
    found = difference(CANVAS, replace(CANVAS, global_description=replace(SCENE, **values)))
    assert found.whole
    assert all(sentence.endswith(".") for sentence in found.whole)
    assert found.rects == (Rect.FULL,)


def test_a_changed_distance_marks_only_the_overlaps_with_what_it_passes() -> None:
    far = replace(TOWER, free_rect=Rect(0, 40, 0, 40), distance=9.0)
    near = replace(BOAT, free_rect=Rect(20, 60, 20, 60), distance=3.0)
    away = replace(GULL, free_rect=Rect(70, 90, 70, 90), distance=5.0)
    before = Canvas(SCENE, (far, near, away))
    passed = difference(before, with_region(before, 0, distance=1.0))
    assert passed.changes[0].fields == ("distance",)
    assert passed.cells() == cells(Rect(20, 40, 20, 40))
    assert difference(before, with_region(before, 0, distance=8.0)).empty


def test_a_thing_that_moves_is_one_change_and_marks_both_places() -> None:
    moved = with_region(CANVAS, 0, location="on the left", description="A white lighthouse with a lantern room.")
    found = difference(CANVAS, moved)
    assert found.changes[0] == RegionChange("changed", 0, 0, ("rect", "description"))
    assert found.changes[0].moved
    assert found.cells() == cells(CANVAS.regions[0].rect, moved.regions[0].rect)


def test_regions_in_another_order_are_still_themselves() -> None:
    apart = [replace(r, free_rect=Rect(0, 9, 10 * i, 10 * i + 9)) for i, r in enumerate(CANVAS.regions)]
    found = difference(Canvas(SCENE, tuple(apart)), Canvas(SCENE, tuple(apart[::-1])))
    assert found.empty
    assert [change.before for change in found.changes] == [2, 1, 0]


def test_what_is_switched_off_before_and_after_marks_nothing() -> None:
    off = with_region(CANVAS, 1, enabled=False)
    found = difference(off, with_region(off, 1, color_name="orchid"))
    assert found.changes[1].fields == ("color_name",)
    assert found.empty


def test_growing_stays_on_the_grid() -> None:
    found = difference(
        CANVAS, replace(CANVAS, regions=(*CANVAS.regions, replace(DRAGON, free_rect=Rect(0, 5, 80, 90))))
    )
    assert found.grown(8) == (Rect(0, 13, 72, 90),)


def test_a_thing_of_another_colour_is_the_same_thing_even_if_it_moved() -> None:
    cat = Region("on the left", "no offset", "a small square area", 3, "A black cat.", color_name="black")
    orange = replace(cat, description="An orange cat.", color_name="orange", area="a large square area")
    dog = replace(orange, description="An orange dog.")
    assert difference(Canvas(SCENE, (cat,)), Canvas(SCENE, (orange,))).changes[0].kind == "changed"
    assert difference(Canvas(SCENE, (cat,)), Canvas(SCENE, (dog,))).changes[0].kind == "added"


def test_two_of_a_kind_are_distinguished_by_their_places() -> None:
    left = Region("on the left", "no offset", "a small square area", 3, "A tree.", color_name="green")
    right = replace(left, location="on the right")
    found = difference(Canvas(SCENE, (left, right)), Canvas(SCENE, (replace(right, color_name="red"), left)))
    assert found.changes == (RegionChange("changed", 1, 0, ("color_name",)), RegionChange("untouched", 0, 1))
    assert found.cells() == cells(right.rect)
