"""A running render: each of its pictures from noise to pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from lib_omost.render.kept import KeptLatents
from lib_omost.render.latents import LatentCodec
from lib_omost.render.preview import LatentPreview
from lib_omost.render.progress import StepReport
from lib_omost.render.repaint import Keep, Repaint, pasted
from lib_omost.render.sdxl.denoising import Denoiser
from lib_omost.render.sdxl.passes import Passes
from lib_omost.render.settings import Notice, Phase, RenderSettings, Step
from lib_omost.render.stream import Emit, Stopped


@dataclass(frozen=True, slots=True)
class RenderJob:
    """Everything that the pictures of one render have in common.

    tiled: whether to encode and decode in tiles; None means by size. inputs: the other arguments of the stock pipelines
    beside the latents. colors: the latents of the colour picture if denoising starts from it. keep: the earlier picture
    of which only a part is repainted.
    """

    settings: RenderSettings
    tiled: bool | None
    codec: LatentCodec
    denoiser: Denoiser
    passes: Passes
    inputs: Mapping[str, Any]
    preview: LatentPreview | None
    colors: Tensor | None
    keep: Keep | None
    emit: Emit
    stopped: Stopped

    def picture(self, index: int) -> tuple[Image.Image, Tensor] | None:
        """Picture `index` and the float32 latents, [1, C, h, w], from which it was decoded; None if stopped."""
        settings = self.settings
        generator = torch.Generator("cpu").manual_seed(settings.seed + index)
        height, width = latent_size(settings, self.codec.factor, 1.0)
        kept = self._kept(KeptLatents.base, height, width)
        start = self.colors
        denoise: float | None = 1.0 - settings.color_strength
        if start is None and kept is None:
            start, denoise = self.denoiser.noise(height, width, generator), None
        elif start is None:
            start = torch.zeros(1, self.denoiser.channels, height, width, device=self.denoiser.device)
        latents = self._denoise(index, "base", start, denoise, generator, kept)
        if latents is None:
            return None
        image = self.codec.decode(latents, self.tiled, self._notify)
        if settings.hires:
            height, width = latent_size(settings, self.codec.factor, settings.hires_scale)
            larger = self._encode(image, height, width)
            kept = self._kept(KeptLatents.refining, height, width)
            latents = self._denoise(index, "hires", larger, settings.hires_denoise, generator, kept)
            if latents is None:
                return None
            image = self.codec.decode(latents, self.tiled, self._notify)
        if self.keep is not None:
            image = pasted(self.keep.image, image, self.keep.repaint)
        return image, latents.float()

    def _kept(self, kind: Callable[[Tensor, Repaint], KeptLatents], height: int, width: int) -> KeptLatents | None:
        """The latents of the earlier picture, None if there is none: the stored ones if they have this size, otherwise
        encoded from its pixels."""
        if self.keep is None:
            return None
        latents = self.keep.latents
        if latents is not None and latents.shape[1:] == (height, width):
            kept = torch.from_numpy(latents)[None].to(self.denoiser.device, torch.float32)
        else:
            kept = self._encode(self.keep.image, height, width)
        return kind(kept, self.keep.repaint)

    def _encode(self, image: Image.Image, height: int, width: int) -> Tensor:
        size = width * self.codec.factor, height * self.codec.factor
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS)
        return self.codec.encode(image, self.tiled, self._notify)

    def _denoise(
        self,
        index: int,
        phase: Phase,
        start: Tensor,
        denoise: float | None,
        generator: torch.Generator,
        kept: KeptLatents | None = None,
    ) -> Tensor | None:
        """Run the steps of a phase from `start`, [1, C, h, w]: pure noise if `denoise` is None, else clean latents to
        which noise for that share of the schedule is added first. None if stopped."""
        settings = self.settings
        steps = settings.steps if phase == "base" else settings.hires_steps
        self.passes.resize(*start.shape[-2:])
        report = StepReport(
            lambda step: self.emit(Step(index, settings.count, phase, step, steps)),
            self.emit,
            self.stopped,
            self.preview if settings.previews else None,
            index,
        )
        latents = self.denoiser(start, denoise, steps, self.inputs, generator, report, kept)
        report.flush()
        if self.stopped():
            return None
        return latents if kept is None else kept.merged(latents)

    def _notify(self, sentence: str) -> None:
        self.emit(Notice(sentence))


def latent_size(settings: RenderSettings, factor: int, scale: float) -> tuple[int, int]:
    """(height, width) of the latents for a picture of the size in the settings times `scale`."""
    return round(settings.height * scale / factor), round(settings.width * scale / factor)
