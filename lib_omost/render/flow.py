"""Flow matching: Euler steps from noise or from latents, with the regions of one render."""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from lib_omost.render.kept import KeptLatents
from lib_omost.render.progress import StepReport
from lib_omost.render.sequence import RegionSequence


class FlowNetwork(Protocol):
    """The transformer of a family. channels: how deep the latents are."""

    @property
    def channels(self) -> int: ...

    @property
    def device(self) -> torch.device: ...

    def shift(self, pixels: int, steps: int) -> float:
        """The `mu` of diffusers' scheduler for a picture of so many pixels of the latents."""
        ...

    def predict(self, sequence: RegionSequence, latents: Tensor, sigma: Tensor) -> Tensor:
        """The prediction noise - x for latents [1, C, h, w] of the size of `sequence`, in float32."""
        ...


class FlowDenoiser:
    """A transformer and its Euler solver; satisfies `lib_omost.render.job.Denoiser`.

    The loop of diffusers' pipelines, with latents in float32. They are x_t = (1 - sigma) * x + sigma * noise.

    config: of the checkpoint's scheduler. positive, negative: the texts of both passes of guidance; `negative` is None
    without guidance. guidance_scale: as in Ho and Salimans 2022, https://arxiv.org/abs/2207.12598.
    """

    def __init__(
        self,
        network: FlowNetwork,
        config: Any,
        positive: RegionSequence,
        negative: RegionSequence | None = None,
        guidance_scale: float = 1.0,
    ) -> None:
        self._network = network
        kind: Any = FlowMatchEulerDiscreteScheduler
        self.scheduler = kind.from_config(config)
        self._passes = [positive, *([] if negative is None else [negative])]
        self._guidance_scale = guidance_scale
        self._interrupt = False

    @property
    def channels(self) -> int:
        """How deep the latents are."""
        return self._network.channels

    @property
    def device(self) -> torch.device:
        """The device on which the steps run."""
        return self._network.device

    def resize(self, height: int, width: int) -> None:
        """Set the size of the latents from now on."""
        for sequence in self._passes:
            sequence.resize(height, width)

    def noise(self, height: int, width: int, generator: torch.Generator) -> Tensor:
        """[1, C, height, width]: the initial latents of a picture that starts from noise."""
        # Sampled in float32 on the CPU, so that the noise is the same on every device and in every precision.
        noise: Tensor = randn_tensor((1, self.channels, height, width), generator=generator, dtype=torch.float32)
        return noise

    @torch.no_grad()
    def __call__(
        self,
        start: Tensor,
        denoise: float | None,
        steps: int,
        generator: torch.Generator,
        report: StepReport,
        kept: KeptLatents | None = None,
    ) -> Tensor:
        """The latents after `steps` steps from `start`, see `lib_omost.render.job.Denoiser`. `denoise` is the sigma at
        which a start from latents begins; the sigmas of the steps are those of a whole schedule times that."""
        height, width = start.shape[-2:]
        sigmas = self._schedule(steps, height * width) * (1.0 if denoise is None else denoise)
        latents = start.to(self.device, torch.float32)
        noise = latents
        if denoise is not None:
            noise = self.noise(height, width, generator).to(self.device)
            clean = latents if kept is None else kept.start(latents)
            latents = _noised(clean, noise, sigmas[0])
        self._interrupt = False
        for index in range(steps):
            sigma, following = sigmas[index], sigmas[index + 1]
            velocity = self._velocity(latents, sigma)
            estimate = latents - sigma * velocity
            latents = latents + (following - sigma) * velocity
            if kept is not None:
                latents = kept.hold(latents, (index + 1) / steps, partial(_noised, noise=noise, sigma=following))
            report(self, index, sigma, {"latents": latents, "estimate": estimate})
            if self._interrupt:
                break
        return latents

    def _schedule(self, length: int, pixels: int) -> Tensor:
        """[length + 1] float32 on the device: the sigmas of a whole schedule, from 1 to 0; the shift depends on the
        number of pixels, as in diffusers' pipeline."""
        sigmas = None if self.scheduler.config.get("use_flow_sigmas") else np.linspace(1.0, 1 / length, length)
        mu = self._network.shift(pixels, length)
        self.scheduler.set_timesteps(length if sigmas is None else None, device=self.device, sigmas=sigmas, mu=mu)
        made: Tensor = self.scheduler.sigmas.to(self.device, torch.float32)
        return made

    def _velocity(self, latents: Tensor, sigma: Tensor) -> Tensor:
        """The prediction with guidance, if there is any."""
        positive, *negative = (self._network.predict(sequence, latents, sigma) for sequence in self._passes)
        if not negative:
            return positive
        return negative[0] + self._guidance_scale * (positive - negative[0])


def _noised(clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    return (1 - sigma) * clean + sigma * noise
