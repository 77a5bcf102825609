"""Look: what a subject's sprite is like, cut into patches, as the text encoder remembers it and the UNet reads it.

Each sprite, set in a square, becomes latents of 16 x 16 cells (4 channels) and its coverage: 8 x 8 patches of 2 x 2
cells and 5 channels. The first text encoder learns to hold one patch in the hidden state of every token position:
which one depends on the position alone, whose sprite on the text. Drawing is then reading from the right token, a
skill that is the same for every subject, instead of 474 pictures to be learnt by heart in the UNet.

Features of a token, the first `FEATURES` numbers of the encoder's hidden state:

- 0 to 19: the patch, channels first, then rows and columns of cells;
- 20: 1 if the text says what stands here (a region's subject), else 0;
- 21 to 23: the colour that the text asks for (brightness and two colour differences, as in the latents); 24: 1 if any;
- `POSITION` and on: 64 numbers, `HERE` at the patch that this position holds, else 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lib_omost.canvas.vocabulary import COLORS
from lib_omost.embedded.painter.mosaic import Mosaic
from training.autoencoder import CELL, encode_pictures
from training.subjects import SUBJECTS

MOSAIC = Mosaic(grid=8, first=5, sigma=0.4, parts=2, layering=2.0, ground=6.0)
"""Where the patches are, for the product's attention."""
GRID = MOSAIC.grid
PATCH = MOSAIC.parts
"""Latent cells a side of a patch."""
PATCHES = GRID * GRID
PATCH_WIDTH = 5 * PATCH * PATCH
KNOWN = PATCH_WIDTH
TINT = KNOWN + 1
POSITION = TINT + 4 + 2
HERE = 2.0
FEATURES = POSITION + PATCHES
FIRST = MOSAIC.first
"""The first token position that holds a patch; one round of 64 ends at position 68."""


def patch_of(position: int) -> int:
    """The patch that a token position (0..76) holds. Those before `FIRST` count on, but nothing hears them."""
    return (position - FIRST) % PATCHES


def squared(sprite: Image.Image, side: int) -> Image.Image:
    """The sprite in the middle of a transparent square of `side` pixels."""
    scale = side / max(sprite.size)
    w, h = (max(1, round(n * scale)) for n in sprite.size)
    square = Image.new("RGBA", (side, side), (128, 128, 128, 0))
    square.paste(sprite.resize((w, h), Image.Resampling.BICUBIC, reducing_gap=2.0), ((side - w) // 2, (side - h) // 2))
    return square


def subject_looks(sprites: Mapping[str, Image.Image]) -> Tensor:
    """float32 [subjects, 64, 20]: the patches of every subject, in the order of `SUBJECTS`."""
    side = GRID * PATCH * CELL
    rows = []
    for subject in SUBJECTS:
        square = squared(sprites[subject.key], side)
        gray = Image.new("RGB", square.size, (128, 128, 128))
        gray.paste(square, (0, 0), square)
        alpha = np.asarray(square, dtype=np.float32)[..., 3] / 255
        cover = alpha.reshape(side // CELL, CELL, side // CELL, CELL).mean(axis=(1, 3))
        latents = encode_pictures(np.asarray(gray)[None])[0]
        rows.append(torch.cat([latents, torch.from_numpy(cover * 2)[None]]))
    looks = torch.stack(rows).reshape(len(rows), 5, GRID, PATCH, GRID, PATCH)
    return looks.permute(0, 2, 4, 1, 3, 5).reshape(len(rows), PATCHES, PATCH_WIDTH).contiguous()


def tint_features(color: str | None) -> Tensor:
    """float32 [4]: brightness and colour differences of a colour name as latents have them, and 1; zeros for None."""
    if color is None:
        return torch.zeros(4)
    flat = np.broadcast_to(np.array(COLORS[color], dtype=np.uint8), (1, CELL, CELL, 3))
    return torch.cat([encode_pictures(flat)[0, :3, 0, 0], torch.ones(1)])


def token_features(looks: Tensor, subject: int | None, color: str | None, length: int) -> Tensor:
    """float32 [length, FEATURES]: what the first `length` positions of a bag should hold for a subject's text.

    None for `subject`: the text of the whole picture. Positions before `FIRST` have not read enough to know.
    """
    patches = torch.tensor([patch_of(position) for position in range(length)])
    features = torch.zeros(length, FEATURES)
    features[torch.arange(length), POSITION + patches] = HERE
    if subject is not None:
        features[:, :PATCH_WIDTH] = looks[subject][patches]
        features[:, KNOWN] = 1.0
        features[:, TINT : TINT + 4] = tint_features(color)
        features[:FIRST, :POSITION] = 0.0
    return features
