"""The SDXL painter: a stock diffusers pipeline with region attention, reported as a stream of events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from lib_omost.canvas.conditions import RegionCondition, color_picture
from lib_omost.canvas.geometry import Rect
from lib_omost.errors import SettingsError
from lib_omost.render.conditioning import Conditioning
from lib_omost.render.job import RenderJob, fitting, stored
from lib_omost.render.latents import LatentCodec
from lib_omost.render.painter import Ability
from lib_omost.render.preview import SDXL, LatentPreview
from lib_omost.render.regions import RegionsFactory, RenderRegions
from lib_omost.render.repaint import Keep
from lib_omost.render.sdxl.compilation import Compilation
from lib_omost.render.sdxl.denoising import SDXLDenoiser, Solver, prompt_inputs
from lib_omost.render.sdxl.encode import PromptEncoder
from lib_omost.render.sdxl.passes import Passes
from lib_omost.render.sdxl.sampling import SAMPLERS
from lib_omost.render.settings import Notice, Picture, RenderEvent, RenderSettings
from lib_omost.render.stream import Emit, Stopped, Unrepeated, in_thread
from lib_omost.render.weights import Weights
from lib_omost.runtime.plan import LARGEST, Plan

Prepare = Callable[[Sequence[RegionCondition]], tuple[RegionCondition, ...]]
"""A change to the conditions before their texts are encoded."""
Unknown = Callable[[Sequence[RegionCondition]], tuple[str, ...]]
"""What conditions describe that a painter does not know, see `LimitedPainter`."""


class SDXLPainter:
    """Paints canvases with the components of an SDXL pipeline, by composition: no class is subclassed or patched.

    pipeline: a `StableDiffusionXLPipeline`, possibly with LoRAs, offload hooks or a quantised UNet; of its scheduler
    only the configuration is used. plan: the memory plan; if memory runs out during a render, the next smaller plan
    applies from then on, see `render`. make_room: called in that case; moves other models off the device and returns
    whether there were any. make_regions: builds the regions of a render, for a painter with another kind of region
    attention. prepare: applied to the conditions before their texts are encoded. unknown: see `LimitedPainter`.
    """

    family = "sdxl"

    def __init__(
        self,
        pipeline: Any,
        name: str,
        *,
        preview: LatentPreview | None = SDXL,
        make_regions: RegionsFactory = RenderRegions,
        prepare: Prepare = tuple,
        unknown: Unknown = lambda conditions: (),
        plan: Plan = LARGEST,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        self.pipeline = pipeline
        self.make_room = make_room
        self._unet = pipeline.unet
        self._encoder = PromptEncoder(
            (pipeline.tokenizer, pipeline.tokenizer_2),
            (pipeline.text_encoder, pipeline.text_encoder_2),
            zero_empty_negative=pipeline.config.force_zeros_for_empty_prompt,
        )
        self._codec = LatentCodec(pipeline.vae)
        self._solver = Solver(pipeline, self._codec.factor)
        self._preview = preview
        self._make_regions = make_regions
        self._prepare = prepare
        self.unknown = unknown
        self._compilation = Compilation(pipeline.unet)
        self._lock = threading.Lock()
        self._weights = Weights(pipeline.unet, pipeline.vae, (pipeline.text_encoder, pipeline.text_encoder_2), plan)

    @property
    def scheduler(self) -> Any:
        """The solver of the last render."""
        return self._solver.scheduler

    @property
    def abilities(self) -> frozenset[Ability]:
        """A UNet that takes the guidance scale as an input is guidance-distilled and has no negative pass."""
        distilled = self._unet.config.time_cond_proj_dim is not None
        common: set[Ability] = {"conditionings", "kept pictures"}
        return frozenset(common if distilled else {*common, "negative prompts"})

    @property
    def precision(self) -> str:
        """The precision of the UNet's weights, such as "float16"."""
        return str(self._unet.dtype).removeprefix("torch.")

    @property
    def plan(self) -> Plan:
        """The memory plan that is followed now."""
        return self._weights.plan

    def to(self, device: str | torch.device) -> SDXLPainter:
        """Move the weights to `device`, except text encoders that the plan keeps on the CPU."""
        self._weights.to(device)
        return self

    def compile(self) -> None:
        """Have torch.compile compile the blocks of the UNet, see `Compilation.begin`."""
        self._compilation.begin(self.plan, in_8_bits=self._weights.in_8_bits)

    def forget(self) -> None:
        """Drop cached prompt embeddings and host copies of weights, to free memory or after changing weights in
        place."""
        self._encoder.forget()
        self._weights.forget()

    def render(
        self,
        conditions: Sequence[RegionCondition],
        settings: RenderSettings,
        *,
        stop: threading.Event | None = None,
        keep: Keep | None = None,
        conditionings: Sequence[Conditioning] = (),
    ) -> Generator[RenderEvent, None, None]:
        """Paint `conditions`, the global one first, then far to near; yields notices, steps, previews and pictures.

        A thread does the work; it starts when the first event is requested. Setting `stop` ends the render after the
        current step, and the stream ends with the pictures already finished. Closing the stream stops the render and
        waits for it. `conditionings` take part in every UNet call, see `lib_omost.render.conditioning`.
        Picture k depends only on the conditions, the settings, the plan and ``seed + k``, see `RenderSettings.alone`.
        If memory runs out, the current picture starts again under the next smaller plan, once per render, with a
        notice; finished pictures are kept.

        Raises SettingsError at once for a size or clip skip that this model does not support, and RenderError from
        the stream if the render fails.
        """
        factor = self._codec.factor
        if settings.width % factor or settings.height % factor:
            raise SettingsError(
                f"{self.name} paints sizes that are multiples of {factor} pixels, "
                f"not {settings.width} x {settings.height}."
            )
        if settings.sampler not in SAMPLERS:
            raise SettingsError(f"{self.name} has no sampler {settings.sampler}: choose one of {', '.join(SAMPLERS)}.")
        if settings.clip_skip > self._encoder.deepest_skip:
            raise SettingsError(
                f"The text encoders of {self.name} have no more than {self._encoder.deepest_skip} layers to skip, "
                f"not {settings.clip_skip}."
            )
        if not conditions or conditions[0].rect != Rect.FULL:
            raise ValueError("the first condition is the global one and covers the whole picture")
        prepared = self._prepare(conditions)
        attached = tuple(conditionings)
        return in_thread(
            lambda emit, stopped: self._paint(prepared, settings, keep, attached, emit, stopped), stop, self._lock
        )

    def _paint(
        self,
        conditions: tuple[RegionCondition, ...],
        settings: RenderSettings,
        keep: Keep | None,
        conditionings: tuple[Conditioning, ...],
        emit: Emit,
        stopped: Stopped,
    ) -> None:
        emitted = Unrepeated(emit)
        attempt = partial(self._attempt, conditions, settings, keep, conditionings, emitted, stopped)
        self._weights.with_smaller_plan(attempt, self.make_room, emitted)

    @torch.no_grad()
    def _attempt(
        self,
        conditions: tuple[RegionCondition, ...],
        settings: RenderSettings,
        keep: Keep | None,
        conditionings: tuple[Conditioning, ...],
        emit: Unrepeated,
        stopped: Stopped,
    ) -> None:
        """Paint the pictures that are not yet finished under the current plan."""
        if self._weights.in_8_bits:  # the plan may have become smaller
            self._compilation.end()
        began = time.perf_counter()
        self._solver.use(settings.sampler)
        guided = settings.guidance_scale > 1 and "negative prompts" in self.abilities
        with self._weights.encoding():
            prompts = self._encoder(
                conditions,
                settings.negative_prompt if guided else None,
                repeat_scene=settings.repeat_scene,
                skip=settings.clip_skip,
            )
        for notice in prompts.notices:
            emit(Notice(notice))
        device, dtype = self._solver.device, self._unet.dtype
        negative = None if prompts.negative is None else prompts.negative.to(device, dtype)
        region_negatives: list[Tensor] = []
        if prompts.region_negatives:
            assert negative is not None
            region_negatives = [negative, *(rows.to(device, dtype) for rows in prompts.region_negatives[1:])]
        passes = Passes(
            [condition.rect for condition in conditions],
            [rows.to(device, dtype) for rows in prompts.embeds],
            negative,
            settings.formula,
            region_negatives=region_negatives,
            weights=[condition.weight for condition in conditions],
            make_regions=self._make_regions,
            sequential_cfg=self.plan.sequential_cfg and not self._compilation.active,
            cached=self.plan.cached,
            conditionings=conditionings,
        )
        inputs = {
            **prompt_inputs(prompts, passes.embeds, negative),
            "guidance_scale": settings.guidance_scale,
            "guidance_rescale": settings.guidance_rescale,
        }
        tiled = True if settings.tiled_decode is None and self.plan.tiled else settings.tiled_decode
        colors = None
        if settings.color_strength > 0:
            picture = Image.fromarray(color_picture(conditions, settings.width, settings.height))
            colors = self._codec.encode(picture, tiled, lambda message: emit(Notice(message)))

        job = RenderJob(
            settings,
            tiled,
            self._codec,
            SDXLDenoiser(self._solver, passes, inputs),
            self._preview,
            colors,
            fitting(keep, settings, self._solver.channels, self._codec.factor, lambda message: emit(Notice(message))),
            emit,
            stopped,
        )
        with passes.installed(self._unet, compiled=self._compilation.active):
            for index in range(emit.pictures, settings.count):
                made = None if stopped() else job.picture(index)
                if made is None:
                    return
                image, latents = made
                now = time.perf_counter()
                emit(Picture(index, settings.seed + index, image, now - began, stored(latents)))
                began = now
