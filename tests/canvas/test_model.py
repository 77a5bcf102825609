from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import Canvas, GlobalDescription, Region, as_json
from lib_omost.canvas.limits import MAX_LIST_ITEMS, MAX_REGIONS, MAX_TEXT_CHARS
from lib_omost.canvas.model import clean_text
from tests.canvas.values import canvases, texts

REGION = Region("in the center", "no offset", "a large square area", 5, "A dragon.", color_name="red")


@given(st.one_of(texts, st.text()))
def test_cleaning_a_text_is_idempotent_and_leaves_nothing_unencodable(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    cleaned.encode()


def test_a_long_text_is_cut() -> None:
    assert len(clean_text("a" * (MAX_TEXT_CHARS + 5))) == MAX_TEXT_CHARS
    assert clean_text("a" * (MAX_TEXT_CHARS - 1) + " bc") == "a" * (MAX_TEXT_CHARS - 1)


def test_values_are_normalised() -> None:
    scene = GlobalDescription("  A battle.\x00", ["one", " ", "two "], "tag")  # type: ignore[arg-type]
    assert scene == GlobalDescription("A battle.", ("one", "two"), "tag", "gray")
    assert REGION.distance == 5.0
    assert type(REGION.distance) is float


@pytest.mark.parametrize(
    "change",
    [
        {"location": "in the middle"},
        {"offset": ""},
        {"area": "a square"},
        {"color_name": "blurple"},
        {"distance": 0.0},
        {"distance": -1.0},
        {"distance": math.nan},
        {"distance": math.inf},
        {"detailed_descriptions": ("a",) * (MAX_LIST_ITEMS + 1)},
    ],
)
def test_a_region_cannot_be_half_right(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        type(REGION)(**{name: getattr(REGION, name) for name in REGION.__slots__} | change)  # type: ignore[arg-type]


def test_values_are_frozen_and_hashable() -> None:
    with pytest.raises(FrozenInstanceError):
        REGION.location = "on the left"  # type: ignore[misc]
    assert len({REGION, REGION}) == 1


def test_too_many_regions_are_refused() -> None:
    with pytest.raises(ValueError, match="regions"):
        Canvas(GlobalDescription("x"), (REGION,) * (MAX_REGIONS + 1))


def test_far_to_near_is_stable() -> None:
    def region(distance: float, text: str) -> Region:
        return Region("in the center", "no offset", "a large square area", distance, text)

    canvas = Canvas(GlobalDescription("x"), (region(5, "a"), region(9, "b"), region(5, "c"), region(1, "d")))
    assert [item.description for item in canvas.far_to_near()] == ["b", "a", "c", "d"]


@settings(max_examples=50)
@given(canvases)
def test_json_is_plain_and_complete(canvas: Canvas) -> None:
    data = json.loads(json.dumps(as_json(canvas)))
    assert list(data) == ["global", "regions"]
    assert {"description", "detailed_descriptions", "tags", "color"} <= set(data["global"])
    for region, written in zip(canvas.regions, data["regions"], strict=True):
        assert written["rect"] == list(region.rect.as_tuple)
        assert written["distance"] == region.distance
        assert written["color"] == list(region.color)
        assert written["detailed_descriptions"] == list(region.detailed_descriptions)
        assert {"location", "offset", "area", "description", "tags"} <= set(written)
        assert {"atmosphere", "style", "quality_meta"} <= set(written)
