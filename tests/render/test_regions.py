from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas.geometry import Rect
from lib_omost.render.regions import area_factors, region_masks, region_weights

FULL = Rect(0, 90, 0, 90)
edges = st.tuples(st.integers(0, 90), st.integers(0, 90)).map(sorted)
rects = st.builds(lambda rows, columns: Rect(rows[0], rows[1], columns[0], columns[1]), edges, edges)


def plain_mask(rect: Rect, height: int, width: int) -> np.ndarray:
    """Nearest-exact resize of the rectangle's 90 x 90 mask, written out pixel by pixel."""
    grid = np.zeros((90, 90), dtype=bool)
    grid[rect.top : rect.bottom, rect.left : rect.right] = True
    resized = np.zeros((height, width), dtype=bool)
    for y in range(height):
        for x in range(width):
            resized[y, x] = grid[(2 * y + 1) * 90 // (2 * height), (2 * x + 1) * 90 // (2 * width)]
    return resized


def plain_weights(rects: list[Rect], height: int, width: int) -> np.ndarray:
    masks = [plain_mask(rect, height, width) for rect in rects]
    weights = np.zeros((len(rects), height, width))
    for r, mask in enumerate(masks):
        for y in range(height):
            for x in range(width):
                if mask[y, x]:
                    nearer = sum(bool(masks[s][y, x]) for s in range(r + 1, len(rects)))
                    weights[r, y, x] = height * width / mask.sum() * 0.3**nearer
    return weights


@settings(max_examples=25, deadline=None)
@given(st.lists(rects, max_size=5), st.integers(1, 20), st.integers(1, 20))
def test_weights_are_those_of_the_plain_statement(regions: list[Rect], height: int, width: int) -> None:
    found = region_weights([FULL, *regions], height, width)
    assert found.shape == (1 + len(regions), height, width)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), plain_weights([FULL, *regions], height, width), rtol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 48), (18, 14), (13, 19), (25, 33), (17, 40), (128, 8)])
def test_masks_are_torchs_nearest_exact_resize(height: int, width: int) -> None:
    regions = [FULL, Rect(0, 45, 10, 80), Rect(13, 14, 0, 90), Rect(89, 90, 89, 90), Rect(30, 30, 0, 90)]
    grid = torch.zeros(len(regions), 1, 90, 90)
    for r, rect in enumerate(regions):
        grid[r, 0, rect.top : rect.bottom, rect.left : rect.right] = 1
    resized = torch.nn.functional.interpolate(grid, (height, width), mode="nearest-exact")[:, 0] > 0
    assert torch.equal(region_masks(regions, height, width), resized)


def test_a_region_without_a_pixel_weighs_nothing() -> None:
    weights = region_weights([FULL, Rect(0, 1, 0, 1)], 8, 8)
    assert weights[1].sum() == 0
    assert torch.equal(weights[0], torch.ones(8, 8)), "nor does it take anything from what is behind it"
    assert area_factors(region_masks([FULL, Rect(0, 1, 0, 1)], 8, 8)).tolist() == [1.0, 0.0]


def test_two_nearer_regions_leave_nine_hundredths() -> None:
    weights = region_weights([FULL, FULL, FULL], 4, 4)
    assert weights[:, 0, 0].tolist() == pytest.approx([0.09, 0.3, 1.0])
