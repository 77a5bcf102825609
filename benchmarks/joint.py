"""A step of a FLUX.2 transformer with regions: against the same texts without a mask, and against the global text
alone.

The transformer has random weights and the shape of FLUX.2 klein at a size that a CPU can run. The first ratio is the
price of the mask, the second that of masks and regions' texts together. The mask is built once a render.
"""

from __future__ import annotations

import argparse
from functools import partial

import torch
from diffusers import Flux2Transformer2DModel

from benchmarks.measure import interleaved
from benchmarks.report import finish, table
from benchmarks.scenes import scene
from lib_omost.canvas.geometry import Rect
from lib_omost.render.flux2.network import Flux2Network
from lib_omost.render.sequence import RegionSequence

TEXT = 90
"""Tokens of one condition: a description with five sub-prompts and the chat template."""
REGIONS = (1, 6, 12)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", type=int, default=64, help="of the latents in cells of 16 pixels")
    parser.add_argument("--width", type=int, default=768, help="channels, multiples of 64; 768 are 100M parameters")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dtype = getattr(torch, options.dtype)
    network = transformer(options.width).to(options.device, dtype)
    size = sum(weight.numel() for weight in network.parameters()) / 1e6
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, object] = {}
    for count in REGIONS:
        found = compare(network, count, options.side, options.rounds)
        rows.append((count, *(f"{value:.2f}" for value in found.values())))
        ratios |= {f"{name}, {count} regions": value for name, value in found.items()}
    print(f"{size:.0f}M parameters, {options.side}x{options.side} cells")
    table(("regions", "step s", "to no mask", "to one text", "mask MiB"), rows)
    finish("joint", options.device, ratios)


def transformer(width: int, seed: int = 0) -> Flux2Transformer2DModel:
    """A transformer with FLUX.2's blocks: 3 double and 6 single ones of `width` channels."""
    torch.manual_seed(seed)
    return Flux2Transformer2DModel(
        num_layers=3,
        num_single_layers=6,
        attention_head_dim=64,
        num_attention_heads=width // 64,
        joint_attention_dim=256,
        axes_dims_rope=(16, 16, 16, 16),
        guidance_embeds=False,
    ).eval()


@torch.inference_mode()
def compare(network: Flux2Transformer2DModel, regions: int, side: int, rounds: int) -> dict[str, float]:
    """Seconds of one step with the mask; its ratios to a step without, and to one with the global text alone; MiB of
    the mask."""
    rects, _ = scene(regions, regions + 1)
    device, dtype = network.device, network.dtype
    embeds = [torch.randn(TEXT, 256, device=device, dtype=dtype) for _ in rects]
    latents = torch.randn(1, network.config.in_channels, side, side, device=device)
    sequences = (
        RegionSequence(rects, [(one,) for one in embeds]),
        RegionSequence((Rect.FULL,), ((torch.cat(embeds),),)),
        RegionSequence((Rect.FULL,), ((embeds[0],),)),
    )
    for sequence in sequences:
        sequence.resize(side, side)
    called = Flux2Network(network)
    sigma = torch.tensor(0.5, device=device)
    works = {
        name: partial(called.predict, sequence, latents, sigma)
        for name, sequence in zip(("masked", "plain", "alone"), sequences, strict=True)
    }
    seconds = interleaved(works, rounds, device=device.type)
    masked = seconds["masked"]
    mask = sequences[0].mask
    bytes_ = 0 if mask is None else mask.shape[-1] ** 2 * mask.element_size()
    return {
        "step s": masked,
        "to no mask": masked / seconds["plain"],
        "to one text": masked / seconds["alone"],
        "mask MiB": bytes_ / 2**20,
    }


if __name__ == "__main__":
    main()
