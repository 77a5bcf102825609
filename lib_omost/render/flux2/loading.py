"""Loading a FLUX.2 klein painter."""

from __future__ import annotations

from diffusers import Flux2KleinPipeline

from lib_omost.render.flow_loading import FlowFamily
from lib_omost.render.flux2.painter import LAYERS, Flux2Painter
from lib_omost.render.folder import FLUX2

FAMILY = FlowFamily(
    layout=FLUX2,
    pipeline=Flux2KleinPipeline,
    painter=Flux2Painter,
    depth=lambda vae: int(vae.bn.num_features),
    width=lambda transformer: (int(transformer.config.joint_attention_dim), len(LAYERS)),
)
"""For `load_flow`."""
