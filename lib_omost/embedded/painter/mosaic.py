"""Mosaic: where inside its region each token of a text is heard.

A painter may keep, in the hidden states of its text encoder, a small picture of what a text is about: the token at
position p of every bag holds patch ``(p - first) mod grid**2`` of a square of grid x grid patches, row by row. Such a
painter says so in a file beside its weights. Regional attention then lays the patches out: besides the weight of its
region a token has the log-weight ``-d**2 / (2 * sigma**2)`` at a pixel, d being the distance in patches between
the pixel and the middle of the patch, with the square set in the middle of the region's rectangle. sigma grows where a
pixel covers more than a patch.

A patch of parts x parts cells is read by as many attention heads: head k measures d from the middle of cell
``k mod parts**2``, row by row, so that the heads together read the cells each at its own place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.errors import ModelError
from lib_omost.render.patches import Level
from lib_omost.render.regions import RenderRegions, region_masks

BAG = 77
"""Tokens in a bag, start and end included."""
_UNHEARD = -12.0  # a token before the first patch: as good as not there, and yet finite


@dataclass(frozen=True, slots=True)
class Mosaic:
    """grid: patches a side, 1 to 8. first: the first position that holds a patch, 0 to 76. fill: the square's side as
    a share of the rectangle's shorter side, above 0 to 1. sigma: in patches, for pixels far smaller than a patch.
    parts: cells a side of a patch, 1 to 4. layering: taken from the log-weight of a region for every nearer one that
    covers the pixel, 0 to 20. ground: taken from the log-weight of the whole picture's tokens, 0 to 20."""

    grid: int
    first: int
    fill: float = 0.96
    sigma: float = 0.5
    parts: int = 1
    layering: float = 0.0
    ground: float = 0.0

    @property
    def offsets(self) -> int:
        """How many kinds of attention head there are: head k is of kind k mod `offsets`."""
        return self.parts**2

    def patch(self, position: int) -> int:
        """The patch that the token at a position (0..76) of a bag holds; -1 before `first` and after the last whole
        round of patches."""
        number = position - self.first
        patches = self.grid**2
        whole = max((BAG - self.first) // patches, 1) * patches
        return number % patches if 0 <= number < whole else -1

    def region_bias(self, rect: Rect, height: int, width: int) -> Tensor:
        """float32 [offsets, 77, height * width]: the log-weight of each position of a bag at each pixel."""
        side = self.fill * min(rect.height * height, rect.width * width) / GRID / self.grid  # of a patch, in pixels
        rows = (torch.arange(height) + 0.5 - (rect.top + rect.bottom) / 2 * height / GRID) / side
        columns = (torch.arange(width) + 0.5 - (rect.left + rect.right) / 2 * width / GRID) / side
        middles = torch.arange(self.grid) - (self.grid - 1) / 2
        cells = (torch.arange(self.parts) - (self.parts - 1) / 2) / self.parts
        middles = cells[:, None] + middles  # [parts, grid]
        # A pixel is a box of 1 / side patches: its variance adds to that of the patch.
        spread = 2 * (self.sigma**2 + 1 / (12 * side**2))
        down = -((rows - middles[..., None]) ** 2) / spread  # [parts, grid, height]
        across = -((columns - middles[..., None]) ** 2) / spread
        patches = down[:, None, :, None, :, None] + across[None, :, None, :, None, :]
        patches = patches.reshape(self.offsets, self.grid**2, height * width)
        unheard = torch.full((self.offsets, 1, height * width), _UNHEARD)
        return torch.cat([patches, unheard], dim=1)[:, [self.patch(position) for position in range(BAG)]]

    def depth_bias(self, masks: Tensor) -> Tensor:
        """float32 [R, N]: the log-weight of each condition at each pixel, by what is nearer.

        `masks` is bool [R, N]: which pixels a condition covers, the whole picture's first, then far to near.
        """
        nearer = masks.sum(0) - masks.cumsum(0)
        bias = -self.layering * nearer
        bias[0] = -self.ground
        return bias

    def bias(self, rects: Sequence[Rect], lengths: Sequence[int], masks: Tensor) -> Tensor:
        """float32 [offsets, sum of lengths, H * W] for conditions with `lengths[r]` tokens each, in bags of 77 of which
        the last may be shorter. `masks` is bool [R, H, W]: the pixels of `rects`, the whole picture's first, then far
        to near. The first condition is heard everywhere alike."""
        height, width = masks.shape[1:]
        depths = self.depth_bias(masks.flatten(1))
        parts = [torch.zeros(self.offsets, lengths[0], height * width) + depths[0]]
        for rect, length, depth in zip(rects[1:], lengths[1:], depths[1:], strict=True):
            parts.append(self.region_bias(rect, height, width)[:, torch.arange(length) % BAG] + depth)
        return torch.cat(parts, dim=1)

    def save(self, path: Path) -> None:
        """Write the file that `load` reads."""
        path.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Mosaic:
        """Raises ModelError for a file that does not hold a mosaic."""
        try:
            made = cls(**json.loads(path.read_text(encoding="utf-8")))
            whole = all(isinstance(number, int) for number in (made.grid, made.first, made.parts))
            if not whole or not (1 <= made.grid <= 8 and 0 <= made.first < BAG and 1 <= made.parts <= 4):
                raise ValueError("a number of patches is out of range")
            if not (0 < made.fill <= 1 and 0.05 <= made.sigma <= 10):
                raise ValueError("a size is out of range")
            if not (0 <= made.layering <= 20 and 0 <= made.ground <= 20):
                raise ValueError("a log-weight is out of range")
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{path} cannot be read: {error}. Fetch the model again.") from error
        return made


class MosaicRegions(RenderRegions):
    """Regions whose tokens are heard where `mosaic` lays them; the published formula knows no places."""

    def __init__(self, *args: Any, mosaic: Mosaic, **options: Any) -> None:
        super().__init__(*args, **options)
        self._mosaic = mosaic

    def terms(self, height: int, width: int) -> Level:
        made = super().terms(height, width)
        if self._formula != "layered":
            return made
        placed = self._mosaic.bias(self._rects, self._lengths, region_masks(self._rects, height, width))
        return replace(made, placed=placed[:, made.tokens].mT)
