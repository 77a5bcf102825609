"""What a hand can set for a region beyond the models' language: its weight, and a negative prompt of its own."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from lib_omost.render.regions import RenderRegions
from lib_omost.render.settings import FORMULAS, Formula, Notice
from tests.render.sdxl.test_attention import OVERLAPPING, layer, run, texts
from tests.render.sdxl.test_painter import CONDITIONS, SMALL, events, painter, pictures, same  # noqa: F401


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("call", [0.0, math.inf])
def test_a_weight_of_two_equals_the_words_written_twice(formula: Formula, call: float) -> None:
    attention, embeds = layer(), texts(len(OVERLAPPING))
    rows = torch.randn(1, 13 * 19, 24)
    weights = [1.0, 2.0, 1.0, 3.0, 0.5]
    said = [embed.repeat(round(2 * weight), 1) for embed, weight in zip(embeds, weights, strict=True)]
    weighted, repeated, plain = (
        run(attention, rows, RenderRegions(OVERLAPPING, tokens, None, formula, call_cost=call, weights=given), (13, 19))
        for tokens, given in ((embeds, weights), (said, None), (embeds, None))
    )
    torch.testing.assert_close(weighted, repeated, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(weighted, plain, atol=1e-3)


def test_negative_rows_attend_to_negatives_of_regions_inside_the_regions() -> None:
    attention, embeds, negative = layer(), texts(len(OVERLAPPING)), torch.randn(6, 20)
    own = [negative, negative[:0], torch.randn(5, 20), *[negative[:0]] * 2]
    rows = torch.randn(2, 64, 24)
    region_negatives = RenderRegions(OVERLAPPING, own, None)
    found = run(
        attention, rows, RenderRegions(OVERLAPPING, embeds, negative, region_negatives=region_negatives), (8, 8)
    )
    without = run(attention, rows, RenderRegions(OVERLAPPING, embeds, negative), (8, 8))
    torch.testing.assert_close(found[1:], without[1:])
    torch.testing.assert_close(found[:1], run(attention, rows[:1], RenderRegions(OVERLAPPING, own, None), (8, 8)))
    # Region 2 lies in the cells 30..90: rows and columns 3..7 of 8.
    differ = (found[0] - without[0]).abs().amax(1).reshape(8, 8) > 1e-5
    assert differ[3:, 3:].all()
    assert not differ[:2].any()
    assert not differ[:, :2].any()


def test_weights_and_negatives_change_a_render(painter) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    def painted(**values: object) -> object:
        return pictures(painter, SMALL, (*CONDITIONS[:2], replace(CONDITIONS[2], **values)))[0].image  # type: ignore[arg-type]

    plain = painted()
    assert same(painted(weight=1.0, negative=""), plain)  # type: ignore[arg-type]
    for values in ({"weight": 4.0}, {"negative": "wings"}):
        changed = painted(**values)
        assert not same(changed, plain)  # type: ignore[arg-type]
        assert same(painted(**values), changed)  # type: ignore[arg-type]
    assert np.array(plain).std() > 0


def test_a_negative_without_effect_is_reported(painter) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    conditions = (CONDITIONS[0], replace(CONDITIONS[1], negative="wings"))
    told = [
        event for event in events(painter, replace(SMALL, guidance_scale=1.0), conditions) if isinstance(event, Notice)
    ]
    assert any("without guidance" in notice.message for notice in told)
