"""Coarse previews of latents: a linear map from latent channels to colours, in place of the decoder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from lib_omost.errors import ModelError
from lib_omost.render.latents import LatentCodec

SIDE = 256
"""Longer side of a preview in pixels."""
_SAMPLE, _SAMPLES = 16, 4
"""Side in cells and number of the pictures to which a map is fitted."""
_RIDGE = 0.05
"""For latents of unit variance: they are about as certain as a fifth of it."""


@dataclass(frozen=True, slots=True)
class LatentPreview:
    """rgb = latent @ factors + bias, with colours in 0..255 and latents scaled as the UNet sees them."""

    factors: tuple[tuple[float, float, float], ...]
    bias: tuple[float, float, float]

    @torch.no_grad()
    def colors(self, latents: Tensor) -> Tensor:
        """uint8 [h, w, 3] of latents [1, channels, h, w], on their device."""
        factors, bias = _on_device(self, latents.device)
        rgb = latents[0].float().permute(1, 2, 0) @ factors + bias
        return rgb.nan_to_num().clamp(0, 255).to(torch.uint8)

    @staticmethod
    def image(colors: Tensor) -> Image.Image:
        """An image of uint8 [h, w, 3] on the CPU, resized so that its longer side is `SIDE` pixels."""
        image = Image.fromarray(colors.numpy())
        scale = SIDE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        return image.resize(size, Image.Resampling.BILINEAR)

    def save(self, path: Path) -> None:
        """Write the map to a JSON file that `load` reads."""
        path.write_text(json.dumps({"factors": self.factors, "bias": self.bias}) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> LatentPreview:
        """Read a map that `save` wrote. Raises ModelError if the file is not one."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            rows = [*stored["factors"], stored["bias"]]
            factors = [(float(red), float(green), float(blue)) for red, green, blue in rows]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{path} is not a preview map: {error}. Delete it or take a sound copy.") from error
        return cls(tuple(factors[:-1]), factors[-1])

    @classmethod
    def fit(cls, latents: Tensor, images: Tensor, ridge: float = 0.0) -> LatentPreview:
        """The least-squares map from latents [n, c, h, w], as the UNet sees them, to images [n, 3, h, w] in 0..255 that
        were averaged down to the latents' size. ridge: the weight, for each row of `latents`, of the squares of the
        factors (Tikhonov), for more channels than the pictures determine."""
        rows = latents.double().movedim(1, -1).flatten(0, -2)
        wanted = images.double().movedim(1, -1).flatten(0, -2)
        small = torch.eye(rows.shape[1], dtype=rows.dtype) * (ridge * len(rows)) ** 0.5
        rows = torch.cat([torch.cat([rows, small]), torch.ones(len(rows) + len(small), 1).double()], dim=1)
        rows[len(wanted) :, -1] = 0  # the bias is free
        found = torch.linalg.lstsq(rows, torch.cat([wanted, torch.zeros(len(small), 3).double()])).solution
        factors = [(red, green, blue) for red, green, blue in found.tolist()]
        return cls(tuple(factors[:-1]), factors[-1])


def fitted_preview(codec: LatentCodec) -> LatentPreview:
    """The map that fits the autoencoder of `codec`, from pictures of random colours, smooth and fine, that it encodes.
    For a family whose map nobody has published; it takes a second or less."""
    generator = torch.Generator().manual_seed(0)
    pixels = _SAMPLE * codec.factor
    latents, images = [], []
    for _ in range(_SAMPLES):
        coarse = torch.rand(1, 3, _SAMPLE // 2, _SAMPLE // 2, generator=generator) * 255
        fine = torch.rand(1, 3, pixels // 2, pixels // 2, generator=generator) * 80 - 40
        smooth = interpolate(coarse, (pixels, pixels), mode="bilinear") + interpolate(fine, (pixels, pixels))
        smooth = smooth.clamp(0, 255).round()
        image = Image.fromarray(smooth[0].permute(1, 2, 0).to(torch.uint8).numpy())
        latents.append(codec.encode(image, False).cpu())
        images.append(avg_pool2d(smooth, codec.factor))
    return LatentPreview.fit(torch.cat(latents), torch.cat(images), _RIDGE)


@lru_cache(maxsize=8)
def _on_device(preview: LatentPreview, device: torch.device) -> tuple[Tensor, Tensor]:
    """The factors [channels, 3] and the bias [3] on a device.

    Cached, because copying them at every step would make the host wait for the device.
    """
    factors = torch.tensor(preview.factors, dtype=torch.float32, device=device)
    return factors, torch.tensor(preview.bias, dtype=torch.float32, device=device)


SDXL = LatentPreview(((60, 60, 60), (-60, -5, 10), (25, 15, -5), (-70, -50, -35)), (150, 140, 130))
"""For the SDXL autoencoder, with the numbers of Timothy Alexis Vass, "Explaining the SDXL latent space" (2024)."""
