"""A guided step with regions against the same step of a stock SDXL UNet with one 77-token prompt, and the cost of a
preview.

The UNet with region attention as in a render, after its first step, and the same network without it. `mask` (with
--mask): ours with one masked call per layer, as on an accelerator. A preview is what the report of a step does with the
latents: the colours, the picture, the event.
"""

from __future__ import annotations

import argparse
from functools import partial
from math import inf
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from benchmarks.measure import interleaved
from benchmarks.networks import SHAPES, inputs, unet
from benchmarks.report import finish, table
from benchmarks.scenes import TOKENS, scene, texts
from lib_omost.embedded.painter.loading import regions as embedded_regions
from lib_omost.presets import EMBEDDED_PAINTER
from lib_omost.render.preview import SDXL
from lib_omost.render.progress import StepReport
from lib_omost.render.regions import RenderRegions
from lib_omost.render.sdxl.attention import RegionAttention

SCENES = ((6, 7), (6, 14), (12, 13), (12, 26))
"""Numbers of regions and bags: one bag of 77 tokens per condition, and two."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=("float32", "float16", "bfloat16"), default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--networks", nargs="+", choices=("embedded", *SHAPES), default=["embedded", "50M"])
    parser.add_argument("--mask", action="store_true", help="also measure one masked call per layer")
    parser.add_argument("--side", type=int, help="side in latent pixels (default: 96 embedded, 64 the 50M one, 128)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dtype = getattr(torch, options.dtype)
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, object] = {}
    with torch.inference_mode():
        for name in options.networks:
            network = _network(name, dtype).to(options.device)
            kind: Any = embedded_regions(EMBEDDED_PAINTER) if name == "embedded" else RenderRegions
            side = options.side or {"embedded": 96, "50M": 64}.get(name, 128)
            found = _steps(network, kind, side, options.device, dtype, options.rounds, options.mask)
            plain = found.pop("plain")
            preview = found.pop("preview")
            for what, seconds in found.items():
                rows.append((f"{name}, {side}x{side}", what, plain * 1e3, seconds * 1e3, seconds / plain))
                ratios[f"{name}, {what}"] = seconds / plain
            rows.append((f"{name}, {side}x{side}", "preview", plain * 1e3, preview * 1e3, preview / plain))
            ratios[f"{name}, preview"] = preview / plain
    table(("network", "with", "plain ms", "ms", "of plain"), rows)
    finish("step", options.device, ratios)


def _network(name: str, dtype: torch.dtype) -> Any:
    if name != "embedded":
        return unet(name).to(dtype)
    load: Any = UNet2DConditionModel.from_pretrained
    return load(EMBEDDED_PAINTER, subfolder="unet", torch_dtype=dtype).eval()


def _steps(
    network: Any, kind: Any, side: int, device: str, dtype: torch.dtype, rounds: int, mask: bool
) -> dict[str, float]:
    width = network.config.cross_attention_dim
    given = inputs(network, side, TOKENS, device=device, dtype=dtype)
    negative = texts([TOKENS], width, device=device, dtype=dtype)[0]

    switch = _Switch()
    processors = network.attn_processors
    switch.chosen = stock = next(own for name, own in processors.items() if ".attn2." in name)
    network.set_attn_processor({name: switch if ".attn2." in name else own for name, own in processors.items()})

    def step(chosen: Any) -> None:
        switch.chosen = chosen
        network(**given)

    works = {"plain": partial(step, stock)}
    for regions, bags in SCENES:
        rects, lengths = scene(regions, bags)
        embeds = texts(lengths, width, device=device, dtype=dtype)
        for form, call in (("", None), (", mask", inf))[: 1 + mask]:
            made = kind(rects, embeds, negative, call_cost=call)
            made.resize(side, side)
            works[f"{regions} regions, {sum(lengths)} tokens{form}"] = partial(step, RegionAttention(made))
    works["preview"] = partial(_preview, given["sample"][:1])
    return interleaved(works, rounds, device=device)


class _Switch:
    """A processor that switches between two, so that none has to be installed between two compared steps."""

    chosen: Any = None

    def __call__(
        self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Any = None, attention_mask: Any = None
    ) -> Any:
        return self.chosen(attn, hidden_states, encoder_hidden_states, attention_mask)


def _preview(latents: Tensor) -> None:
    class Pipeline:
        scheduler = None

    report = StepReport(lambda step: None, lambda event: None, lambda: False, SDXL, 0)
    report(Pipeline(), 0, torch.tensor(0), {"latents": latents})
    report.flush()


if __name__ == "__main__":
    main()
