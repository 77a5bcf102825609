"""Loading a Z-Image painter."""

from __future__ import annotations

from diffusers import ZImagePipeline

from lib_omost.render.flow_loading import FlowFamily
from lib_omost.render.folder import ZIMAGE
from lib_omost.render.zimage.painter import LAYERS, ZImagePainter

FAMILY = FlowFamily(
    layout=ZIMAGE,
    pipeline=ZImagePipeline,
    painter=ZImagePainter,
    depth=lambda vae: int(vae.config.latent_channels),
    width=lambda transformer: (int(transformer.config.cap_feat_dim), len(LAYERS)),
)
"""For `load_flow`."""
