"""Latents of Z-Image: patches of 2 x 2 cells of the autoencoder's latents, scaled and shifted."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

PATCH = 2


class ShiftedPatches:
    """A cell holds PATCH x PATCH cells of the autoencoder as further channels; `shift_factor` and `scaling_factor` of
    its configuration are applied as in diffusers' pipeline."""

    patch = PATCH

    def to_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        return pixel_shuffle(latents / float(vae.config.scaling_factor) + _shift(vae), PATCH)

    def from_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        return pixel_unshuffle((latents - _shift(vae)) * float(vae.config.scaling_factor), PATCH)


def _shift(vae: Any) -> float:
    return float(vae.config.get("shift_factor") or 0.0)
