"""The FLUX.2 klein painter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib_omost.render.flow_painter import FlowPainter
from lib_omost.render.flux2.latents import Patches
from lib_omost.render.flux2.network import Flux2Network
from lib_omost.render.language import LanguageEncoder
from lib_omost.render.latents import LatentCodec
from lib_omost.runtime.plan import LARGEST, Plan

LAYERS = (9, 18, 27)
"""The hidden states that are joined to one embedding, the default of diffusers' Flux2KleinPipeline."""


class Flux2Painter(FlowPainter):
    """Paints with a `Flux2KleinPipeline`; plan, make_room, packed: see `FlowPainter`. A checkpoint that was distilled
    to a few steps (`is_distilled`) has no negative pass."""

    def __init__(
        self,
        pipeline: Any,
        name: str,
        *,
        plan: Plan = LARGEST,
        make_room: Callable[[], bool] = lambda: False,
        packed: bool = False,
    ) -> None:
        super().__init__(
            pipeline,
            name,
            "flux2",
            network=Flux2Network(pipeline.transformer),
            encoder=LanguageEncoder(pipeline.tokenizer, pipeline.text_encoder, LAYERS),
            codec=LatentCodec(pipeline.vae, Patches()),
            guided=not pipeline.config.get("is_distilled"),
            plan=plan,
            make_room=make_room,
            packed=packed,
        )
