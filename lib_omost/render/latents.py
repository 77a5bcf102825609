"""Encoding of pictures to latents and back, with the precision and scaling of the autoencoder, in tiles if needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lib_omost.errors import RenderError
from lib_omost.runtime.device import is_out_of_memory, release

TILED_ABOVE = 1280 * 1280
"""A picture with more pixels is decoded in tiles unless the settings say otherwise."""

_TILE = 512
"""Side of a tile in pixels; decoding one takes about 0.5 GiB in half precision with the SDXL autoencoder."""

Notify = Callable[[str], None]
"""Receives a sentence for the user."""


def _ignore(message: str) -> None:
    pass


class LatentForm(Protocol):
    """How the latents that a network denoises stand to those of its autoencoder, all [1, C, h, w].

    patch: cells of the autoencoder's latents to one cell of the network's, in each direction.
    """

    patch: int

    def to_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        """The autoencoder's latents, in its precision, of those of the network."""
        ...

    def from_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        """The reverse."""
        ...


class Scaled:
    """Latents scaled by the autoencoder's `scaling_factor`, after shifting each channel if its configuration has
    `latents_mean` and `latents_std`."""

    patch = 1

    def to_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        if not self._shifted(vae):
            return latents / float(vae.config.scaling_factor)
        scaled = latents * self._per_channel(vae, "latents_std", latents) / float(vae.config.scaling_factor)
        return scaled + self._per_channel(vae, "latents_mean", latents)

    def from_autoencoder(self, vae: Any, latents: Tensor) -> Tensor:
        if self._shifted(vae):
            latents = latents - self._per_channel(vae, "latents_mean", latents)
            latents = latents / self._per_channel(vae, "latents_std", latents)
        return latents.float() * float(vae.config.scaling_factor)

    @staticmethod
    def _shifted(vae: Any) -> bool:
        return vae.config.get("latents_mean") is not None and vae.config.get("latents_std") is not None

    @staticmethod
    def _per_channel(vae: Any, name: str, latents: Tensor) -> Tensor:
        return torch.tensor(vae.config[name], device=latents.device, dtype=latents.dtype).view(1, -1, 1, 1)


class LatentCodec:
    """The autoencoder of a diffusers pipeline, for one picture at a time.

    form: how its latents stand to those that are denoised. factor: pixels to one cell of the latter.

    It does not use diffusers' VaeImageProcessor, which copies a picture from the device in float32, four times the
    bytes of the finished one, and silently resizes a picture whose sides are not multiples of the factor.

    Tiles leave faint seams, and a picture must be reproducible, so only the settings, the size and the autoencoder's
    precision decide on them. If memory runs out and the settings do not forbid tiles, the picture is done in tiles,
    `notify` gets a sentence, and pictures of that size are done in tiles from then on.
    """

    def __init__(self, vae: Any, form: LatentForm | None = None) -> None:
        if vae.config.get("force_upcast") and vae.dtype == torch.float16:
            # The SDXL autoencoder overflows in float16.
            vae.to(torch.float32)
        self._vae = vae
        self._form = form or Scaled()
        self._tiled_from = TILED_ABOVE + 1
        self._own_factor: int = 2 ** (len(vae.config.block_out_channels) - 1)
        self.factor = self._own_factor * self._form.patch

    @torch.no_grad()
    def decode(self, latents: Tensor, tiled: bool | None, notify: Notify = _ignore) -> Image.Image:
        """The RGB picture of latents [1, C, h, w]. Raises RenderError if they or their pixels are not finite."""
        if not torch.isfinite(latents).all():
            raise RenderError(
                "The image model produced values that are not numbers. Lower the guidance scale, or start with "
                "--precision float32 (or bfloat16, on a graphics card that has it)."
            )
        scaled = self._form.to_autoencoder(self._vae, latents.to(self._vae.device, self._vae.dtype))
        height, width = latents.shape[-2:]
        pixels = self._finite(
            lambda: self._vae.decode(scaled.to(self._vae.dtype), return_dict=False)[0], tiled, (width, height), notify
        )
        bytes_ = ((pixels[0].float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        return Image.fromarray(bytes_.permute(1, 2, 0).cpu().numpy())

    @torch.no_grad()
    def encode(self, image: Image.Image, tiled: bool | None, notify: Notify = _ignore) -> Tensor:
        """float32 latents [1, C, h, w] of an RGB picture whose sides are multiples of `factor`: the mode of the
        distribution, so that encoding is deterministic. Raises RenderError if they are not finite."""
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]
        pixels = pixels.to(self._vae.device)
        size = image.width // self.factor, image.height // self.factor
        latents = self._finite(
            lambda: self._vae.encode(pixels.to(self._vae.dtype) / 127.5 - 1).latent_dist.mode(), tiled, size, notify
        )
        return self._form.from_autoencoder(self._vae, latents).float()

    def _finite(self, work: Callable[[], Tensor], tiled: bool | None, size: tuple[int, int], notify: Notify) -> Tensor:
        """The result of `work`. If it is not finite in half precision, the autoencoder works in float32 from then on.
        Raises RenderError if it is not finite in float32 either."""
        found = self._with_tiles_if_needed(work, tiled, size, notify)
        if _is_finite(found):
            return found
        if self._vae.dtype != torch.float32:
            notify(
                f"The autoencoder of this model overflows in {str(self._vae.dtype).removeprefix('torch.')}: it works "
                "in float32 from now on."
            )
            self._vae.to(torch.float32)
            found = self._with_tiles_if_needed(work, tiled, size, notify)
            if _is_finite(found):
                return found
        raise RenderError(
            "The autoencoder of the image model produced values that are not numbers, even in float32: its weights are "
            "damaged. Choose another painter, or another copy of this one."
        )

    def _with_tiles_if_needed(
        self, work: Callable[[], Tensor], tiled: bool | None, size: tuple[int, int], notify: Notify
    ) -> Tensor:
        """The result of `work` for a picture of `size` latent cells, in tiles if that is decided or memory runs out."""
        pixels = size[0] * size[1] * self.factor**2
        in_tiles = self._in_tiles(pixels) if tiled is None else tiled
        try:
            with self._tiles(in_tiles):
                return work()
        except Exception as error:
            if in_tiles or tiled is not None or not is_out_of_memory(error):
                raise
        # Not in the except block: there the error still holds every tensor of the attempt.
        release(self._vae.device)
        self._tiled_from = min(self._tiled_from, pixels)
        notify("The memory of the device did not suffice to decode the picture in one piece: it is decoded in tiles.")
        with self._tiles(True):
            return work()

    def _in_tiles(self, pixels: int) -> bool:
        """Whether to use tiles if the settings leave it open. On an accelerator float32 doubles the memory that the
        autoencoder takes, so it always works in tiles there."""
        doubled = self._vae.dtype == torch.float32 and self._vae.device.type != "cpu"
        return doubled or pixels >= self._tiled_from

    @contextmanager
    def _tiles(self, tiled: bool) -> Iterator[None]:
        vae = self._vae
        before = vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size
        vae.use_tiling = tiled
        vae.tile_sample_min_size = min(before[1], _TILE)
        vae.tile_latent_min_size = vae.tile_sample_min_size // self._own_factor
        try:
            yield
        finally:
            vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size = before


def _is_finite(tensor: Tensor) -> bool:
    return tensor.is_meta or bool(torch.isfinite(tensor).all())
