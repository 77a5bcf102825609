"""Pictures to latents and back, with the autoencoder's own precision, scale and tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lib_omost.errors import RenderError
from lib_omost.runtime.device import is_out_of_memory, release

TILED_ABOVE = 1280 * 1280
"""Pixels above which a picture is decoded in tiles unless the settings say otherwise."""

_TILE = 512
"""Pixels of a tile's side: about 0.5 GiB in half precision with the SDXL autoencoder."""

Tell = Callable[[str], None]
"""Takes a sentence for the user."""


def _silent(sentence: str) -> None:
    pass


class LatentCodec:
    """The autoencoder of an SDXL pipeline, one picture at a time.

    Whether tiles are used depends on the settings, the size, and the autoencoder's precision on the device: the seams
    are faint but real, and a picture must come out the same again. If memory runs out for a picture whose settings
    leave it open, it is done in tiles and `tell` gets a sentence; so are pictures of that size from then on.
    """

    def __init__(self, vae: Any) -> None:
        if vae.config.force_upcast and vae.dtype == torch.float16:
            # The SDXL autoencoder overflows in half precision.
            vae.to(torch.float32)
        self._vae = vae
        self._tiled_from = TILED_ABOVE + 1
        self.factor: int = 2 ** (len(vae.config.block_out_channels) - 1)

    @torch.no_grad()
    def decode(self, latents: Tensor, tiled: bool | None, tell: Tell = _silent) -> Image.Image:
        """The RGB picture of latents [1, C, h, w]. Raises RenderError if they are not finite."""
        if not torch.isfinite(latents).all():
            raise RenderError(
                "The image model produced values that are no numbers. Lower the guidance scale, "
                "or load the model in a higher precision."
            )
        scaled = latents.to(self._vae.dtype)
        if self._shifted:
            scaled = scaled * self._per_channel("latents_std") / self._vae.config.scaling_factor
            scaled = scaled + self._per_channel("latents_mean")
        else:
            scaled = scaled / self._vae.config.scaling_factor
        height, width = latents.shape[-2:]
        scaled = scaled.to(self._vae.device)
        pixels = self._sparing(lambda: self._vae.decode(scaled, return_dict=False)[0], tiled, (width, height), tell)
        bytes_ = ((pixels[0].float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        return Image.fromarray(bytes_.permute(1, 2, 0).cpu().numpy())

    @torch.no_grad()
    def encode(self, image: Image.Image, tiled: bool | None, tell: Tell = _silent) -> Tensor:
        """float32 latents [1, C, h, w] of an RGB picture whose sides are multiples of the factor: the distribution's
        mode, so that a picture has one latent."""
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]
        pixels = pixels.to(self._vae.device).to(self._vae.dtype) / 127.5 - 1
        size = image.width // self.factor, image.height // self.factor
        latents = self._sparing(lambda: self._vae.encode(pixels).latent_dist.mode(), tiled, size, tell)
        if self._shifted:
            latents = (latents - self._per_channel("latents_mean")) / self._per_channel("latents_std")
        return latents.float() * float(self._vae.config.scaling_factor)

    @property
    def _shifted(self) -> bool:
        config = self._vae.config
        return config.get("latents_mean") is not None and config.get("latents_std") is not None

    def _per_channel(self, name: str) -> Tensor:
        return torch.tensor(self._vae.config[name], device=self._vae.device, dtype=self._vae.dtype).view(1, -1, 1, 1)

    def _sparing(self, work: Callable[[], Tensor], tiled: bool | None, size: tuple[int, int], tell: Tell) -> Tensor:
        """`work` on a picture of `size` latent cells, in tiles if that is settled or if memory runs out without."""
        pixels = size[0] * size[1] * self.factor**2
        in_tiles = self._in_tiles(pixels) if tiled is None else tiled
        try:
            with self._tiles(in_tiles):
                return work()
        except Exception as error:
            if in_tiles or tiled is not None or not is_out_of_memory(error):
                raise
        # Only here: the error held on to every tensor of the attempt.
        release(self._vae.device)
        self._tiled_from = min(self._tiled_from, pixels)
        tell("The memory of the device did not suffice to decode the picture in one piece: it is decoded in tiles.")
        with self._tiles(True):
            return work()

    def _in_tiles(self, pixels: int) -> bool:
        """In float32 an autoencoder takes twice the memory; a device has it if it lacks bfloat16 (Turing, Macs)."""
        doubled = self._vae.dtype == torch.float32 and self._vae.device.type != "cpu"
        return doubled or pixels >= self._tiled_from

    @contextmanager
    def _tiles(self, tiled: bool) -> Iterator[None]:
        vae = self._vae
        before = vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size
        vae.use_tiling = tiled
        vae.tile_sample_min_size = min(before[1], _TILE)
        vae.tile_latent_min_size = vae.tile_sample_min_size // self.factor
        try:
            yield
        finally:
            vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size = before
