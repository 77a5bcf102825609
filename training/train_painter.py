"""Train the painter's UNet on composed scenes, with the product's own region attention.

    python -m training.train_painter --minutes 100      # resumes from RUNS/painter.pt

Every sample is a scene's latents with one condition for the whole picture and one a region, worded anew. Region texts
are heard through the additive log-weights of the 'layered' formula (`lib_omost.render.regions.region_weights`), as the
product paints. Two in five pictures start from the layout's colours. v-prediction on SDXL's scaled-linear betas, EMA
weights, text encoders frozen.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from training.art import DEFAULT_CACHE, load_sprites
from training.autoencoder import encode_pictures
from training.conditions import Words, color_latents, colored, starts, word
from training.ema import average_into
from training.looks import MOSAIC, PATCH_WIDTH
from training.muon import Muon
from training.scenes import Scene, draw, sample_scene
from training.subjects import SUBJECTS
from training.texts import Texts, install
from training.train_memory import MEMORY_WIDTH, build_memory
from training.train_text import POOLED, WIDTHS, build_text_encoders

NEGATIVES = (
    "",
    "lowres, bad anatomy, bad hands, cropped, worst quality",
    "blurry, ugly, low quality",
    "worst quality, lowres",
)
PLAIN = 0.12
"""Share of scenes that get a plain background beside those that have one."""
TIME_WIDTH = 32
_COVERED = 6.0
"""What whole coverage adds at first to a head's score."""
_POLISH = 0.6
"""Share of the training time after which the learning rate falls, linearly to zero."""


def build_unet() -> UNet2DConditionModel:
    """The painter's UNet: three levels, cross-attention at the two lower and on the way out, SDXL's conditions.

    Random weights, but for the preference of the last attention layers: see `prefer_covered`.
    """
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=4,
        out_channels=4,
        block_out_channels=(48, 96, 192),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=MEMORY_WIDTH + WIDTHS[1],
        attention_head_dim=MOSAIC.offsets,  # what diffusers reads as the number of heads
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_WIDTH,
        projection_class_embeddings_input_dim=6 * TIME_WIDTH + POOLED,
        norm_num_groups=16,
    )
    for attention in unet.up_blocks[-1].attentions:
        prefer_covered(attention.transformer_blocks[0])
    return unet


@torch.no_grad()
def prefer_covered(block: Any) -> None:
    """Let the cross-attention of a transformer block begin by hearing what its heads' cells are covered with.

    Nearer regions speak louder, and where they are transparent the farther ones must be heard: each head's score grows
    with the coverage of its cell, by `_COVERED` for a cell that is covered whole.
    """
    attn = block.attn2
    width = attn.to_q.weight.shape[0] // attn.heads
    block.norm2.weight[0] = 0.0  # the same for every pixel
    block.norm2.bias[0] = 1.0
    for head in range(attn.heads):
        cover = PATCH_WIDTH - MOSAIC.offsets + head % MOSAIC.offsets
        attn.to_q.weight[head * width] = 0.0
        attn.to_k.weight[head * width] = 0.0
        strength = (_COVERED / 2 * width**0.5) ** 0.5  # coverage goes from 0 to 2
        attn.to_q.weight[head * width, 0] = strength
        attn.to_k.weight[head * width, cover] = strength


def build_noise_schedule() -> DDPMScheduler:
    """SDXL's betas with v-prediction."""
    return DDPMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type="v_prediction"
    )


def build_optimizers(unet: UNet2DConditionModel, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices and convolutions inside, AdamW for the first and last layers, embeddings and vectors."""
    inside, rest = [], []
    for name, parameter in unet.named_parameters():
        outer = name.startswith(("conv_in", "conv_out", "time_embedding", "add_embedding"))
        (inside if parameter.ndim >= 2 and not outer else rest).append(parameter)
    return [Muon(inside, lr), torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.99), weight_decay=0.01)]


def load_text_encoders(runs: Path, tokenizer: CLIPTokenizer) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    """The two text encoders, frozen: RUNS/memory.pt and the second of RUNS/text.pt."""
    first = build_memory(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)
    first.load_state_dict(torch.load(runs / "memory.pt")["encoder"])
    second = build_text_encoders(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)[1]
    saved = torch.load(runs / "text.pt")["parts"]
    second.load_state_dict({k[7:]: v for k, v in saved.items() if k.startswith("second.")})
    return first.requires_grad_(False), second.requires_grad_(False)


# Latent sizes (height, width) and how often: small while words and layouts are learnt, native size and its neighbours
# at the end. Each stage runs until that share of the time.
_STAGES: tuple[tuple[float, dict[tuple[int, int], int]], ...] = (
    (0.30, {(16, 16): 50, (24, 24): 40, (16, 24): 5, (24, 16): 5}),
    (0.65, {(16, 16): 8, (24, 24): 66, (32, 32): 10, (32, 24): 8, (24, 32): 8}),
    (1.00, {(24, 24): 44, (32, 32): 36, (32, 24): 10, (24, 32): 10}),
)


class Scenes:
    """Fresh scenes, drawn and encoded on the spot (the encoder is a plain mean over cells)."""

    def __init__(self, cache: Path, rng: random.Random) -> None:
        self._sprites = load_sprites((subject.key for subject in SUBJECTS), cache)
        self._rng = rng

    def batch(self, count: int, gone: float) -> tuple[Tensor, list[Scene]]:
        """(latents [count, 4, h, w], scenes), all of one size; `gone` is the share of the training time, 0 to 1."""
        sizes = next(sizes for until, sizes in _STAGES if gone <= until)
        height, width = self._rng.choices(list(sizes), list(sizes.values()))[0]
        scenes = [sample_scene(self._rng, crowded=self._rng.random() < 0.33) for _ in range(count)]
        scenes = [replace(scene, background="plain") if self._rng.random() < PLAIN else scene for scene in scenes]
        pictures = [np.asarray(draw(scene, self._sprites, 8 * width, 8 * height)) for scene in scenes]
        return encode_pictures(np.stack(pictures)), scenes


def noise_levels(spread: Tensor, gone: float = 0.0) -> Tensor:
    """Timesteps 0..999 for numbers in 0..1.

    At first fewer of the lowest noise, where only polish is learnt, and more of it when the learning rate falls. `gone`
    is the share of the training time.
    """
    edges = torch.tensor([0.0, 0.14, 0.40, 0.70, 1.0] if gone < _POLISH else [0.0, 0.28, 0.56, 0.80, 1.0])
    quarter = (torch.bucketize(spread, edges, right=True) - 1).clamp(0, 3)
    within = (spread - edges[quarter]) / (edges[quarter + 1] - edges[quarter])
    return ((quarter + within) * 250).long().clamp(0, 999)


def time_ids(height: int, width: int) -> list[float]:
    """SDXL's six numbers for an uncropped picture of that size in pixels."""
    return [float(height), float(width), 0.0, 0.0, float(height), float(width)]


def main() -> None:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument(
        "--minutes", type=float, default=100.0, help="from now; the learning rate falls to zero by then"
    )
    parser.add_argument(
        "--done", type=float, default=0.0, help="share of the whole schedule that earlier runs have done"
    )
    parser.add_argument("--scenes", type=int, default=4, help="scenes a step")
    parser.add_argument(
        "--noises", type=int, default=2, help="noise draws a scene: text is encoded once for all of them"
    )
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--steps", type=int, default=10**9, help="stop after so many steps in all")
    options = parser.parse_args()

    torch.set_num_threads(1)
    tokenizer = CLIPTokenizer.from_pretrained(options.runs / "tokenizer")
    encoders = load_text_encoders(options.runs, tokenizer)
    texts = Texts(*encoders, tokenizer)

    unet, ema = build_unet(), build_unet()
    biases: dict[int, Tensor] = {}
    install(unet, biases)
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
    rng = random.Random(options.seed + step)
    alphas = build_noise_schedule().alphas_cumprod

    def save() -> None:
        state = {"unet": unet.state_dict(), "ema": ema.state_dict(), "optimizers": [o.state_dict() for o in optimizers]}
        torch.save({**state, "step": step}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    began = saved_at = time.monotonic()
    first, seen, running = step, 0, 0.0
    by_time: dict[int, list[float]] = defaultdict(list)
    source = Scenes(options.cache, rng)
    while step < options.steps:
        gone = options.done + (1 - options.done) * (time.monotonic() - began) / (60 * options.minutes)
        if gone >= 1:
            break
        clean, scenes = source.batch(options.scenes, gone)
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            falling = min(1.0, max(0.02, (1 - gone) / (1 - _POLISH)))
            group["lr"] = options.lr * min(1.0, (step - first + 1) / 100) * falling
        height, width = clean.shape[-2:]
        samples: list[Words | str] = [
            rng.choice(NEGATIVES) if rng.random() < 0.1 else word(scene, rng) for scene in scenes
        ]
        tokens, pooled, bias = texts(samples, height, width, whole=rng.random() < 0.25)
        n = options.noises
        biases.clear()
        biases.update({pixels: b.repeat(n, 1, 1, 1) for pixels, b in bias.items()})
        clean = clean.repeat(n, 1, 1, 1)
        # Stratified over the batch, so that every step sees all noise levels.
        spread = (torch.arange(len(clean)) + torch.rand(len(clean))) / len(clean)
        t = noise_levels(spread[torch.randperm(len(clean))], gone)
        start = starts(samples * n, t, rng)
        colors = color_latents(samples, height, width).repeat(n, 1, 1, 1)
        noise = colored(torch.randn_like(clean), clean, colors, start, alphas)
        a, s = alphas[t].sqrt()[:, None, None, None], (1 - alphas[t]).sqrt()[:, None, None, None]
        ids = torch.tensor([time_ids(8 * height, 8 * width)]).repeat(len(clean), 1)
        made = unet(
            a * clean + s * noise,
            t,
            tokens,
            added_cond_kwargs={"text_embeds": pooled.repeat(n, 1), "time_ids": ids},
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
            quarters = " ".join(f"{sum(by_time[q]) / max(1, len(by_time[q])):.3f}" for q in range(4))
            rate = seen / (time.monotonic() - began)
            print(f"step {step} loss {running:.4f} by noise {quarters} {rate:.1f} samples/s", flush=True)
            by_time.clear()
        if time.monotonic() - saved_at > 180:
            save()
            saved_at = time.monotonic()
    save()
    print(f"step {step} done", flush=True)


if __name__ == "__main__":
    main()
