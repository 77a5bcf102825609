"""The transformer of Z-Image, called with the texts of regions."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.pipelines.z_image.pipeline_z_image import calculate_shift
from torch import Tensor

from lib_omost.render.sequence import RegionSequence
from lib_omost.render.zimage.latents import PATCH

MULTIPLE = 32
"""Texts and pixels are padded to a multiple of this many tokens, by embeddings that were trained."""
_SIZE = f"{PATCH}-1"
"""The name of the embedder and the last layer for patches of PATCH x PATCH cells of one frame."""


class ZImageNetwork:
    """Satisfies `lib_omost.render.flow.FlowNetwork`. The blocks are called one by one, for two reasons: the stock
    forward refines all texts in one sequence, where they would mix, and takes no mask.

    Every text starts at position 1, as if it were the only one, and is refined alone. The position of the pixels
    follows the end of the global text, as in the stock pipeline with that text alone, so the length of a region's text
    does not move the picture.
    """

    def __init__(self, transformer: Any, scheduler: Any) -> None:
        self._transformer = transformer
        self._scheduler = scheduler

    @property
    def channels(self) -> int:
        return int(self._transformer.in_channels) * PATCH**2

    @property
    def device(self) -> torch.device:
        device: torch.device = self._transformer.device
        return device

    def shift(self, pixels: int, steps: int) -> float:
        config = self._scheduler.config
        names = ("base_image_seq_len", "max_image_seq_len", "base_shift", "max_shift")
        defaults = (256, 4096, 0.5, 1.15)
        return float(calculate_shift(pixels, *map(config.get, names, defaults)))

    def predict(self, sequence: RegionSequence, latents: Tensor, sigma: Tensor) -> Tensor:
        network, dtype = self._transformer, self._transformer.dtype
        height, width = latents.shape[-2:]
        time = network.t_embedder((1 - sigma).expand(1) * network.t_scale).to(dtype)

        # The order of numbers in a patch: row, column, channel.
        patches = latents.reshape(-1, PATCH, PATCH, height * width).permute(3, 1, 2, 0).flatten(1)
        pixels = self._padded(network.all_x_embedder[_SIZE](patches.to(dtype)), network.x_pad_token)
        places = torch.zeros(len(pixels), 3, dtype=torch.long)
        grid = torch.cartesian_prod(torch.tensor([sequence.lengths[0] + 1]), torch.arange(height), torch.arange(width))
        places[: len(grid)] = grid
        turns = [self._turns(places)]
        pixels = pixels[None]
        for layer in network.noise_refiner:
            pixels = layer(pixels, None, turns[0], time)

        texts = []
        for text in sequence.texts:
            refined = self._padded(network.cap_embedder(text.to(dtype)), network.cap_pad_token)
            line = torch.zeros(len(refined), 3, dtype=torch.long)
            line[:, 0] = torch.arange(1, len(refined) + 1)
            turns.insert(-1, self._turns(line))
            refined = refined[None]
            for layer in network.context_refiner:
                refined = layer(refined, None, turns[-2])
            texts.append(refined)

        tokens, turned = torch.cat([*texts, pixels], dim=1), torch.cat(turns, dim=1)
        for layer in network.layers:
            tokens = layer(tokens, sequence.mask, turned, time)
        made: Tensor = network.all_final_layer[_SIZE](tokens, c=time)[0, sum(sequence.lengths) :][: height * width]
        cells = made.reshape(len(made), PATCH, PATCH, -1).permute(3, 1, 2, 0).reshape(latents.shape)
        return -cells.float()

    def _turns(self, places: Tensor) -> Tensor:
        """[1, T, head width / 2], complex: the rotary embedding of tokens at these places."""
        turns: Tensor = self._transformer.rope_embedder(places.to(self.device))
        return turns[None]

    @staticmethod
    def _padded(tokens: Tensor, pad: Tensor) -> Tensor:
        missing = -len(tokens) % MULTIPLE
        return torch.cat([tokens, pad.to(tokens).expand(missing, -1)]) if missing else tokens
