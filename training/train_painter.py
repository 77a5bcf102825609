"""Train the painter's UNet on composed scenes, with the product's own region attention.

    python -m training.train_painter --minutes 100      # resumes from RUNS/painter.pt

Every sample is a scene's latents with one condition for the whole picture and one a region, worded anew. Region texts
are heard through the additive log-weights of the 'layered' formula (`lib_omost.render.regions.region_weights`), as the
product paints. v-prediction on SDXL's scaled-linear betas, EMA weights, text encoders frozen.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import DDPMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from lib_omost.canvas.geometry import Rect
from lib_omost.render.regions import region_masks, region_weights
from lib_omost.render.tokens import bags
from training.art import DEFAULT_CACHE, load_sprites
from training.autoencoder import encode_pictures
from training.captions import Caption, global_caption, region_caption, setting_caption
from training.ema import average_into
from training.looks import FIRST, MOSAIC, PATCH_WIDTH, PATCHES
from training.muon import Muon
from training.scenes import Scene, draw, sample_scene
from training.subjects import SUBJECTS
from training.train_memory import MEMORY_WIDTH, build_memory, remember
from training.train_text import POOLED, WIDTHS, build_text_encoders

NEGATIVES = (
    "",
    "lowres, bad anatomy, bad hands, cropped, worst quality",
    "blurry, ugly, low quality",
    "worst quality, lowres",
)
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


class BiasedAttention:
    """Cross-attention with an additive bias [B, offsets, N, T] a resolution, found by the number N of pixels.

    Head k has the bias of offset k mod offsets.
    """

    def __init__(self, biases: dict[int, Tensor]) -> None:
        self.biases = biases

    def __call__(
        self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None, *_: Any, **__: Any
    ) -> Tensor:
        batch, pixels, _width = hidden_states.shape
        source = hidden_states if encoder_hidden_states is None else encoder_hidden_states

        def heads(x: Tensor) -> Tensor:
            return x.view(batch, -1, attn.heads, x.shape[-1] // attn.heads).transpose(1, 2)

        def heads_of_source(layer: Any) -> Tensor:
            # Texts come once a scene, pixels once a scene and noise draw.
            made: Tensor = layer(source)
            made = made.view(len(source), -1, attn.heads, made.shape[-1] // attn.heads).transpose(1, 2)
            return made.repeat(batch // len(source), 1, 1, 1)

        q, k, v = heads(attn.to_q(hidden_states)), heads_of_source(attn.to_k), heads_of_source(attn.to_v)
        bias = None
        if encoder_hidden_states is not None:
            bias = self.biases[pixels]
            bias = bias.repeat(1, attn.heads // bias.shape[1], 1, 1)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=attn.scale)
        out = out.transpose(1, 2).reshape(batch, pixels, -1)
        made: Tensor = attn.to_out[1](attn.to_out[0](out))
        return made


def install(unet: UNet2DConditionModel, biases: dict[int, Tensor]) -> None:
    """Give every cross-attention layer the biased processor (self-attention keeps the stock one)."""
    processors = dict(unet.attn_processors)
    for name in processors:
        if name.endswith("attn2.processor"):
            processors[name] = BiasedAttention(biases)
    unet.set_attn_processor(processors)


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one sample: condition 0 is the whole picture's; `rects` are the product's, far to near."""

    captions: tuple[Caption, ...]
    rects: tuple[Rect, ...]
    bag_limit: int


def word(scene: Scene, rng: random.Random) -> Words:
    """Texts for a scene: 8% with the global text only, the rest with one condition a region; most of them short."""
    if rng.random() < 0.08:
        return Words((global_caption(scene, rng, alone=True),), (Rect.FULL,), 1)
    captions = [setting_caption(scene, rng) if rng.random() < 0.35 else global_caption(scene, rng)]
    for place in scene.placements:
        others = tuple(s for other in scene.placements if other is not place for s in other.subjects)
        captions.append(region_caption(place, rng, others))
    if rng.random() < 0.65:  # the short ones say the most and cost the least
        few = 0 if rng.random() < 0.3 else 1  # a box drawn by hand may say no more than "A boat."
        captions = [Caption(caption.prefixes, caption.suffixes[:few]) for caption in captions]
    rects = (Rect.FULL, *(place.rect for place in scene.placements))
    return Words(tuple(captions), rects, 2 if rng.random() < 0.2 else 1)


def load_text_encoders(runs: Path, tokenizer: CLIPTokenizer) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    """The two text encoders, frozen: RUNS/memory.pt and the second of RUNS/text.pt."""
    first = build_memory(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)
    first.load_state_dict(torch.load(runs / "memory.pt")["encoder"])
    second = build_text_encoders(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)[1]
    saved = torch.load(runs / "text.pt")["parts"]
    second.load_state_dict({k[7:]: v for k, v in saved.items() if k.startswith("second.")})
    return first.requires_grad_(False), second.requires_grad_(False)


def level_sizes(height: int, width: int) -> list[tuple[int, int]]:
    """(height, width) of the three levels for latents of that size."""
    half = (-(-height // 2), -(-width // 2))
    return [(height, width), half, (-(-half[0] // 2), -(-half[1] // 2))]


class Texts:
    """Frozen text encoders: captions to tokens of every condition and to the biases that place them."""

    def __init__(self, first: CLIPTextModel, second: CLIPTextModelWithProjection, tokenizer: CLIPTokenizer) -> None:
        self.first, self.second, self.tokenizer = first.eval(), second.eval(), tokenizer

    @torch.no_grad()
    def __call__(
        self, samples: list[Words | str], height: int, width: int, *, whole: bool
    ) -> tuple[Tensor, Tensor, dict[int, Tensor]]:
        """(tokens [B, T, C], pooled [B, 128], bias [B, offsets, N, T] by N) of samples; a str is a negative prompt.

        `whole` keeps all 77 positions of each bag, as the product does; else all that is beyond the text and the
        first round of patches is left out.
        """
        rows: list[tuple[int, ...]] = []
        owners: list[list[tuple[int, int]]] = []  # per sample: (row, condition)
        for sample in samples:
            mine: list[tuple[int, int]] = []
            captions = (Caption((sample,), ()),) if isinstance(sample, str) else sample.captions
            limit = 1 if isinstance(sample, str) else sample.bag_limit
            for condition, caption in enumerate(captions):
                for ids in bags(caption.prefixes, caption.suffixes, [self.tokenizer], 75).ids[0][:limit]:
                    mine.append((len(rows), condition))
                    rows.append(ids)
            owners.append(mine)
        eos = self.tokenizer.eos_token_id
        used = [row.index(eos) + 1 for row in rows]
        kept = [77 if whole else min(77, max(n + 2, FIRST + PATCHES)) for n in used]
        longest = max(kept)
        ids = torch.tensor([row[:longest] for row in rows])
        out = self.second(ids, output_hidden_states=True)
        pooled = out.text_embeds
        hidden = torch.cat([remember(self.first, ids), out.hidden_states[-2]], dim=-1)
        length = max(sum(kept[row] for row, _ in mine) for mine in owners)
        tokens = torch.zeros(len(samples), length, hidden.shape[-1])
        sizes = level_sizes(height, width)
        biases = {h * w: torch.full((len(samples), MOSAIC.offsets, h * w, length), -torch.inf) for h, w in sizes}
        for b, (sample, mine) in enumerate(zip(samples, owners, strict=True)):
            rects = (Rect.FULL,) if isinstance(sample, str) else sample.rects
            tokens[b, : sum(kept[row] for row, _ in mine)] = torch.cat([hidden[row, : kept[row]] for row, _ in mine])
            for h, w in sizes:
                log = region_weights(rects, h, w).log().flatten(1)
                log = log + MOSAIC.depth_bias(region_masks(rects, h, w).flatten(1))
                placed = [MOSAIC.region_bias(rect, h, w) for rect in rects[1:]]
                at = 0
                for row, condition in mine:
                    bias = log[condition].expand(MOSAIC.offsets, kept[row], -1)
                    if condition:
                        bias = bias + placed[condition - 1][:, : kept[row]]
                    biases[h * w][b, :, :, at : at + kept[row]] = bias.mT
                    at += kept[row]
        return tokens, torch.stack([pooled[mine[0][0]] for mine in owners]), biases


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
        noise = torch.randn_like(clean)
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
