"""Trains the decoder of the painter's autoencoder on 96-pixel crops of scenes; the encoder is already fixed.

    python -m training.train_decoder --minutes 40      # resumes from RUNS/decoder.pt

It starts as the codec's linear chain (`training/train_codec.py`). A little noise is added to the latents, because the
denoiser's latents are never exact.
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
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

from training.art import DEFAULT_CACHE, load_sprites
from training.autoencoder import CELL, Codec, build_autoencoder, load_codec
from training.ema import average_into
from training.scenes import draw, sample_scene
from training.subjects import SUBJECTS

CROP = 96
NOISE = 0.06  # maximum deviation of the noise on latents; most crops get far less


class Crops:
    """Random crops, with their latents, of a slowly changing pool of scenes; detailed crops are preferred."""

    def __init__(self, cache: Path, codec: Codec, seed: int, pool: int = 64) -> None:
        self._codec = codec
        self._rng = random.Random(seed)
        self._sprites = load_sprites((subject.key for subject in SUBJECTS), cache)
        self._pool = [self._scene() for _ in range(pool)]

    def _scene(self) -> tuple[np.ndarray, Tensor]:
        side = self._rng.choice((256, 320, 384))
        picture = np.asarray(draw(sample_scene(self._rng), self._sprites, side, side))
        return picture, self._codec.encode_bytes(picture[None])[0]

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """(latents [size, 16, CROP / 8, CROP / 8], pictures [size, 3, CROP, CROP] in -1..1)."""
        self._pool[self._rng.randrange(len(self._pool))] = self._scene()
        rows: list[tuple[Tensor, np.ndarray]] = []
        for _ in range(size):
            picture, latents = self._rng.choice(self._pool)
            options = []
            for _ in range(2):
                y, x = (self._rng.randrange((side - CROP) // CELL + 1) for side in picture.shape[:2])
                crop = picture[y * CELL : y * CELL + CROP, x * CELL : x * CELL + CROP]
                options.append((float(crop[::4, ::4].std()), y, x, crop))
            _, y, x, crop = max(options, key=lambda option: option[0])
            rows.append((latents[:, y : y + CROP // CELL, x : x + CROP // CELL], crop))
        array = np.stack([crop for _, crop in rows]).transpose(0, 3, 1, 2).astype(np.float32)
        return torch.stack([latents for latents, _ in rows]), torch.from_numpy(array / 127.5 - 1.0)


def reconstruction_loss(made: Tensor, true: Tensor, edges: float = 0.5, steepness: float = 0.0) -> Tensor:
    """L1 and squared error on pixels, L1 on neighbour differences (times `edges`), on how steep they are within three
    pixels (times `steepness`), and on pixels at a half, a quarter and an eighth of the size."""
    loss = F.l1_loss(made, true) + 4 * F.mse_loss(made, true)
    for dim in (-1, -2):
        steps = made.diff(dim=dim), true.diff(dim=dim)
        loss = loss + edges * F.l1_loss(*steps)
        if steepness:
            loss = loss + steepness * F.l1_loss(*map(_steepness, steps))
    for _ in range(3):
        made, true = F.avg_pool2d(made, 2), F.avg_pool2d(true, 2)
        loss = loss + 0.5 * F.l1_loss(made, true)
    return loss


def _steepness(steps: Tensor) -> Tensor:
    """The root of the mean square of steps [B, C, h, w] in 3 x 3 pixels: of a blurred edge it is lower, wherever the
    edge lies."""
    return (F.avg_pool2d(steps.square(), 3, 1) + 1e-5).sqrt()


@torch.no_grad()
def psnr(model: AutoencoderKL, pictures: Tensor) -> float:
    """Mean peak signal-to-noise ratio in dB of whole pictures in -1..1."""
    made = torch.cat([model.decode(model.encode(p).latent_dist.mode()).sample.clamp(-1, 1) for p in pictures.split(2)])
    return float((-10 * torch.log10(((made - pictures) / 2).pow(2).mean(dim=(1, 2, 3)))).mean())


def held_out_pictures(cache: Path, count: int = 8, seed: int = 987654, side: int = 384) -> Tensor:
    """float32 [count, 3, side, side] in -1..1: scenes with a seed that training never uses."""
    rng = random.Random(seed)
    sprites = load_sprites((subject.key for subject in SUBJECTS), cache)
    pictures = np.stack([np.asarray(draw(sample_scene(rng), sprites, side, side)) for _ in range(count)])
    return torch.from_numpy(pictures.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0)


def sharpness(made: Tensor, true: Tensor) -> float:
    """Gradient energy of pictures, relative to that of the true ones."""
    energies = [sum(float(p.diff(dim=dim).pow(2).sum()) for dim in (-1, -2)) for p in (made, true)]
    return energies[0] / energies[1]


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder of the art's tarball")
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs", help="folder of the checkpoints")
    parser.add_argument("--minutes", type=float, default=40.0, help="from now; the learning rate falls to zero by then")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--edges", type=float, default=0.5, help="weight of the differences between neighbours")
    parser.add_argument("--steepness", type=float, default=0.0, help="weight of how steep the differences are")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.runs.mkdir(parents=True, exist_ok=True)
    path: Path = options.runs / "decoder.pt"
    codec = load_codec(options.runs)
    model, ema = build_autoencoder(codec), build_autoencoder(codec)
    unseen = held_out_pictures(options.cache)
    step = 0
    if path.exists():
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        ema.load_state_dict(saved["ema"])
        step = saved["step"]
    else:
        print(f"start: unseen {psnr(ema, unseen[:4]):.2f} dB", flush=True)
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=options.lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    crops = Crops(options.cache, codec, options.seed + step)

    def save() -> None:
        torch.save({"model": model.state_dict(), "ema": ema.state_dict(), "step": step}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    began = saved_at = time.monotonic()
    first, running, saves = step, 0.0, 0
    while (gone := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.lr * min(1.0, (step - first + 1) / 50) * max(0.02, 1 - gone)
        latents, true = crops.batch(options.batch)
        noise = NOISE * torch.rand(len(latents), 1, 1, 1).square() * torch.randn_like(latents)
        loss = reconstruction_loss(model.decode(latents + noise).sample, true, options.edges, options.steepness)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        average_into(ema, model, min(0.99, (step + 1) / (step + 10)))
        running = running + 0.02 * (loss.item() - running) if running else loss.item()
        if step % 50 == 0:
            print(f"step {step} loss {running:.4f}", flush=True)
        if time.monotonic() - saved_at > 100:
            save()
            saved_at = time.monotonic()
            if (saves := saves + 1) % 2 == 0:
                print(f"step {step} unseen scenes {psnr(ema, unseen[:4]):.2f} dB", flush=True)
    save()
    with torch.no_grad():
        made = torch.cat([ema.decode(ema.encode(p).latent_dist.mode()).sample.clamp(-1, 1) for p in unseen.split(1)])
    edges = sharpness(made, unseen)
    print(f"step {step} done, unseen scenes {psnr(ema, unseen):.2f} dB, gradient energy {edges:.2f}", flush=True)


if __name__ == "__main__":
    main()
