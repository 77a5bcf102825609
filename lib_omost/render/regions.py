"""Which pixel of the picture listens to which condition, and how much."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lib_omost.canvas.conditions import COLOR_OPACITY
from lib_omost.canvas.geometry import GRID, Rect


def region_masks(rects: Sequence[Rect], height: int, width: int) -> Tensor:
    """bool [R, H, W]: pixel (y, x) lies in rectangle r.

    Nearest-exact resize of the grid's masks, in whole numbers: pixel i reads grid cell floor((i + 1/2) * 90 / n).
    """
    rows = (2 * torch.arange(height) + 1) * GRID // (2 * height)
    columns = (2 * torch.arange(width) + 1) * GRID // (2 * width)
    edges = torch.tensor([(rect.top, rect.bottom, rect.left, rect.right) for rect in rects], dtype=torch.long)
    top, bottom, left, right = edges.reshape(-1, 4, 1).unbind(1)
    inside_rows = (rows >= top) & (rows < bottom)
    inside_columns = (columns >= left) & (columns < right)
    return inside_rows[:, :, None] & inside_columns[:, None, :]


def area_factors(masks: Tensor) -> Tensor:
    """float32 [R]: H * W / number of pixels in mask r; 0 for a mask without a pixel. `masks` is bool [R, H, W]."""
    pixels = masks.sum(dim=(1, 2))
    return torch.where(pixels > 0, masks[0].numel() / pixels.clamp(min=1).float(), 0.0)


def region_weights(rects: Sequence[Rect], height: int, width: int) -> Tensor:
    """float32 [R, H, W]: the weight of condition r at each pixel in the 'layered' formula.

    ``w[r] = mask[r] * (H * W / area[r]) * product over nearer conditions s of (1 - 0.7 * mask[s])``, where `rects` go
    from the farthest (the global condition, the whole grid) to the nearest. A small region so speaks up against the
    whole picture, and where regions overlap the nearer one is heard: a pixel under n nearer regions gives a farther
    one 0.3**n of its weight, the very layering of the colour picture. A region without a pixel at this resolution has weight 0 everywhere.
    """
    masks = region_masks(rects, height, width)
    behind = 1.0 - COLOR_OPACITY * masks.float()
    # Product over the conditions after r, exclusive of r itself.
    nearer = torch.cat([behind[1:], torch.ones_like(behind[:1])])
    through = nearer.flip(0).cumprod(0).flip(0)
    return masks * area_factors(masks)[:, None, None] * through
