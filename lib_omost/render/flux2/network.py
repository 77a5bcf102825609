"""The transformer of FLUX.2, called with the texts of regions."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu
from torch import Tensor

from lib_omost.render.sequence import RegionSequence


class Flux2Network:
    """Satisfies `lib_omost.render.flow.FlowNetwork`. Called directly, because the stock pipeline numbers the tokens of
    all texts on; here every text starts at position 0, as if it were the only one."""

    def __init__(self, transformer: Any) -> None:
        self._transformer = transformer

    @property
    def channels(self) -> int:
        return int(self._transformer.config.in_channels)

    @property
    def device(self) -> torch.device:
        device: torch.device = self._transformer.device
        return device

    def shift(self, pixels: int, steps: int) -> float:
        return float(compute_empirical_mu(image_seq_len=pixels, num_steps=steps))

    def predict(self, sequence: RegionSequence, latents: Tensor, sigma: Tensor) -> Tensor:
        dtype, mask = self._transformer.dtype, sequence.mask
        output: Tensor = self._transformer(
            hidden_states=latents.flatten(2).transpose(1, 2).to(dtype),
            encoder_hidden_states=torch.cat(sequence.texts)[None],
            timestep=sigma.expand(1).to(dtype),
            img_ids=_pixel_positions(*latents.shape[-2:]).to(self.device),
            txt_ids=_text_positions([len(text) for text in sequence.texts]).to(self.device),
            guidance=None,
            joint_attention_kwargs=None if mask is None else {"attention_mask": mask},
            return_dict=False,
        )[0]
        return output.transpose(1, 2).reshape(latents.shape).float()


def _text_positions(lengths: list[int]) -> Tensor:
    """[T, 4]: the position of every text token on the axes time, row, column, token."""
    tokens = torch.cat([torch.arange(length) for length in lengths])
    return torch.stack([torch.zeros_like(tokens)] * 3 + [tokens], dim=1)


def _pixel_positions(height: int, width: int) -> Tensor:
    """[P, 4], of the pixels in reading order."""
    zero = torch.arange(1)
    return torch.cartesian_prod(zero, torch.arange(height), torch.arange(width), zero)
