"""Latents of FLUX.2: patches of 2 x 2 cells of the autoencoder's latents, normalised for each channel."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

PATCH = 2


class Patches:
    """A cell holds PATCH x PATCH cells of the autoencoder as further channels, normalised by the running mean and
    variance of the autoencoder's batch norm, as in diffusers' pipelines."""

    patch = PATCH

    def to_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        mean, deviation = _statistics(vae, latents)
        return pixel_shuffle(latents * deviation + mean, PATCH)

    def from_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        mean, deviation = _statistics(vae, latents)
        return (pixel_unshuffle(latents, PATCH) - mean) / deviation


def _statistics(vae: Any, latents: Tensor) -> tuple[Tensor, Tensor]:
    mean = vae.bn.running_mean.view(1, -1, 1, 1).to(latents)
    variance = vae.bn.running_var.view(1, -1, 1, 1)
    return mean, torch.sqrt(variance + vae.config.batch_norm_eps).to(latents)
