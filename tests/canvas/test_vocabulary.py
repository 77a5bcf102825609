from __future__ import annotations

from itertools import product

import pytest
from PIL import ImageColor

from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import (
    AREAS,
    COLORS,
    DEFAULT_AREA,
    DEFAULT_COLOR,
    DEFAULT_LOCATION,
    DEFAULT_OFFSET,
    LOCATIONS,
    OFFSETS,
    rect_of,
)


def test_729_combinations_give_661_rectangles() -> None:
    combinations = list(product(LOCATIONS, OFFSETS, AREAS))
    rects = [rect_of(*phrases) for phrases in combinations]
    assert len(combinations) == 729
    assert len(set(rects)) == 661
    assert all(rect.area > 0 for rect in rects)


@pytest.mark.parametrize(
    ("phrases", "rect"),
    [
        (("in the center", "no offset", "a large square area"), (10, 80, 10, 80)),
        (("on the left", "slightly to the lower", "a medium-sized vertical area"), (15, 90, 0, 40)),
        (("on the right", "slightly to the upper", "a medium-sized vertical area"), (0, 75, 50, 90)),
        (("on the top", "slightly to the right", "a small horizontal area"), (0, 35, 25, 85)),
        (("on the bottom-left", "slightly to the upper-right", "a small square area"), (40, 90, 0, 50)),
        (("on the top-right", "slightly to the lower-left", "a small square area"), (0, 50, 40, 90)),
    ],
)
def test_rectangles_worked_out_by_hand(phrases: tuple[str, str, str], rect: tuple[int, int, int, int]) -> None:
    assert rect_of(*phrases) == Rect(*rect)


def test_colours_are_those_of_css() -> None:
    css = {name: ImageColor.getrgb(name) for name in ImageColor.colormap}
    assert {**css, "navyblue": css["navy"]} == COLORS
    assert len(COLORS) == 149


def test_defaults_are_in_the_tables() -> None:
    assert DEFAULT_LOCATION in LOCATIONS
    assert DEFAULT_OFFSET in OFFSETS
    assert DEFAULT_AREA in AREAS
    assert DEFAULT_COLOR in COLORS
