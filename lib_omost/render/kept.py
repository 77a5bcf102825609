"""Kept latents: outside the part that is repainted a pass holds the latents of the earlier picture.

After every step the latents outside are replaced by those of the earlier picture with the noise of that step, so that
what is painted inside fits what surrounds it. A cell at the edge is held for a share of the steps only, the longer the
less it is to change ("differential diffusion", Levin and Fried 2023, https://arxiv.org/abs/2306.00950).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lib_omost.render.repaint import Repaint

Noised = Callable[[Tensor], Tensor]
"""Clean latents [1, C, h, w] with the noise of the present step, as the solver scales them."""


class KeptLatents:
    """One pass over latents of which a part is kept.

    kept: [1, C, h, w] float32, the earlier picture's. change: [h, w] in 0..1, the share of the steps in which a cell is
    free; 0 is never.
    """

    def __init__(self, kept: Tensor, change: Tensor) -> None:
        self._kept = kept
        self._change = change

    @classmethod
    def base(cls, kept: Tensor, repaint: Repaint) -> KeptLatents:
        """For the pass that lays the picture out: cells change as strongly as `repaint` says."""
        return cls(kept, _cover(repaint, kept) * repaint.strength)

    @classmethod
    def refining(cls, kept: Tensor, repaint: Repaint) -> KeptLatents:
        """For a second pass over a picture whose part has been painted anew already."""
        return cls(kept, _cover(repaint, kept))

    def start(self, inside: Tensor) -> Tensor:
        """The clean latents that noise is added to: `inside`, [1, C, h, w], where the cells are free from the first
        step on, and the earlier picture elsewhere."""
        return torch.where(self._change >= 1, inside, self._kept.to(inside))

    def hold(self, latents: Tensor, done: float, noised: Noised) -> Tensor:
        """`latents` after a step, with those held that are not free yet. done: the share of the steps that is done,
        above 0 to 1."""
        free = (self._change > 1 - done).to(latents.device)
        kept = self._kept.to(latents)
        return torch.where(free, latents, noised(kept) if done < 1 else kept)

    def merged(self, latents: Tensor) -> Tensor:
        """float32 latents of the finished picture: the earlier picture's own outside the part."""
        return torch.where(self._change.to(latents.device) > 0, latents.float(), self._kept.to(latents.device))


def _cover(repaint: Repaint, latents: Tensor) -> Tensor:
    height, width = latents.shape[-2:]
    return torch.from_numpy(repaint.cover(width, height)).to(latents.device)
