"""Mosaic: where inside its region each token of a text is heard.

A painter may keep, in the hidden states of its text encoder, a small picture of what a text is about: the token at
position p of every bag holds patch ``(p - first) mod grid**2`` of a square of grid x grid patches, row by row. Such a
painter says so in a file beside its weights. Regional attention then lays the patches out: besides the weight of its
region a token has the log-weight ``-d**2 / (2 * sigma**2)`` at a pixel, d being the distance in patches between
the pixel and the middle of the patch, with the square set in the middle of the region's rectangle. sigma grows where a
pixel covers more than a patch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.errors import ModelError

BAG = 77
"""Tokens in a bag, start and end included."""
_UNHEARD = -12.0  # a token before the first patch: as good as not there, and yet finite


@dataclass(frozen=True, slots=True)
class Mosaic:
    """grid: patches a side, 1 to 8. first: the first position that holds a patch, 0 to 76. fill: the square's side as
    a share of the rectangle's shorter side, above 0 to 1. sigma: in patches, for pixels far smaller than a patch."""

    grid: int
    first: int
    fill: float = 0.96
    sigma: float = 0.5

    def patch(self, position: int) -> int:
        """The patch that the token at a position (0..76) of a bag holds; -1 before `first`."""
        return (position - self.first) % self.grid**2 if position >= self.first else -1

    def region_bias(self, rect: Rect, height: int, width: int) -> Tensor:
        """float32 [77, height * width]: the log-weight of each position of a bag at each pixel."""
        side = self.fill * min(rect.height * height, rect.width * width) / GRID / self.grid  # of a patch, in pixels
        rows = (torch.arange(height) + 0.5 - (rect.top + rect.bottom) / 2 * height / GRID) / side
        columns = (torch.arange(width) + 0.5 - (rect.left + rect.right) / 2 * width / GRID) / side
        middles = torch.arange(self.grid) - (self.grid - 1) / 2
        # A pixel is a box of 1 / side patches: its variance adds to that of the patch.
        spread = 2 * (self.sigma**2 + 1 / (12 * side**2))
        down = -((rows - middles[:, None]) ** 2) / spread
        across = -((columns - middles[:, None]) ** 2) / spread
        patches = (down[:, None, :, None] + across[None, :, None, :]).reshape(self.grid**2, height * width)
        unheard = torch.full((1, height * width), _UNHEARD)
        return torch.cat([patches, unheard])[[self.patch(position) for position in range(BAG)]]

    def bias(self, rects: Sequence[Rect], lengths: Sequence[int], height: int, width: int) -> Tensor:
        """float32 [sum of lengths, height * width] for conditions with `lengths[r]` tokens in whole bags each.

        The first condition, the whole picture's, is heard everywhere alike.
        """
        parts = [torch.zeros(lengths[0], height * width)]
        for rect, length in zip(rects[1:], lengths[1:], strict=True):
            parts.append(self.region_bias(rect, height, width)[torch.arange(length) % BAG])
        return torch.cat(parts)

    def save(self, path: Path) -> None:
        """Write the file that `load` reads."""
        values = {"grid": self.grid, "first": self.first, "fill": self.fill, "sigma": self.sigma}
        path.write_text(json.dumps(values) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Mosaic:
        """Raises ModelError for a file that does not hold a mosaic."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            grid, first, fill, sigma = (values[name] for name in ("grid", "first", "fill", "sigma"))
            sound = isinstance(grid, int) and isinstance(first, int) and 1 <= grid <= 8 and 0 <= first < BAG
            if not sound or not 0 < fill <= 1 or not 0.05 <= sigma <= 10:
                raise ValueError("a value is out of range")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} cannot be read: {error}. Fetch the model again.") from error
        return cls(grid, first, float(fill), float(sigma))
