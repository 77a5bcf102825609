"""Solver steps of a flow-matching transformer from noise or from latents, with the regions of one render."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from lib_omost.render.flux2.sequence import RegionSequence
from lib_omost.render.kept import KeptLatents
from lib_omost.render.progress import StepReport


class FluxDenoiser:
    """The transformer and its Euler solver; satisfies `lib_omost.render.job.Denoiser`.

    The stock pipeline's loop, called directly, because the positions of the texts and the mask are those of
    `RegionSequence`. Latents are x_t = (1 - sigma) * x + sigma * noise, and the transformer predicts noise - x.

    config: of the checkpoint's scheduler. positive, negative: the texts of both passes of guidance; `negative` is None
    without guidance. guidance_scale: as in Ho and Salimans 2022, https://arxiv.org/abs/2207.12598.
    """

    def __init__(
        self,
        transformer: Any,
        config: Any,
        positive: RegionSequence,
        negative: RegionSequence | None = None,
        guidance_scale: float = 1.0,
    ) -> None:
        self._transformer = transformer
        kind: Any = FlowMatchEulerDiscreteScheduler
        self.scheduler = kind.from_config(config)
        self._passes = [positive, *([] if negative is None else [negative])]
        self._guidance_scale = guidance_scale
        self._interrupt = False

    @property
    def channels(self) -> int:
        """How deep the latents are."""
        return int(self._transformer.config.in_channels)

    @property
    def device(self) -> torch.device:
        """The device on which the steps run."""
        device: torch.device = self._transformer.device
        return device

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
        """The latents after `steps` steps from `start`, see `lib_omost.render.job.Denoiser`."""
        height, width = start.shape[-2:]
        length = steps if denoise is None else max(steps, int(steps / denoise + 1e-6))
        sigmas = self._schedule(length, height * width)[length - steps :]
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
        mu = compute_empirical_mu(image_seq_len=pixels, num_steps=length)
        self.scheduler.set_timesteps(length if sigmas is None else None, device=self.device, sigmas=sigmas, mu=mu)
        made: Tensor = self.scheduler.sigmas.to(self.device, torch.float32)
        return made

    def _velocity(self, latents: Tensor, sigma: Tensor) -> Tensor:
        """The prediction with guidance, if there is any."""
        positive, *negative = (self.predict(sequence, latents, sigma) for sequence in self._passes)
        if not negative:
            return positive
        return negative[0] + self._guidance_scale * (positive - negative[0])

    def predict(self, sequence: RegionSequence, latents: Tensor, sigma: Tensor) -> Tensor:
        """The transformer's prediction noise - x for latents [1, C, h, w] of the size of `sequence`, in float32."""
        dtype = self._transformer.dtype
        mask = sequence.mask
        output: Tensor = self._transformer(
            hidden_states=latents.flatten(2).transpose(1, 2).to(dtype),
            encoder_hidden_states=sequence.embeds,
            timestep=sigma.expand(1).to(dtype),
            img_ids=sequence.pixel_positions.to(self.device),
            txt_ids=sequence.text_positions.to(self.device),
            guidance=None,
            joint_attention_kwargs=None if mask is None else {"attention_mask": mask},
            return_dict=False,
        )[0]
        return output.transpose(1, 2).reshape(latents.shape).float()


def _noised(clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    return (1 - sigma) * clean + sigma * noise
