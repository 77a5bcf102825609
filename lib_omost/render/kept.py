"""Kept latents: outside the part that is repainted a pass holds the latents of the earlier picture.

After every step the latents outside are replaced by those of the earlier picture with the noise of that step, so that
what is painted inside fits what surrounds it. A cell at the edge is held for a share of the steps only, the longer the
less it is to change ("differential diffusion", Levin and Fried 2023, https://arxiv.org/abs/2306.00950).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.render.repaint import MOVED_STRENGTH, Repaint

Noised = Callable[[Tensor], Tensor]
"""Clean latents [1, C, h, w] with the noise of the present step, as the solver scales them."""


class KeptLatents:
    """One pass over latents of which a part is kept.

    kept: [1, C, h, w] float32, the earlier picture's. held: [1, C, h, w], what cells are held at while they are held,
    which differs from `kept` where a thing was moved. change: [h, w] in 0..1, the share of the steps in which a cell is
    free; 0 is never.
    """

    def __init__(self, kept: Tensor, held: Tensor, change: Tensor) -> None:
        self._kept = kept
        self._held = held
        self._change = change

    @classmethod
    def base(cls, kept: Tensor, repaint: Repaint) -> KeptLatents:
        """For the pass that lays the picture out: cells change as strongly as `repaint` says."""
        change = _cover(repaint, kept) * repaint.strength
        held = kept
        for old, new in repaint.moves:
            held = _moved(held, kept, old, new)
            rows, columns = _cells(new, kept)
            change[rows, columns] = change[rows, columns].clamp(max=MOVED_STRENGTH)
        return cls(kept, held, change)

    @classmethod
    def refining(cls, kept: Tensor, repaint: Repaint) -> KeptLatents:
        """For a second pass over a picture whose part has been painted anew already."""
        return cls(kept, kept, _cover(repaint, kept))

    def start(self, inside: Tensor) -> Tensor:
        """The clean latents that noise is added to: `inside`, [1, C, h, w], where the cells are free from the first
        step on, and the earlier picture elsewhere."""
        return torch.where(self._change >= 1, inside, self._held.to(inside))

    def hold(self, latents: Tensor, done: float, noised: Noised) -> Tensor:
        """`latents` after a step, with those held that are not free yet. done: the share of the steps that is done,
        above 0 to 1."""
        free = (self._change > 1 - done).to(latents.device)
        if done < 1:
            return torch.where(free, latents, noised(self._held.to(latents)))
        return torch.where(free, latents, self._kept.to(latents))

    def merged(self, latents: Tensor) -> Tensor:
        """float32 latents of the finished picture: the earlier picture's own outside the part."""
        return torch.where(self._change.to(latents.device) > 0, latents.float(), self._kept.to(latents.device))


def _cover(repaint: Repaint, latents: Tensor) -> Tensor:
    height, width = latents.shape[-2:]
    return torch.from_numpy(repaint.cover(width, height)).to(latents.device)


def _cells(rect: Rect, latents: Tensor) -> tuple[slice, slice]:
    """The latent cells of a rectangle of the grid; at least one."""
    height, width = latents.shape[-2:]

    def span(first: int, last: int, size: int) -> slice:
        low = min(round(first * size / GRID), size - 1)
        return slice(low, max(low + 1, round(last * size / GRID)))

    return span(rect.top, rect.bottom, height), span(rect.left, rect.right, width)


def _moved(target: Tensor, source: Tensor, old: Rect, new: Rect) -> Tensor:
    """`target` with the latents of `source` at place `old`, scaled to `new`, laid over it."""
    rows, columns = _cells(old, source)
    place = _cells(new, target)
    made = target.clone()
    size = made[..., place[0], place[1]].shape[-2:]
    made[..., place[0], place[1]] = interpolate(source[..., rows, columns], size, mode="bilinear", align_corners=False)
    return made
