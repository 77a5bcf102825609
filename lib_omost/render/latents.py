"""Pictures to latents and back, with the autoencoder's own precision, scale and tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lib_omost.canvas.conditions import COLOR_OPACITY, RegionCondition
from lib_omost.errors import RenderError
from lib_omost.render.regions import region_masks

TILED_ABOVE = 1280 * 1280
"""Pixels above which a picture is decoded in tiles unless the settings say otherwise."""

_TILE = 512
"""Pixels of a tile's side: about 0.5 GiB in half precision with the SDXL autoencoder."""


class LatentCodec:
    """The autoencoder of an SDXL pipeline, one picture at a time.

    Whether tiles are used depends on the settings and the size alone, never on the memory that happens to be free: the
    seams are faint but real, and a picture must come out the same again.
    """

    def __init__(self, vae: Any) -> None:
        if vae.config.force_upcast and vae.dtype == torch.float16:
            # The SDXL autoencoder overflows in half precision.
            vae.to(torch.float32)
        self._vae = vae
        self.factor: int = 2 ** (len(vae.config.block_out_channels) - 1)

    @torch.no_grad()
    def decode(self, latents: Tensor, tiled: bool | None) -> Image.Image:
        """The RGB picture of latents [1, C, h, w]. Raises RenderError where they are not finite."""
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
        with self._tiles(tiled, width * height * self.factor**2):
            pixels = self._vae.decode(scaled.to(self._vae.device), return_dict=False)[0]
        bytes_ = ((pixels[0].float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        return Image.fromarray(bytes_.permute(1, 2, 0).cpu().numpy())

    @torch.no_grad()
    def encode(self, image: Image.Image, tiled: bool | None) -> Tensor:
        """float32 latents [1, C, h, w] of an RGB picture whose sides are multiples of the factor: the distribution's
        mode, so that a picture has one latent."""
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]
        pixels = pixels.to(self._vae.device).to(self._vae.dtype) / 127.5 - 1
        with self._tiles(tiled, image.width * image.height):
            latents: Tensor = self._vae.encode(pixels).latent_dist.mode()
        if self._shifted:
            latents = (latents - self._per_channel("latents_mean")) / self._per_channel("latents_std")
        return latents.float() * float(self._vae.config.scaling_factor)

    @property
    def _shifted(self) -> bool:
        config = self._vae.config
        return config.get("latents_mean") is not None and config.get("latents_std") is not None

    def _per_channel(self, name: str) -> Tensor:
        return torch.tensor(self._vae.config[name], device=self._vae.device, dtype=self._vae.dtype).view(1, -1, 1, 1)

    @contextmanager
    def _tiles(self, tiled: bool | None, pixels: int) -> Iterator[None]:
        vae = self._vae
        before = vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size
        vae.use_tiling = pixels > TILED_ABOVE if tiled is None else tiled
        vae.tile_sample_min_size = min(before[1], _TILE)
        vae.tile_latent_min_size = vae.tile_sample_min_size // self.factor
        try:
            yield
        finally:
            vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size = before


def color_picture(conditions: Sequence[RegionCondition], width: int, height: int) -> Image.Image:
    """The coarse colour picture at width x height pixels: the global colour, then far to near 0.7 of each region's
    colour over what is there."""
    masks = region_masks([condition.rect for condition in conditions], height, width)
    picture = torch.zeros(height, width, 3)
    for condition, mask in zip(conditions, masks, strict=True):
        opacity = COLOR_OPACITY if condition.distance is not None else 1.0
        color = torch.tensor(condition.color, dtype=torch.float32)
        picture[mask] = opacity * color + (1 - opacity) * picture[mask]
    return Image.fromarray(picture.round().to(torch.uint8).numpy())
