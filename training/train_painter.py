"""Trains the painter's UNet on random layouts, conditioned as the program's regions condition it.

    python -m training.train_painter --minutes 40      # resumes from RUNS/painter.pt

v-prediction on SDXL's scaled-linear betas, EMA weights, no text: another model reads the texts
(`training/train_reader.py`). One in ten layouts is unconditional, for guidance; two in five pictures start from the
colours of their layouts.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn.functional import pad

from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.conditioning import TOKEN
from training.art import DEFAULT_CACHE
from training.autoencoder import CELL, LATENTS, load_codec
from training.ema import average_into
from training.layouts import Studio, colored, sample, starts
from training.make_atlas import Art
from training.muon import Muon
from training.train_reader import POOLED, WIDTHS

TIME_WIDTH = 16
_UNCONDITIONED = 0.1
_POLISH = 0.55
"""Share of the training time after which the learning rate falls linearly to zero."""


def build_unet() -> UNet2DConditionModel:
    """The painter's UNet: three levels with cross-attention at the finest, and without self-attention."""
    return UNet2DConditionModel(
        sample_size=96,
        in_channels=LATENTS,
        out_channels=LATENTS,
        block_out_channels=(32, 64, 96),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
        mid_block_type="UNetMidBlock2D",
        up_block_types=("UpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"),
        only_cross_attention=(True, False, False),
        cross_attention_dim=sum(WIDTHS),
        attention_head_dim=2,  # diffusers interprets it as the number of heads
        use_linear_projection=True,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_WIDTH,
        projection_class_embeddings_input_dim=6 * TIME_WIDTH + POOLED,
        norm_num_groups=8,
    )


def build_noise_schedule() -> DDPMScheduler:
    """SDXL's betas with v-prediction."""
    return DDPMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type="v_prediction"
    )


class TokenAttention:
    """Cross-attention with one token per pixel, as in `CellRegions`; set `tokens`, [B, h * w, C], before each step."""

    def __init__(self) -> None:
        self.tokens = torch.zeros(1, 1, 1)

    def __call__(self, attn: Any, hidden_states: Tensor, *_: Any, **__: Any) -> Tensor:
        values = attn.to_v(self.tokens)
        made: Tensor = attn.to_out[1](attn.to_out[0](values))
        return made.repeat(len(hidden_states) // len(made), 1, 1)


def install(unet: UNet2DConditionModel, attention: TokenAttention) -> None:
    """Install `attention` in every cross-attention layer of the UNet."""
    crossing = {name for name, part in unet.named_modules() if getattr(part, "is_cross_attention", False)}
    processors: dict[str, Any] = dict(unet.attn_processors)
    for name in processors:
        if name.removesuffix(".processor") in crossing:
            processors[name] = attention
    unet.set_attn_processor(processors)


def build_optimizers(unet: UNet2DConditionModel, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the inner matrices and convolutions, AdamW for the first and last layers, embeddings and vectors."""
    inside, rest = [], []
    for name, parameter in unet.named_parameters():
        if ".to_q." in name or ".to_k." in name:
            parameter.requires_grad_(False)  # queries and keys are unused with one token per pixel
            continue
        outer = name.startswith(("conv_in", "conv_out", "time_embedding", "add_embedding"))
        (inside if parameter.ndim >= 2 and not outer else rest).append(parameter)
    return [Muon(inside, lr), torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.99), weight_decay=0.01)]


# Latent sizes (height, width), their frequency, and the share of the time until which they are used.
_STAGES: tuple[tuple[float, dict[tuple[int, int], int]], ...] = (
    (0.50, {(40, 40): 50, (48, 48): 40, (40, 56): 5, (56, 40): 5}),
    (1.00, {(48, 48): 40, (64, 64): 30, (48, 64): 10, (64, 48): 10, (96, 96): 10}),
)


def noise_levels(spread: Tensor, gone: float) -> Tensor:
    """Timesteps 0..999 for numbers in 0..1; towards the end of training, more of the lowest noise levels, which refine
    details."""
    edges = torch.tensor([0.0, 0.20, 0.48, 0.74, 1.0] if gone < _POLISH else [0.0, 0.30, 0.58, 0.80, 1.0])
    quarter = (torch.bucketize(spread, edges, right=True) - 1).clamp(0, 3)
    within = (spread - edges[quarter]) / (edges[quarter + 1] - edges[quarter])
    return ((quarter + within) * 250).long().clamp(0, 999)


def time_ids(height: int, width: int) -> list[float]:
    """SDXL's six size and crop numbers for an uncropped picture of that size in pixels."""
    return [float(height), float(width), 0.0, 0.0, float(height), float(width)]


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--minutes", type=float, default=40.0, help="from now; the learning rate falls to 0 by then")
    parser.add_argument("--done", type=float, default=0.0, help="share of the schedule that earlier runs have done")
    parser.add_argument("--scenes", type=int, default=3, help="scenes per step")
    parser.add_argument("--noises", type=int, default=3, help="noise draws per scene")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--steps", type=int, default=10**9, help="stop after this number of steps in total")
    options = parser.parse_args()

    torch.set_num_threads(1)
    unet, ema, attention = build_unet(), build_unet(), TokenAttention()
    install(unet, attention)
    optimizers = build_optimizers(unet, options.lr)
    path: Path = options.runs / "painter.pt"
    step = 0
    if path.exists():
        saved = torch.load(path)
        unet.load_state_dict(saved["unet"])
        ema.load_state_dict(saved["ema"])
        for optimizer, state in zip(optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        step = saved["step"]
    else:
        ema.load_state_dict(unet.state_dict())
    torch.manual_seed(options.seed + step)
    rng, numbers = random.Random(options.seed + step), np.random.default_rng(options.seed + step)
    alphas = build_noise_schedule().alphas_cumprod
    studio = Studio(Art(options.cache), Atlas.load(options.runs / "atlas.safetensors"), load_codec(options.runs))

    def save() -> None:
        state = {"unet": unet.state_dict(), "ema": ema.state_dict(), "optimizers": [o.state_dict() for o in optimizers]}
        torch.save({**state, "step": step}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    began = saved_at = time.monotonic()
    first, seen, running = step, 0, 0.0
    by_time: dict[int, list[float]] = defaultdict(list)
    while step < options.steps:
        gone = options.done + (1 - options.done) * (time.monotonic() - began) / (60 * options.minutes)
        if gone >= 1:
            break
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            falling = min(1.0, max(0.02, (1 - gone) / (1 - _POLISH)))
            group["lr"] = options.lr * min(1.0, (step - first + 1) / 50) * falling
        sizes = next(sizes for until, sizes in _STAGES if gone <= until)
        height, width = rng.choices(list(sizes), list(sizes.values()))[0]
        scenes = 1 if height * width > 64 * 64 else options.scenes
        samples = [sample(rng) for _ in range(scenes)]
        clean, tokens, colors = studio.batch(samples, width * CELL, height * CELL, numbers)
        conditioned = torch.tensor([rng.random() > _UNCONDITIONED for _ in samples])
        tokens = tokens.flatten(1, 2) * conditioned[:, None, None]
        attention.tokens = pad(tokens, (0, sum(WIDTHS) - TOKEN))
        n = options.noises
        clean, colors = clean.repeat(n, 1, 1, 1), colors.repeat(n, 1, 1, 1)
        # Stratified over the batch, so that every step sees all noise levels.
        spread = (torch.arange(len(clean)) + torch.rand(len(clean))) / len(clean)
        t = noise_levels(spread[torch.randperm(len(clean))], gone)
        start = starts(t, [s.given.setting is None for s in samples] * n, rng)
        noise = colored(torch.randn_like(clean), clean, colors, start, alphas)
        a, s = alphas[t].sqrt()[:, None, None, None], (1 - alphas[t]).sqrt()[:, None, None, None]
        ids = torch.tensor([time_ids(CELL * height, CELL * width)]).repeat(len(clean), 1)
        made = unet(
            a * clean + s * noise,
            t,
            attention.tokens,
            added_cond_kwargs={"text_embeds": torch.zeros(len(clean), POOLED), "time_ids": ids},
        ).sample
        errors = (made - (a * noise - s * clean)).pow(2).mean(dim=(1, 2, 3))
        loss = errors.mean()
        unet.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        seen += len(clean)
        average_into(ema, unet, min(0.996, (step + 1) / (step + 20)))
        running = running + 0.02 * (loss.item() - running) if running else loss.item()
        for level, error in zip((t // 250).tolist(), errors.tolist(), strict=True):
            by_time[level].append(error)
        if step % 50 == 0:
            quarters = " ".join(f"{sum(by_time[q]) / max(1, len(by_time[q])):.4f}" for q in range(4))
            rate = seen / (time.monotonic() - began)
            print(f"step {step} loss {running:.4f} by noise {quarters} {rate:.1f} samples/s", flush=True)
            by_time.clear()
        if time.monotonic() - saved_at > 120:
            save()
            saved_at = time.monotonic()
    save()
    print(f"step {step} done", flush=True)


if __name__ == "__main__":
    main()
