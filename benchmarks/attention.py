"""One cross-attention layer with regions: ours against the formula of the published program.

Positive and negative rows, including projections. The time is that of a later step, when ours has its keys and values;
the memory is that of the first step, in which ours makes everything that it keeps for the render.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from functools import partial

import torch
from diffusers.models.attention_processor import Attention
from torch import Tensor

from benchmarks.measure import interleaved, peak_bytes
from benchmarks.reference import ReferenceAttention
from benchmarks.report import finish, table
from benchmarks.scenes import scene, texts
from lib_omost.render.regions import RenderRegions
from lib_omost.render.sdxl.attention import RegionAttention

CONTEXT = 2048
"""Channels of SDXL's text embeddings."""
HEADS = {64: 10, 32: 20}
"""SDXL's two levels with attention at 1024 x 1024: the side in latent pixels, and the number of heads of 64 channels.
"""
SCENES = ((6, 12), (12, 24))
"""Numbers of regions and of bags of 77 tokens."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=("float32", "float16", "bfloat16"), default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sides", type=int, nargs="+", choices=tuple(HEADS), default=list(HEADS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dtype = getattr(torch, options.dtype)
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, object] = {}
    with torch.inference_mode():
        for side in options.sides:
            heads = HEADS[side]
            for regions, bags in SCENES:
                found = _compare(side, heads, regions, bags, options.device, dtype, options.rounds)
                rows.append((f"{side}x{side}, {heads} heads", f"{regions} / {bags * 77}", *found.values()))
                for name in ("faster", "less memory", "error"):
                    ratios[f"{name}, {side}x{side}, {regions} regions"] = found[name]
    head = ("layer", "regions / tokens", "reference ms", "one mask ms", "ours ms", "faster")
    table((*head, "reference MiB", "ours MiB", "less memory", "error"), rows)
    finish("attention", options.device, ratios)


def _compare(
    side: int, heads: int, regions: int, bags: int, device: str, dtype: torch.dtype, rounds: int
) -> dict[str, float]:
    torch.manual_seed(0)
    attention = Attention(query_dim=64 * heads, cross_attention_dim=CONTEXT, heads=heads, dim_head=64)
    attention.to(device, dtype)
    rects, lengths = scene(regions, bags)
    embeds = texts(lengths, CONTEXT, device=device, dtype=dtype)
    negative = texts([77], CONTEXT, device=device, dtype=dtype)[0]
    states = torch.randn(2, side * side, 64 * heads).to(device, dtype)

    def regions_of(**options: float) -> RegionAttention:
        made = RenderRegions(rects, embeds, negative, "omost", **options)  # type: ignore[arg-type]
        made.resize(side, side)
        return RegionAttention(made)

    reference: Callable[..., Tensor] = ReferenceAttention(rects, embeds, negative, lambda _: (side, side))
    expected = reference(attention, states)
    error = float((regions_of()(attention, states) - expected).abs().max() / expected.abs().max())
    del expected
    masked, ours = regions_of(call_cost=math.inf), regions_of()
    processors: dict[str, Callable[..., Tensor]] = {"reference": reference, "masked": masked, "ours": ours}
    works: dict[str, Callable[[], Tensor]] = {
        name: partial(processor, attention, states) for name, processor in processors.items()
    }
    seconds = interleaved(works, rounds, device=device)
    first_steps = (works["reference"], partial(regions_of(), attention, states))
    memory = [peak_bytes(work, device=device) for work in first_steps]
    their_peak, our_peak = ((found or math.nan) / 2**20 for found in memory)
    return {
        "reference": seconds["reference"] * 1e3,
        "masked": seconds["masked"] * 1e3,
        "ours": seconds["ours"] * 1e3,
        "faster": seconds["reference"] / seconds["ours"],
        "their memory": their_peak,
        "our memory": our_peak,
        "less memory": their_peak / our_peak,
        "error": error,
    }


if __name__ == "__main__":
    main()
