"""The phrases nearest to a rectangle."""

from __future__ import annotations

from functools import cache

from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import AREAS, LOCATIONS, OFFSETS, rect_of

Phrases = tuple[str, str, str]
"""(location, offset, area)."""


@cache
def vocabulary_rects() -> dict[Rect, Phrases]:
    """The 661 rectangles that phrases can express, with their phrases. If several combinations give the same rectangle,
    one without an offset is preferred, then the first in the order of the tables."""
    found: dict[Rect, Phrases] = {}
    for offset in OFFSETS:  # "no offset" is the first
        for location in LOCATIONS:
            for area in AREAS:
                found.setdefault(rect_of(location, offset, area), (location, offset, area))
    return found


def nearest_phrases(rect: Rect) -> Phrases:
    """The phrases whose rectangle is nearest to `rect`.

    The distance is the sum of the squared distances of the four edges, so that position and size both count; by largest
    overlap a small box in the middle could become a strip at the border. Ties go to the first in `vocabulary_rects`.
    """
    table = vocabulary_rects()
    return table[rect] if rect in table else table[min(table, key=lambda other: _distance(rect, other))]


def _distance(a: Rect, b: Rect) -> int:
    return sum((one - other) ** 2 for one, other in zip(a.as_tuple, b.as_tuple, strict=True))
