"""Painters whose transformer joins texts and pixels in one sequence: FLUX.2 and Z-Image, as a stream of events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from lib_omost.canvas.conditions import RegionCondition, color_picture
from lib_omost.canvas.geometry import Rect
from lib_omost.errors import SettingsError
from lib_omost.render.conditioning import Conditioning
from lib_omost.render.flow import FlowDenoiser, FlowNetwork
from lib_omost.render.job import RenderJob, fitting, stored
from lib_omost.render.language import LanguageEncoder
from lib_omost.render.latents import LatentCodec
from lib_omost.render.painter import Ability
from lib_omost.render.preview import LatentPreview, fitted_preview
from lib_omost.render.repaint import Keep
from lib_omost.render.sequence import RegionSequence
from lib_omost.render.settings import Notice, Picture, RenderEvent, RenderSettings
from lib_omost.render.stream import Emit, Stopped, Unrepeated, in_thread
from lib_omost.render.weights import Weights
from lib_omost.runtime.plan import LARGEST, Plan


class FlowPainter:
    """Paints canvases with the components of a diffusers pipeline, by composition: no class is patched.

    family: see `Painter`. network, encoder, codec: the pipeline's transformer, text encoder and autoencoder. guided:
    whether the checkpoint takes guidance and negative prompts. multiple: see `RegionSequence`. plan, make_room: as for
    `SDXLPainter`; the language model that reads the texts is as large as the transformer, so under a plan that keeps
    text encoders off the device the two are there in turns. packed: whether the weights were loaded in 4 bits.
    """

    def __init__(
        self,
        pipeline: Any,
        name: str,
        family: str,
        *,
        network: FlowNetwork,
        encoder: LanguageEncoder,
        codec: LatentCodec,
        guided: bool,
        multiple: int = 1,
        plan: Plan = LARGEST,
        make_room: Callable[[], bool] = lambda: False,
        packed: bool = False,
    ) -> None:
        self.name = name
        self.family = family
        self.pipeline = pipeline
        self.make_room = make_room
        self._network = network
        self._encoder = encoder
        self._codec = codec
        self._guided = guided
        self._multiple = multiple
        self._transformer = pipeline.transformer
        self._preview: LatentPreview | None = None
        self._lock = threading.Lock()
        self._weights = Weights(
            self._transformer, pipeline.vae, (pipeline.text_encoder,), plan, in_turns=True, packed=packed
        )

    @property
    def abilities(self) -> frozenset[Ability]:
        """A distilled checkpoint takes no negative prompts."""
        return frozenset({"kept pictures", "negative prompts"} if self._guided else {"kept pictures"})

    @property
    def precision(self) -> str:
        """The precision in which the transformer computes, such as "bfloat16"."""
        return str(self._transformer.dtype).removeprefix("torch.")

    @property
    def plan(self) -> Plan:
        """The memory plan that is followed now."""
        return self._weights.plan

    def to(self, device: str | torch.device) -> FlowPainter:
        """Move the weights to `device`, except the text encoder if the plan keeps it on the CPU."""
        self._weights.to(device)
        return self

    def forget(self) -> None:
        """Drop cached prompt embeddings and host copies of weights."""
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
        """Paint `conditions`, see `lib_omost.render.painter.Painter`.

        Picture k depends only on the conditions, the settings, the plan and ``seed + k``. If memory runs out, the
        current picture starts again under the next smaller plan, once per render, with a notice. Raises SettingsError
        at once for what this model cannot paint, and RenderError from the stream if the render fails.
        """
        if not conditions or conditions[0].rect != Rect.FULL:
            raise ValueError("the first condition is the global one and covers the whole picture")
        self._require(settings)
        given = tuple(conditions)
        return in_thread(lambda emit, stopped: self._paint(given, settings, keep, emit, stopped), stop, self._lock)

    def _require(self, settings: RenderSettings) -> None:
        """Raises SettingsError for what the model cannot do; `lib_omost.presets.fitted` prevents it."""
        unit = self._codec.factor
        if settings.width % unit or settings.height % unit:
            raise SettingsError(
                f"{self.name} paints sizes that are multiples of {unit} pixels, not {settings.width} x "
                f"{settings.height}."
            )
        usual = {"sampler": "flow", "formula": "layered", "clip_skip": 0, "guidance_rescale": 0}
        if not self._guided:
            usual["guidance_scale"] = 1
        for name, only in usual.items():
            if getattr(settings, name) != only:
                what = name.replace("_", " ")
                raise SettingsError(f"The {what} of {self.name} is {only}, not {getattr(settings, name)}.")

    def _paint(
        self,
        conditions: tuple[RegionCondition, ...],
        settings: RenderSettings,
        keep: Keep | None,
        emit: Emit,
        stopped: Stopped,
    ) -> None:
        emitted = Unrepeated(emit)
        self._weights.with_smaller_plan(
            lambda: self._attempt(conditions, settings, keep, emitted, stopped, emitted.pictures),
            self.make_room,
            emitted,
        )

    @torch.no_grad()
    def _attempt(
        self,
        conditions: tuple[RegionCondition, ...],
        settings: RenderSettings,
        keep: Keep | None,
        emit: Emit,
        stopped: Stopped,
        first: int,
    ) -> None:
        """Paint the pictures from `first` on under the current plan."""
        began = time.perf_counter()

        def notify(sentence: str) -> None:
            emit(Notice(sentence))

        guided = settings.guidance_scale > 1 and self._guided
        with self._weights.encoding():
            prompts = self._encoder(
                conditions,
                settings.negative_prompt if guided else None,
                repeat_scene=settings.repeat_scene,
                able=self._guided,
            )
        for notice in prompts.notices:
            notify(notice)
        device, dtype = self._transformer.device, self._transformer.dtype

        def sequence(embeds: Sequence[Sequence[Tensor]]) -> RegionSequence:
            moved = [[text.to(device, dtype) for text in texts] for texts in embeds]
            told = conditions[: len(moved)]
            weights = [one.weight for one in told]
            return RegionSequence([one.rect for one in told], moved, weights, multiple=self._multiple)

        denoiser = FlowDenoiser(
            self._network,
            self.pipeline.scheduler.config,
            sequence(prompts.embeds),
            sequence(prompts.negatives) if guided else None,
            settings.guidance_scale,
        )
        tiled = True if settings.tiled_decode is None and self.plan.tiled else settings.tiled_decode
        colors = None
        if settings.color_strength > 0:
            picture = Image.fromarray(color_picture(conditions, settings.width, settings.height))
            colors = self._codec.encode(picture, tiled, notify)
        if settings.previews and self._preview is None:
            self._preview = fitted_preview(self._codec)
        job = RenderJob(
            settings,
            tiled,
            self._codec,
            denoiser,
            self._preview,
            colors,
            fitting(keep, settings, denoiser.channels, self._codec.factor, notify),
            emit,
            stopped,
        )
        for index in range(first, settings.count):
            made = None if stopped() else job.picture(index)
            if made is None:
                return
            image, latents = made
            now = time.perf_counter()
            emit(Picture(index, settings.seed + index, image, now - began, stored(latents)))
            began = now
