"""A running render: each of its pictures from noise to pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lib_omost.render.kept import KeptLatents
from lib_omost.render.latents import LatentCodec
from lib_omost.render.preview import LatentPreview
from lib_omost.render.progress import StepReport
from lib_omost.render.repaint import Keep, Repaint, pasted
from lib_omost.render.settings import Notice, Phase, RenderSettings, Step
from lib_omost.render.stream import Emit, Stopped


class Denoiser(Protocol):
    """The network and solver of one family of image models, with the prompts and regions of one render."""

    @property
    def channels(self) -> int:
        """How deep the latents are."""
        ...

    @property
    def device(self) -> torch.device:
        """The device on which the steps run."""
        ...

    def resize(self, height: int, width: int) -> None:
        """Set the size of the latents from now on."""
        ...

    def noise(self, height: int, width: int, generator: torch.Generator) -> Tensor:
        """[1, C, height, width]: the initial latents of a picture that starts from noise."""
        ...

    def __call__(
        self,
        start: Tensor,
        denoise: float | None,
        steps: int,
        generator: torch.Generator,
        report: StepReport,
        kept: KeptLatents | None = None,
    ) -> Tensor:
        """The latents after `steps` steps from `start`, [1, C, h, w].

        If `denoise` is None, `start` is noise; otherwise it holds clean latents, which first receive the noise of that
        fraction of the schedule. report: called after every step. kept: latents of an earlier picture that are held
        outside a part; `denoise` is a number then.
        """
        ...


@dataclass(frozen=True, slots=True)
class RenderJob:
    """Everything that the pictures of one render have in common.

    tiled: whether to encode and decode in tiles; None means by size. colors: the latents of the colour picture if
    denoising starts from it. keep: the earlier picture of which only a part is repainted.
    """

    settings: RenderSettings
    tiled: bool | None
    codec: LatentCodec
    denoiser: Denoiser
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
        self.denoiser.resize(*start.shape[-2:])
        report = StepReport(
            lambda step: self.emit(Step(index, settings.count, phase, step, steps)),
            self.emit,
            self.stopped,
            self.preview if settings.previews else None,
            index,
        )
        latents = self.denoiser(start, denoise, steps, generator, report, kept)
        report.flush()
        if self.stopped():
            return None
        return latents if kept is None else kept.merged(latents)

    def _notify(self, sentence: str) -> None:
        self.emit(Notice(sentence))


def latent_size(settings: RenderSettings, factor: int, scale: float) -> tuple[int, int]:
    """(height, width) of the latents for a picture of the size in the settings times `scale`."""
    return round(settings.height * scale / factor), round(settings.width * scale / factor)


def stored(latents: Tensor) -> NDArray[np.float16]:
    """[C, h, w] of latents [1, C, h, w]."""
    made: NDArray[np.float16] = latents[0].to("cpu", torch.float16).numpy()
    return made


def fitting(
    keep: Keep | None, settings: RenderSettings, channels: int, factor: int, notify: Callable[[str], None]
) -> Keep | None:
    """`keep` if a picture of its size is made, else None and a notice. Its latents are left out if they are not
    [channels, height / factor, width / factor]."""
    if keep is None:
        return None
    scale = settings.hires_scale if settings.hires else 1.0
    height, width = (side * factor for side in latent_size(settings, factor, scale))
    if keep.image.size != (width, height):
        had = f"{keep.image.width} x {keep.image.height}"
        notify(f"The earlier picture has {had} pixels, not {width} x {height}: all of it is painted anew.")
        return None
    if keep.latents is None or keep.latents.shape != (channels, height // factor, width // factor):
        keep = replace(keep, latents=None)
        notify("The latents of the earlier picture are not at hand: they are encoded from its pixels.")
    return keep
