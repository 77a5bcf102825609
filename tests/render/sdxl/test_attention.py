from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import Attention
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas.geometry import Rect
from lib_omost.render.regions import RenderRegions
from lib_omost.render.sdxl.attention import RegionAttention, installed
from lib_omost.render.settings import FORMULAS, Formula
from tests.render import tiny
from tests.render.test_regions import plain_mask, plain_weights, rects

FULL = Rect(0, 90, 0, 90)
OVERLAPPING = [FULL, Rect(0, 60, 0, 60), Rect(30, 90, 30, 90), Rect(20, 70, 10, 50), Rect(0, 1, 0, 1)]
"""The last one has no pixel at most of the sizes below."""
SIZES = [(8, 8), (13, 19), (25, 33), (17, 40), (1, 7)]


def plain_attention(
    query: np.ndarray,
    tokens: list[tuple[np.ndarray, np.ndarray]],
    regions: list[Rect],
    size: tuple[int, int],
    formula: Formula,
) -> np.ndarray:
    """One head, query [N, d], keys and values [T_r, d] of every region: the formulas as they are written down."""
    height, width = size
    masks = [plain_mask(rect, height, width).reshape(-1) for rect in regions]
    weights = plain_weights(regions, height, width).reshape(len(regions), -1)
    out = np.zeros_like(query)
    for p in range(height * width):
        scores, heard = [], []
        for r, (keys, values) in enumerate(tokens):
            if not masks[r][p]:
                continue
            logits = keys @ query[p] / math.sqrt(query.shape[1])
            factor = height * width / masks[r].sum()
            if formula == "omost":
                logits = logits * factor
            elif formula == "omost-layered":
                logits = logits * factor + math.log(weights[r, p] / factor)
            else:
                logits = logits + math.log(weights[r, p])
            scores.append(logits)
            heard.append(values)
        score = np.concatenate(scores)
        share = np.exp(score - score.max())
        out[p] = share / share.sum() @ np.concatenate(heard)
    return out


def layer(seed: int = 0) -> Attention:
    torch.manual_seed(seed)
    attention = Attention(query_dim=24, cross_attention_dim=20, heads=3, dim_head=8).eval()
    with torch.no_grad():
        for weight in attention.parameters():
            weight.mul_(3.0)
    return attention


def plain_layer(
    attention: Attention,
    rows: torch.Tensor,
    embeds: list[torch.Tensor],
    regions: list[Rect],
    size: tuple[int, int],
    formula: Formula,
) -> np.ndarray:
    """The whole layer in float64: projections, heads one by one, output projection."""
    weights = {name: weight.detach().double().numpy() for name, weight in attention.named_parameters()}
    out = []
    for row in rows.double().numpy():
        query = row @ weights["to_q.weight"].T
        heads = []
        for head in range(attention.heads):
            part = slice(8 * head, 8 * head + 8)
            tokens = [
                (text @ weights["to_k.weight"].T[:, part], text @ weights["to_v.weight"].T[:, part])
                for text in (embed.double().numpy() for embed in embeds)
            ]
            heads.append(plain_attention(query[:, part], tokens, regions, size, formula))
        out.append(np.concatenate(heads, axis=1) @ weights["to_out.0.weight"].T + weights["to_out.0.bias"])
    return np.stack(out)


def texts(count: int, seed: int = 5) -> list[torch.Tensor]:
    torch.manual_seed(seed)
    return [torch.randn(3 + 2 * r, 20) for r in range(count)]


@torch.no_grad()
def run(attention: Attention, rows: torch.Tensor, regions: RenderRegions, latents: tuple[int, int]) -> torch.Tensor:
    regions.resize(*latents)
    attention.set_processor(RegionAttention(regions))
    return attention(rows, encoder_hidden_states=torch.zeros(rows.shape[0], 77, 20))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("size", SIZES)
def test_a_layer_follows_the_plain_statement(formula: Formula, size: tuple[int, int]) -> None:
    attention, embeds = layer(), texts(len(OVERLAPPING))
    rows = torch.randn(2, size[0] * size[1], 24)
    found = run(attention, rows, RenderRegions(OVERLAPPING, embeds, None, formula), size)
    expected = plain_layer(attention, rows, embeds, OVERLAPPING, size, formula)
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-5 * np.abs(expected).max())


@settings(max_examples=12, deadline=None)
@given(st.lists(rects, max_size=4), st.integers(1, 12), st.integers(1, 12), st.sampled_from(FORMULAS))
def test_any_rectangles_and_sizes(regions: list[Rect], height: int, width: int, formula: Formula) -> None:
    attention, embeds = layer(), texts(1 + len(regions))
    rows = torch.randn(1, height * width, 24)
    found = run(attention, rows, RenderRegions([FULL, *regions], embeds, None, formula), (height, width))
    expected = plain_layer(attention, rows, embeds, [FULL, *regions], (height, width), formula)
    np.testing.assert_allclose(found.numpy(), expected, atol=3e-5 * np.abs(expected).max())


@pytest.mark.parametrize("formula", FORMULAS)
def test_bf16_stays_within_its_rounding(formula: Formula) -> None:
    attention, embeds = layer(), texts(len(OVERLAPPING))
    rows = torch.randn(1, 13 * 19, 24)
    expected = plain_layer(attention, rows, embeds, OVERLAPPING, (13, 19), formula)
    half = [embed.bfloat16() for embed in embeds]
    found = run(attention.bfloat16(), rows.bfloat16(), RenderRegions(OVERLAPPING, half, None, formula), (13, 19))
    error = np.abs(found.float().numpy() - expected)
    assert error.mean() < 0.02 * np.abs(expected).mean()


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("regions", [OVERLAPPING, OVERLAPPING[:3]])
def test_tokens_padded_for_an_accelerator_are_not_attended_to(formula: Formula, regions: list[Rect]) -> None:
    attention, embeds = layer(), texts(len(regions))
    rows = torch.randn(1, 64, 24)
    plain = RenderRegions(regions, embeds, None, formula)
    padded = RenderRegions(regions, embeds, None, formula, multiple=8)
    torch.testing.assert_close(run(attention, rows, padded, (8, 8)), run(attention, rows, plain, (8, 8)))
    assert padded.keys_values(attention, 64)[0].shape[2] % 8 == 0
    assert padded.bias(64, torch.float32).shape[-1] % 8 == 0
    assert sum(map(len, embeds)) % 8, "or nothing was padded"


def test_guided_rows_are_negative_then_positive() -> None:
    attention, embeds, negative = layer(), texts(3), torch.randn(6, 20)
    regions = OVERLAPPING[:3]
    rows = torch.randn(4, 64, 24)
    found = run(attention, rows, RenderRegions(regions, embeds, negative), (8, 8))
    plain = plain_layer(attention, rows[:2], [negative], [FULL], (8, 8), "layered")
    np.testing.assert_allclose(found[:2].numpy(), plain, atol=1e-4)
    alone = run(attention, rows[2:], RenderRegions(regions, embeds, None), (8, 8))
    torch.testing.assert_close(found[2:], alone)


def test_one_full_region_is_plain_attention() -> None:
    attention, embeds = layer(), texts(1)
    rows = torch.randn(1, 35, 24)
    stock = attention.processor
    with torch.no_grad():
        expected = attention(rows, encoder_hidden_states=embeds[0][None])
    for formula in FORMULAS:
        torch.testing.assert_close(run(attention, rows, RenderRegions([FULL], embeds, None, formula), (5, 7)), expected)
    attention.set_processor(stock)


def test_a_nearer_region_outweighs_a_farther_one() -> None:
    attention, embeds = layer(), texts(3)
    rows = torch.randn(1, 64, 24)
    near, far = Rect(0, 45, 0, 45), Rect(0, 45, 0, 45)
    one = run(attention, rows, RenderRegions([FULL, far, near], embeds, None), (8, 8))
    other = run(attention, rows, RenderRegions([FULL, far, near], [embeds[0], embeds[2], embeds[1]], None), (8, 8))
    assert not torch.allclose(one, other, atol=1e-2), "order is heard in an overlap"
    same = RenderRegions([FULL, far, near], [embeds[0], embeds[2], embeds[1]], None, "omost")
    torch.testing.assert_close(
        run(attention, rows, RenderRegions([FULL, far, near], embeds, None, "omost"), (8, 8)),
        run(attention, rows, same, (8, 8)),
    )


# The whole UNet


def unet_inputs(height: int, width: int, rows: int) -> dict[str, Any]:
    torch.manual_seed(3)
    return {
        "sample": torch.randn(rows, 4, height, width),
        "timestep": torch.tensor(500),
        "encoder_hidden_states": torch.randn(rows, 77, 2 * tiny.TEXT),
        "added_cond_kwargs": {"text_embeds": torch.randn(rows, tiny.TEXT), "time_ids": torch.rand(rows, 6)},
    }


class PlainProcessor:
    """The formula by masks, unfused, with nothing remembered; told its size, not finding it."""

    def __init__(self, regions: list[Rect], embeds: list[torch.Tensor], sizes: list[tuple[int, int]], formula: Formula):
        self.regions, self.embeds, self.sizes, self.formula = regions, embeds, sizes, formula

    def __call__(self, attn: Any, hidden_states: torch.Tensor, encoder_hidden_states: Any = None, **_: Any) -> Any:
        size = next(size for size in self.sizes if size[0] * size[1] == hidden_states.shape[1])
        weights = torch.from_numpy(plain_weights(self.regions, *size)).flatten(1)
        factors = (weights > 0).sum(1)
        query = attn.to_q(hidden_states).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
        scores, values = [], []
        for r, embed in enumerate(self.embeds):
            if factors[r] == 0:
                continue
            key = attn.to_k(embed).unflatten(-1, (attn.heads, -1)).transpose(0, 1)
            score = query @ key.transpose(1, 2) * attn.scale
            factor = weights.shape[1] / factors[r]
            if self.formula == "omost":
                score = (score * factor).masked_fill(weights[r][:, None] == 0, -torch.inf)
            elif self.formula == "omost-layered":
                score = score * factor + (weights[r] / factor).log()[:, None]
            else:
                score = score + weights[r].log()[:, None]
            scores.append(score)
            values.append(attn.to_v(embed).unflatten(-1, (attn.heads, -1)).transpose(0, 1))
        share = torch.cat(scores, -1).softmax(-1).to(query.dtype)
        return attn.to_out[0]((share @ torch.cat(values, 1)).transpose(1, 2).flatten(2))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("size", [(13, 19), (9, 12)])
@torch.no_grad()
def test_a_whole_unet_follows_the_plain_statement(formula: Formula, size: tuple[int, int]) -> None:
    unet = tiny.unet()
    torch.manual_seed(9)
    embeds = [torch.randn(77, 2 * tiny.TEXT) for _ in OVERLAPPING]
    inputs = unet_inputs(*size, rows=2)
    regions = RenderRegions(OVERLAPPING, embeds, None, formula)
    regions.resize(*size)
    stock = unet(**inputs).sample
    with installed(unet, regions):
        found = unet(**inputs).sample
        again = unet(**inputs).sample
    before = dict(unet.attn_processors)
    halves = [size, ((size[0] + 1) // 2, (size[1] + 1) // 2)]
    plain = PlainProcessor(OVERLAPPING, embeds, halves, formula)
    unet.set_attn_processor({name: plain if "attn2" in name else own for name, own in before.items()})
    expected = unet(**inputs).sample
    assert torch.equal(found, again), "what is remembered does not change the result"
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    assert (found - stock).abs().max() > 0.05, "the regions are heard at all"


@torch.no_grad()
def test_the_unet_is_as_before_afterwards_also_after_an_exception() -> None:
    unet = tiny.unet()
    inputs = unet_inputs(8, 8, rows=2)
    before, processors = unet(**inputs).sample, dict(unet.attn_processors)
    regions = RenderRegions([FULL], [torch.randn(77, 2 * tiny.TEXT)], None)
    regions.resize(8, 8)
    with installed(unet, regions):
        assert not torch.equal(unet(**inputs).sample, before)
    assert torch.equal(unet(**inputs).sample, before)
    with pytest.raises(KeyError), installed(unet, regions):
        unet(**unet_inputs(9, 9, rows=2))
    assert torch.equal(unet(**inputs).sample, before)
    assert all(unet.attn_processors[name] is processor for name, processor in processors.items())
