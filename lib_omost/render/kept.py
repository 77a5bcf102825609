"""Kept latents: outside the repainted part, denoising keeps the latents of the earlier picture.

After every step the latents outside the part are replaced by those of the earlier picture with the noise level of that
step, so that the part fits its surroundings. Cells in the feathered edge are replaced only during the first steps, the
longer the less they may change ("differential diffusion", Levin and Fried 2023, https://arxiv.org/abs/2306.00950).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lib_omost.render.repaint import Repaint

Noised = Callable[[Tensor], Tensor]
"""Adds the noise of the current step to clean latents, [1, C, h, w], in the scaling of the solver."""


class KeptLatents:
    """The latents to keep in one denoising pass.

    kept: [1, C, h, w] float32, the latents of the earlier picture. change: [h, w] in 0..1, the share of the steps in
    which a cell is free to change; 0 means never.
    """

    def __init__(self, kept: Tensor, change: Tensor) -> None:
        self._kept = kept
        self._change = change

    @classmethod
    def base(cls, kept: Tensor, repaint: Repaint) -> KeptLatents:
        """For the base pass: the strength of `repaint` limits how much cells change."""
        return cls(kept, _cover(repaint, kept) * repaint.strength)

    @classmethod
    def refining(cls, kept: Tensor, repaint: Repaint) -> KeptLatents:
        """For the high-resolution pass over a picture whose part has already been repainted."""
        return cls(kept, _cover(repaint, kept))

    def start(self, inside: Tensor) -> Tensor:
        """The clean latents to which noise is added: `inside`, [1, C, h, w], in cells that are free from the start, and
        the earlier picture elsewhere."""
        return torch.where(self._change >= 1, inside, self._kept.to(inside))

    def hold(self, latents: Tensor, done: float, noised: Noised) -> Tensor:
        """`latents` after a step, with the cells that are not free yet replaced. done: the share of completed steps,
        above 0 and up to 1."""
        free = (self._change > 1 - done).to(latents.device)
        kept = self._kept.to(latents)
        return torch.where(free, latents, noised(kept) if done < 1 else kept)

    def merged(self, latents: Tensor) -> Tensor:
        """The float32 latents of the finished picture; outside the part they are those of the earlier picture."""
        return torch.where(self._change.to(latents.device) > 0, latents.float(), self._kept.to(latents.device))


def _cover(repaint: Repaint, latents: Tensor) -> Tensor:
    height, width = latents.shape[-2:]
    return torch.from_numpy(repaint.cover(width, height)).to(latents.device)
