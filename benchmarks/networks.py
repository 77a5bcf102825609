"""Networks for the benchmarks: SDXL's shapes with random weights."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import UNet2DConditionModel

POOLED = 1280
"""Channels of SDXL's pooled text embedding."""

SHAPES: dict[str, dict[str, Any]] = {
    "50M": {
        "block_out_channels": (64, 128, 256),
        "transformer_layers_per_block": (1, 2, 3),
        "attention_head_dim": (1, 2, 4),
        "cross_attention_dim": 512,
        "norm_num_groups": 16,
    },
    "2.6B": {
        "block_out_channels": (320, 640, 1280),
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "cross_attention_dim": 2048,
    },
}
"""SDXL's UNet, and one of a fifth of its width with fewer layers. What diffusers calls `attention_head_dim` is the
number of heads; they have 64 channels in both.
"""


def unet(shape: str) -> Any:
    """An SDXL UNet with random weights: attention at a half and a quarter of the latents' side."""
    torch.manual_seed(0)
    network: Any = UNet2DConditionModel(  # type: ignore[no-untyped-call]
        **SHAPES[shape],
        sample_size=128,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=POOLED + 6 * 256,
        use_linear_projection=True,
    )
    return network.eval()


def inputs(network: Any, side: int, tokens: int, *, device: str, dtype: torch.dtype) -> dict[str, Any]:
    """The inputs of one guided pass of `network`: two rows of side x side latents, and `tokens` text tokens."""
    generator = torch.Generator().manual_seed(2)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator).to(device, dtype)

    width = network.config.cross_attention_dim
    pooled = network.config.projection_class_embeddings_input_dim - 6 * network.config.addition_time_embed_dim
    return {
        "sample": random(2, network.config.in_channels, side, side),
        "timestep": torch.tensor(500, device=device),
        "encoder_hidden_states": random(2, tokens, width),
        "added_cond_kwargs": {"text_embeds": random(2, pooled), "time_ids": random(2, 6)},
    }
