"""Fits the autoencoder's linear chains: the best code of 8 numbers for 4 x 4 pixels that its convolutions can compute.

    python -m training.train_codec --minutes 5        # writes RUNS/codec.pt

Encoder and decoder are fitted together, with a squared error, on crops of scenes. Then the latents are rotated so that
they are uncorrelated, the strongest first, and scaled to the square root of their deviations, so that detail counts
less than colour but remains above the denoiser's noise.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.art import DEFAULT_CACHE, load_sprites
from training.autoencoder import CELL, LATENTS, Codec
from training.interpolation import bend_decoder, moments, start_encoder
from training.muon import Muon
from training.scenes import draw, sample_scene
from training.subjects import SUBJECTS

CROP = 48
EDGE = 12  # width in pixels of the border of a crop that is excluded from the loss


def pool(cache: Path, rng: random.Random, count: int) -> list[np.ndarray]:
    """Pictures of scenes in several sizes, uint8 [h, w, 3]."""
    sprites = load_sprites((subject.key for subject in SUBJECTS), cache)
    sides = [rng.choice((256, 320, 384)) for _ in range(count)]
    return [np.asarray(draw(sample_scene(rng), sprites, side, side)) for side in sides]


def crops(pictures: list[np.ndarray], rng: random.Random, count: int) -> Tensor:
    """float32 [count, 3, CROP, CROP] in -1..1; each is the more detailed of two random crops."""
    rows = []
    for _ in range(count):
        picture = rng.choice(pictures)
        options = []
        for _ in range(2):
            y, x = (CELL * rng.randrange((side - CROP) // CELL + 1) for side in picture.shape[:2])
            options.append(picture[y : y + CROP, x : x + CROP])
        rows.append(max(options, key=lambda option: float(option[::4, ::4].std())))
    return torch.from_numpy(np.stack(rows).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0)


@torch.no_grad()
def linear_psnr(codec: Codec, pictures: Tensor) -> float:
    """Mean PSNR in dB of whole pictures through the chains."""
    made = codec.decode(codec.encode(pictures)).clamp(-1, 1)
    return float((-10 * torch.log10(((made - pictures) / 2).pow(2).mean(dim=(1, 2, 3)))).mean())


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--bend", type=int, default=300, help="steps that fit the decoder to the best linear reading")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.runs.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    pictures = pool(options.cache, rng, 64)
    unseen = [p for p in pool(options.cache, random.Random(987654), 16) if p.shape == (384, 384, 3)][:4]
    held = torch.from_numpy(np.stack(unseen).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0)
    codec = Codec()
    print(f"best code of single cells {start_encoder(codec, pictures):.2f} dB", flush=True)
    square, best = moments(codec, pictures, noise=0.03)
    left = square.new_tensor(
        sum(float((p[16:-16, 16:-16].astype(np.float64) / 127.5 - 1).__pow__(2).mean()) for p in pictures)
        / len(pictures)
    )
    left = left - (best.T @ square @ best).trace() / best.shape[1]
    print(f"its best reading from 5 x 5 cells {float(-10 * torch.log10(left / 4)):.2f} dB", flush=True)
    print(f"the chain misses that by {bend_decoder(codec, square, best, options.bend):.2f} dB", flush=True)
    print(f"unseen {linear_psnr(codec, held):.2f} dB", flush=True)
    matrices = [p for p in codec.parameters() if p.ndim > 1]
    optimizers = [
        Muon(matrices, options.lr, weight_decay=0.0),
        torch.optim.Adam([p for p in codec.parameters() if p.ndim == 1], lr=options.lr),
    ]
    began, step = time.monotonic(), 0
    while (gone := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = options.lr * min(1.0, (step + 1) / 30) * max(0.01, min(1.0, 2 * (1 - gone)))
        true = crops(pictures, rng, options.batch)
        inner = (..., slice(EDGE, -EDGE), slice(EDGE, -EDGE))
        # Flat colours must not change, whatever the scenes show.
        flat = (2 * torch.rand(2, 3, 1, 1) - 1).expand(-1, -1, CROP, CROP)
        both = torch.cat([true, flat])
        loss = (codec.decode(codec.encode(both)) - both)[inner].pow(2).mean()
        codec.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.5f} unseen {linear_psnr(codec, held):.2f} dB", flush=True)
    with torch.no_grad():
        latents = torch.cat([codec.encode_bytes(p[None]).flatten(2)[0].T for p in pictures]).double()
        mean = latents.mean(0)
        values, vectors = torch.linalg.eigh(torch.cov(latents.T))
        order = values.argsort(descending=True)
        # The singular values of the decoder's kernel restore the latents' scale: the change of the picture per unit.
        matrix = (vectors[:, order] / values[order].clamp_min(1e-12) ** 0.5).T
        codec.rebase(matrix.float(), mean.float())
        worth = torch.stack([_worth(codec, channel) for channel in range(len(order))])
        scale = (worth / worth[0]).sqrt()
        codec.rebase(torch.diag(scale), torch.zeros(len(scale)))
    print(f"unseen {linear_psnr(codec, held):.2f} dB; deviations {[round(float(s), 2) for s in scale]}", flush=True)
    torch.save({"codec": codec.state_dict()}, options.runs / "codec.pt")


def _worth(codec: Codec, channel: int) -> Tensor:
    """The change of the picture for one unit of a channel in one cell: the root of the sum of squares."""
    unit = torch.zeros(1, LATENTS, 7, 7)
    rest = codec.decode(unit)
    unit[0, channel, 3, 3] = 1.0
    return (codec.decode(unit) - rest).pow(2).sum().sqrt()


if __name__ == "__main__":
    main()
