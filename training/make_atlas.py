"""Makes the painter's atlas: the best linear code for blocks of the art, and the pictures of the settings.

    python -m training.make_atlas        # under a minute; writes RUNS/atlas.safetensors

Prints the PSNR of the decoded things over the pixels that they cover.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import unfold

from lib_omost.embedded.painter.atlas import BLOCK, SIDE, Atlas
from training.art import DEFAULT_CACHE, load_sprites, squared
from training.grounds import SETTINGS, draw_ground
from training.subjects import SUBJECTS

KEPT = 112
GROUND = 96  # side in pixels of the picture of a setting


def premultiplied(cache: Path) -> Tensor:
    """float32 [things, 4, SIDE, SIDE] of all subjects, in table order."""
    return looks_of([subject.key for subject in SUBJECTS], cache)


def looks_of(keys: Sequence[str], cache: Path) -> Tensor:
    """float32 [keys, 4, SIDE, SIDE]: premultiplied colours and coverage of sprites."""
    sprites = load_sprites(keys, cache)
    rows = []
    for key in keys:
        pixels = torch.from_numpy(np.array(squared(sprites[key], SIDE), dtype=np.float32)) / 255
        rows.append(torch.cat([pixels[..., :3] * pixels[..., 3:], pixels[..., 3:]], dim=2).permute(2, 0, 1))
    return torch.stack(rows)


class Art:
    """The original art with the interface of an atlas, from which target pictures are drawn."""

    def __init__(self, cache: Path) -> None:
        self._looks = (premultiplied(cache) * 255).round().to(torch.uint8)

    def look(self, thing: int) -> Tensor:
        """float32 [4, SIDE, SIDE]: premultiplied red, green, blue, and coverage, 0..1."""
        return self._looks[thing].float() / 255


def make(looks: Tensor, kept: int) -> Atlas:
    """The atlas of `looks`, with `kept` numbers per block."""
    mean, square, count = torch.zeros(4 * BLOCK**2), torch.zeros(4 * BLOCK**2, 4 * BLOCK**2), 0
    for part in looks.split(64):
        blocks = unfold(part, BLOCK, stride=BLOCK).transpose(1, 2).flatten(0, 1)
        mean, square, count = mean + blocks.sum(0), square + blocks.T @ blocks, count + len(blocks)
    mean = mean / count
    _, vectors = torch.linalg.eigh(square / count - torch.outer(mean, mean))
    basis = vectors[:, -kept:].flip(1).T  # [kept, 1024]
    codes = torch.stack([(unfold(look[None], BLOCK, stride=BLOCK)[0].T - mean) @ basis.T for look in looks])
    steps = codes.abs().amax(dim=(0, 1)) / 127
    grounds = torch.from_numpy(np.stack([np.asarray(draw_ground(setting, GROUND, GROUND)) for setting in SETTINGS]))
    return Atlas(
        (codes / steps).round().to(torch.int8),
        (basis * steps[:, None]).half(),
        mean.half(),
        grounds,
        tuple(subject.name for subject in SUBJECTS),
        SETTINGS,
    )


def psnr(atlas: Atlas, looks: Tensor) -> float:
    """Mean PSNR in dB of every fourth thing, over the pixels that it covers."""
    found = []
    for number in range(0, len(looks), 4):
        covered = looks[number, 3] > 0
        error = (atlas.look(number) - looks[number])[:, covered].pow(2).mean()
        found.append(float(-10 * torch.log10(error)))
    return sum(found) / len(found)


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--kept", type=int, default=KEPT)
    options = parser.parse_args()
    looks = premultiplied(options.cache)
    atlas = make(looks, options.kept)
    path: Path = options.runs / "atlas.safetensors"
    atlas.save(path)
    size = path.stat().st_size / 2**20
    print(f"{len(looks)} things, {len(atlas.settings)} settings, {size:.1f} MiB, {psnr(atlas, looks):.2f} dB")


if __name__ == "__main__":
    main()
