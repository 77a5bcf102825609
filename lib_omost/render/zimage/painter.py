"""The Z-Image painter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib_omost.render.flow_painter import FlowPainter
from lib_omost.render.language import LanguageEncoder
from lib_omost.render.latents import LatentCodec
from lib_omost.render.zimage.latents import ShiftedPatches
from lib_omost.render.zimage.network import MULTIPLE, ZImageNetwork
from lib_omost.runtime.plan import LARGEST, Plan

LAYERS = (-2,)
"""The hidden state that is the embedding of a text, as in diffusers' ZImagePipeline."""


class ZImagePainter(FlowPainter):
    """Paints with a `ZImagePipeline`; plan, make_room, packed: see `FlowPainter`. Nothing in a checkpoint says whether
    it was distilled, so guidance is at the user's choice; at 1 there is none."""

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
            "zimage",
            network=ZImageNetwork(pipeline.transformer, pipeline.scheduler),
            encoder=LanguageEncoder(pipeline.tokenizer, pipeline.text_encoder, LAYERS, thinking=True),
            codec=LatentCodec(pipeline.vae, ShiftedPatches()),
            guided=True,
            multiple=MULTIPLE,
            plan=plan,
            make_room=make_room,
            packed=packed,
        )
