from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas.geometry import Rect
from lib_omost.render.patches import CPU_CALL_COST, PatchLayout, layout
from lib_omost.render.regions import RenderRegions, level, region_masks
from lib_omost.render.settings import FORMULAS, Formula
from tests.render.sdxl.test_attention import FULL, OVERLAPPING, SIZES, layer, run, texts
from tests.render.test_regions import rects

HEADS = 3


def pairs(found: PatchLayout, pixels: int) -> torch.Tensor:
    """bool [N, T]: which pixel is handed which token; every pixel must come once."""
    assert found.order.sort().values.tolist() == list(range(pixels))
    assert sum(patch.pixels for patch in found.patches) == pixels
    handed = torch.zeros(pixels, 4096, dtype=torch.bool)
    start = 0
    for patch in found.patches:
        inside = found.order[start : start + patch.pixels]
        start += patch.pixels
        tokens = torch.arange(4096)[patch.tokens]
        handed[inside[:, None], tokens[None]] = True
    return handed


@settings(max_examples=40, deadline=None)
@given(st.lists(rects, max_size=6), st.integers(1, 24), st.integers(1, 24), st.sampled_from(FORMULAS), st.booleans())
def test_patches_equal_the_mask(regions: list[Rect], height: int, width: int, formula: Formula, guided: bool) -> None:
    attention, embeds = layer(), texts(1 + len(regions))
    negative = torch.randn(6, 20) if guided else None
    rows = torch.randn(1 + guided, height * width, 24)
    found, masked = (
        run(
            attention, rows, RenderRegions([FULL, *regions], embeds, negative, formula, call_cost=call), (height, width)
        )
        for call in (0.0, math.inf)
    )
    # The published formula multiplies the scores, and with them their rounding, by H * W / area.
    areas = [float(area) for area in region_masks(regions, height, width).sum(dim=(1, 2)) if area]
    factor = height * width / min(areas, default=height * width) if formula == "omost" else 1.0
    torch.testing.assert_close(found, masked, atol=max(1e-5, 1e-6 * factor), rtol=1e-5)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("call", [0.0, 3000.0])
def test_they_are_as_exact_in_half_precision_as_the_mask(formula: Formula, size: tuple[int, int], call: float) -> None:
    attention, embeds = layer(), texts(len(OVERLAPPING))
    rows = torch.randn(1, size[0] * size[1], 24)
    exact = run(attention, rows, RenderRegions(OVERLAPPING, embeds, None, formula, call_cost=math.inf), size)
    attention = attention.bfloat16()
    half = [embed.bfloat16() for embed in embeds]
    patches, masked = (
        run(attention, rows.bfloat16(), RenderRegions(OVERLAPPING, half, None, formula, call_cost=price), size).float()
        for price in (call, math.inf)
    )
    assert (patches - exact).abs().mean() < 1.1 * (masked - exact).abs().mean() + 1e-4


@pytest.mark.parametrize("call", [0.0, 100.0, 1000.0, 10_000.0])
def test_every_pixel_is_handed_the_tokens_of_its_own_regions_and_few_others(call: float) -> None:
    lengths = [77, 154, 77, 77, 77]
    terms = level(OVERLAPPING, lengths, 25, 33, "layered")
    found = layout(terms, HEADS, call, torch.float32)
    assert found is not None
    handed = pairs(found, 25 * 33)
    heard = torch.zeros_like(handed)
    heard[:, terms.tokens] = terms.bias() > -torch.inf
    assert not (heard & ~handed).any()
    assert handed.sum() < (1.05 if call == 0 else 1.5) * heard.sum()


def test_a_small_picture_is_one_masked_call_and_a_large_one_is_not() -> None:
    lengths = [77] * len(OVERLAPPING)
    small, large = (
        layout(level(OVERLAPPING, lengths, side, side, "layered"), 4, CPU_CALL_COST, torch.float32) for side in (8, 64)
    )
    assert small is None
    assert large is not None
    assert 1 < len(large.patches) < 12


def test_one_patch_with_a_mask_is_not_better_than_the_mask() -> None:
    assert layout(level([FULL], [77], 64, 64, "layered"), 4, 0.0, torch.float32) is None
    assert layout(level([FULL, FULL], [77, 77], 64, 64, "layered"), 4, 0.0, torch.float32) is None
    assert layout(level(OVERLAPPING, [77] * 5, 64, 64, "layered"), 4, math.inf, torch.float32) is None


def test_keys_are_projected_once_for_all_sizes_in_either_formula() -> None:
    for formula in FORMULAS:
        attention, embeds = layer(), texts(len(OVERLAPPING))
        calls: list[int] = []
        handle = attention.to_k.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        regions = RenderRegions(OVERLAPPING, embeds, None, formula, call_cost=0.0)
        for size in SIZES:
            run(attention, torch.randn(1, size[0] * size[1], 24), regions, size)
        handle.remove()
        assert len(calls) == 1


def test_many_regions_are_planned_in_little_time() -> None:
    torch.manual_seed(0)
    edges = torch.randint(0, 91, (60, 4)).tolist()
    many = [FULL, *(Rect(*sorted(edge[:2]), *sorted(edge[2:])) for edge in edges)]
    found = layout(level(many, [77] * len(many), 64, 64, "layered"), 10, CPU_CALL_COST, torch.float32)
    assert found is not None
    assert len(found.patches) < 200
