from __future__ import annotations

import pytest
from hypothesis import example, given

from lib_omost.canvas import Rect, nearest_phrases
from lib_omost.canvas.snapping import vocabulary_rects
from lib_omost.canvas.vocabulary import rect_of
from tests.canvas.values import rects


def distance(a: Rect, b: Rect) -> int:
    return sum((one - other) ** 2 for one, other in zip(a.as_tuple, b.as_tuple, strict=True))


def test_there_are_661_rectangles_and_each_is_its_own_nearest() -> None:
    table = vocabulary_rects()
    assert len(table) == 661
    for rect, phrases in table.items():
        assert rect_of(*phrases) == rect
        assert nearest_phrases(rect) == phrases


@given(rects)
@example(Rect(44, 46, 44, 46))
@example(Rect(0, 1, 89, 90))
def test_no_other_rectangle_lies_nearer(rect: Rect) -> None:
    nearest = rect_of(*nearest_phrases(rect))
    assert distance(rect, nearest) == min(distance(rect, other) for other in vocabulary_rects())


@pytest.mark.parametrize(
    ("rect", "phrases"),
    [
        (Rect(44, 46, 44, 46), ("in the center", "no offset", "a small square area")),
        (Rect(16, 74, 3, 43), ("on the left", "slightly to the right", "a small vertical area")),
        (Rect(0, 90, 0, 90), ("in the center", "no offset", "a large square area")),
        (Rect(0, 9, 0, 9), ("on the top-left", "slightly to the upper-left", "a small square area")),
    ],
)
def test_small_and_large_boxes_stay_where_they_are(rect: Rect, phrases: tuple[str, str, str]) -> None:
    assert nearest_phrases(rect) == phrases
