from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.errors import SettingsError
from lib_omost.render.repaint import FEATHER, Repaint, pasted

EDGES = st.lists(st.integers(0, GRID), min_size=2, max_size=2, unique=True).map(sorted)
RECTS = st.builds(lambda y, x: Rect(y[0], y[1], x[0], x[1]), EDGES, EDGES)
REPAINTS = st.builds(
    Repaint,
    st.lists(RECTS, min_size=1, max_size=3).map(tuple),
    st.integers(0, 6),
    st.floats(0.05, 1),
)


@settings(deadline=None)
@given(REPAINTS)
def test_json_gives_the_same_value_back(repaint: Repaint) -> None:
    assert Repaint.from_json(json.loads(json.dumps(repaint.to_json()))) == repaint


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"rects": []},
        {"rects": [[0, 0, 5, 5]]},
        {"rects": [[0, 91, 0, 5]]},
        {"rects": [[0, 9.0, 0, 5]]},
        {"rects": [[0, 9, 0]]},
        {"rects": ["0905"]},
        {"rects": [[0, 9, 0, 5]] * 500},
        {"rects": [[0, 9, 0, 5]], "grow": 46},
        {"rects": [[0, 9, 0, 5]], "grow": "3"},
        {"rects": [[0, 9, 0, 5]], "strength": float("nan")},
        {"rects": [[0, 9, 0, 5]], "strength": 0},
        {"rects": 5},
    ],
)
def test_what_is_no_repaint_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(SettingsError):
        Repaint.from_json(value)


@settings(deadline=None)
@given(REPAINTS, st.sampled_from([(90, 90), (64, 96), (33, 21)]))
def test_cover_is_one_inside_zero_beyond_the_feather_and_falls_between(repaint: Repaint, size: tuple[int, int]) -> None:
    width, height = size
    made = repaint.cover(width, height)
    for row in range(0, height, 3):
        for column in range(0, width, 3):
            x, y = (column + 0.5) * GRID / width, (row + 0.5) * GRID / height
            away = min(
                np.hypot(max(rect.left - x, x - rect.right, 0), max(rect.top - y, y - rect.bottom, 0))
                for rect in repaint.rects
            )
            nearest = min(
                np.hypot(
                    max(rect.left - repaint.grow - x, x - rect.right - repaint.grow, 0),
                    max(rect.top - repaint.grow - y, y - rect.bottom - repaint.grow, 0),
                )
                for rect in repaint.rects
            )
            part = max(0.0, 1 - nearest / FEATHER)
            assert made[row, column] == pytest.approx(part * part * (3 - 2 * part), abs=1e-5)
            if away == 0:
                assert made[row, column] == 1


@settings(deadline=None)
@given(REPAINTS)
def test_cells_are_the_cover_of_the_grid(repaint: Repaint) -> None:
    cells = repaint.cells()
    made = repaint.cover(GRID, GRID)
    assert all((made[cell] > 0) == (cell in cells) for cell in np.ndindex(GRID, GRID))


@settings(deadline=None)
@given(REPAINTS, st.integers(0, 5))
def test_pasted_pixels_are_the_kept_ones_byte_for_byte_outside(repaint: Repaint, seed: int) -> None:
    draw = np.random.default_rng(seed)
    one, other = (Image.fromarray(draw.integers(0, 256, (40, 56, 3), np.uint8)) for _ in range(2))
    made = np.asarray(pasted(one, other, repaint))
    cover = repaint.cover(56, 40)
    assert np.array_equal(made[cover == 0], np.asarray(one)[cover == 0])
    assert np.array_equal(made[cover == 1], np.asarray(other)[cover == 1])
    low, high = np.minimum(one, other), np.maximum(one, other)
    assert (low <= made).all()
    assert (made <= high).all()
