"""Solver steps from noise or from latents, run by the stock SDXL pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline
from diffusers.image_processor import VaeImageProcessor
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from lib_omost.render.kept import KeptLatents
from lib_omost.render.progress import StepReport
from lib_omost.render.sdxl.encode import PromptEmbeds
from lib_omost.render.sdxl.passes import Passes
from lib_omost.render.sdxl.sampling import noise_scale, solver, tail
from lib_omost.render.settings import Sampler


class Solver:
    """An SDXL pipeline without its text encoders: it takes encoded prompts, so the encoders may be on another device.

    factor: pixels per latent cell in each direction. Of the pipeline's scheduler only the configuration is used.
    """

    def __init__(self, pipeline: Any, factor: int) -> None:
        self._unet = pipeline.unet
        self._config = pipeline.scheduler.config
        self._factor = factor
        self._schedulers: dict[Sampler, Any] = {}
        self.scheduler: Any = self._solver("dpm++")
        encoders = {"text_encoder": None, "text_encoder_2": None}
        parts = {**pipeline.components, **encoders, "scheduler": self.scheduler, "add_watermarker": False}
        self._from_noise = _stock(StableDiffusionXLPipeline, parts)
        self._from_latents = _stock(StableDiffusionXLImg2ImgPipeline, parts)
        if self.channels != 4:
            _take_latents(self._from_latents, self.channels)

    @property
    def channels(self) -> int:
        """How deep the latents are."""
        return int(self._unet.config.in_channels)

    @property
    def device(self) -> torch.device:
        """The device on which the steps run."""
        device: torch.device = self._from_noise._execution_device
        return device

    def use(self, sampler: Sampler) -> None:
        """Switch to the solver of `sampler`."""
        self.scheduler = self._solver(sampler)
        self._from_noise.scheduler = self._from_latents.scheduler = self.scheduler

    def noise(self, height: int, width: int, generator: torch.Generator) -> Tensor:
        """[1, C, height, width]: the initial latents of a picture that starts from noise."""
        shape = (1, self.channels, height, width)
        # Sampled in float32 on the CPU, so that the noise is the same on every device and in every precision.
        noise: Tensor = randn_tensor(shape, generator=generator, dtype=torch.float32)
        return noise * noise_scale(self.scheduler)

    def __call__(
        self,
        start: Tensor,
        denoise: float | None,
        steps: int,
        inputs: Mapping[str, Any],
        generator: torch.Generator,
        report: StepReport,
        kept: KeptLatents | None = None,
    ) -> Tensor:
        """The latents after `steps` steps from `start`, [1, C, h, w].

        If `denoise` is None, `start` is noise; otherwise it holds latents, which first receive the noise of that
        fraction of the schedule. inputs: further arguments of the stock pipelines, such as `prompt_inputs`. report:
        called after every step. kept: latents of an earlier picture that are held outside a part; `denoise` is a
        number then.
        """
        if kept is not None:
            start = kept.start(start)
        start = start.to(self._unet.dtype)
        callback = report if kept is None else _Holding(kept, self._coming_noise(start, generator), report)
        options: dict[str, Any] = {**inputs, "generator": generator, "callback_on_step_end": callback}
        options["output_type"] = "latent"
        if denoise is None:
            height, width = (side * self._factor for side in start.shape[-2:])
            output = self._from_noise(**options, height=height, width=width, latents=start, num_inference_steps=steps)
        else:
            length, strength = tail(steps, denoise)
            output = self._from_latents(**options, image=start, num_inference_steps=length, strength=strength)
        latents: Tensor = output.images
        return latents

    def _coming_noise(self, start: Tensor, generator: torch.Generator) -> Tensor:
        """The noise that the image-to-image pipeline will draw next, which stays in `generator`."""
        copy = torch.Generator(generator.device)
        copy.set_state(generator.get_state())
        drawn: Tensor = randn_tensor(start.shape, generator=copy, device=self.device, dtype=start.dtype)
        return drawn

    def _solver(self, sampler: Sampler) -> Any:
        if sampler not in self._schedulers:
            self._schedulers[sampler] = solver(self._config, sampler)
        return self._schedulers[sampler]


@dataclass(frozen=True, slots=True)
class SDXLDenoiser:
    """A solver with the regions of one render; inputs: its further arguments, such as `prompt_inputs`."""

    solver: Solver
    passes: Passes
    inputs: Mapping[str, Any]

    @property
    def channels(self) -> int:
        return self.solver.channels

    @property
    def device(self) -> torch.device:
        return self.solver.device

    def resize(self, height: int, width: int) -> None:
        self.passes.resize(height, width)

    def noise(self, height: int, width: int, generator: torch.Generator) -> Tensor:
        return self.solver.noise(height, width, generator)

    def __call__(
        self,
        start: Tensor,
        denoise: float | None,
        steps: int,
        generator: torch.Generator,
        report: StepReport,
        kept: KeptLatents | None = None,
    ) -> Tensor:
        return self.solver(start, denoise, steps, self.inputs, generator, report, kept)


class _Holding:
    """A `callback_on_step_end` that holds kept latents, and then reports."""

    def __init__(self, kept: KeptLatents, noise: Tensor, report: StepReport) -> None:
        self._kept = kept
        self._noise = noise
        self._report = report

    def __call__(self, pipeline: Any, index: int, timestep: Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
        scheduler, steps = pipeline.scheduler, pipeline.num_timesteps

        def noised(latents: Tensor) -> Tensor:
            following = scheduler.timesteps[len(scheduler.timesteps) - steps + index + 1]
            made: Tensor = scheduler.add_noise(latents, self._noise.to(latents), following[None])
            return made

        latents = self._kept.hold(tensors["latents"], (index + 1) / steps, noised)
        return {"latents": latents, **self._report(pipeline, index, timestep, {**tensors, "latents": latents})}


def prompt_inputs(prompts: PromptEmbeds, embeds: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
    """The prompt arguments of the stock pipelines, padded to equal shapes as they require. Region attention ignores
    them, see `RegionAttention`."""
    positive = embeds[None]
    inputs = {"prompt_embeds": positive, "pooled_prompt_embeds": prompts.pooled.to(positive)[None]}
    if negative is not None:
        assert prompts.negative_pooled is not None
        length = max(len(negative), positive.shape[1])
        inputs["prompt_embeds"] = _lengthen(positive, length)
        inputs["negative_prompt_embeds"] = _lengthen(negative[None], length)
        inputs["negative_pooled_prompt_embeds"] = prompts.negative_pooled.to(positive)[None]
    return inputs


def _lengthen(embeds: Tensor, length: int) -> Tensor:
    return torch.nn.functional.pad(embeds, (0, 0, 0, length - embeds.shape[1]))


class _IdentityAutoencoder:
    """Stands in for the autoencoder of a pipeline that is given latents."""

    config = SimpleNamespace(scaling_factor=1.0, force_upcast=False)

    @staticmethod
    def encode(latents: Tensor) -> Any:
        return SimpleNamespace(latents=latents)


def _take_latents(pipeline: Any, channels: int) -> None:
    """Make a stock image-to-image pipeline accept latents of `channels` channels; by default it accepts tensors of 4
    channels as latents and encodes all others."""
    pipeline.vae = _IdentityAutoencoder()
    pipeline.image_processor = VaeImageProcessor(vae_scale_factor=1, vae_latent_channels=channels)


def _stock(kind: Any, parts: dict[str, Any]) -> Any:
    pipeline = kind(**parts)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
