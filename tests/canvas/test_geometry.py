from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.canvas.geometry import FULL, GRID, Rect, centred_rect

edges = st.tuples(st.integers(0, GRID), st.integers(0, GRID)).map(sorted)
rects = st.builds(lambda rows, columns: Rect(*rows, *columns), edges, edges)


def cells(rect: Rect) -> set[tuple[int, int]]:
    return {(y, x) for y in range(rect.top, rect.bottom) for x in range(rect.left, rect.right)}


@given(rects, rects)
def test_intersection_is_the_shared_cells(a: Rect, b: Rect) -> None:
    shared = a.intersection(b)
    assert (cells(shared) if shared else set()) == cells(a) & cells(b)
    assert shared == b.intersection(a)


@given(rects)
def test_area_counts_the_cells(rect: Rect) -> None:
    assert rect.area == len(cells(rect))
    assert Rect.FULL is FULL


@pytest.mark.parametrize(
    "wrong", [(1, 0, 0, 1), (0, 1, 1, 0), (-1, 1, 0, 1), (0, 91, 0, 1), (0, 1, 0, 91), (0, 1.0, 0, 1), (0, True, 0, 1)]
)
def test_wrong_edges_are_refused(wrong: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="edges"):
        Rect(*wrong)


@given(*[st.integers(-200, 200)] * 2, *[st.integers(0, 200)] * 2)
def test_centred_rect_is_the_visible_part(x: int, y: int, width: int, height: int) -> None:
    rect = centred_rect(x, y, width, height)
    for row, column in [(rect.top, rect.left), (rect.bottom - 1, rect.right - 1)]:
        if rect.area:
            assert y - height // 2 <= row < y + height // 2
            assert x - width // 2 <= column < x + width // 2


def test_centred_rect_by_hand() -> None:
    assert centred_rect(45, 45, 60, 60) == Rect(15, 75, 15, 75)
    assert centred_rect(5, 85, 90, 60) == Rect(55, 90, 0, 50)
