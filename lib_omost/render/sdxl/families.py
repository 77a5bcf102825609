"""The model family of a weight file, or the kind of partial file, by the names of its tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable

WIDTHS = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL"}
"""Model families by the width of their prompt embeds."""

_NAMES: tuple[tuple[str, str], ...] = (
    (r"distilled_guidance_layer", "Chroma"),
    (r"single_transformer_blocks|single_blocks|double_blocks", "Flux"),
    (r"double_stream_blocks", "HiDream"),
    (r"joint_blocks", "Stable Diffusion 3"),
    (r"transformer_blocks[._]\d+[._](img_mlp|txt_mlp|img_mod)", "Qwen-Image"),
    (r"transformer_blocks[._]\d+[._]attn2?[._](add_[qkv]_proj|to_add_out)", "Stable Diffusion 3, Flux or Qwen-Image"),
    (r"^(transformer|diffusion_model)\.transformer_blocks\.\d", "Flux, Stable Diffusion 3, LTX-Video or another one"),
    (r"(^|[._])blocks[._]\d+[._](cross_attn|self_attn)[._]", "Wan"),
    (r"(^|[._])blocks[._]\d+[._]attn[._](qkv|proj)", "PixArt"),
    (r"(^|[._])layers[._]\d+[._](attention|adaLN_modulation)", "Lumina or Z-Image"),
    (r"^diffusion_model\.layers\.", "Lumina or Z-Image"),
    (r"lora_prior", "Stable Cascade"),
    (r"^lora_te3_|t5xxl", "Flux or Stable Diffusion 3"),
    (r"cond_stage_model\.|^lora_te_", "Stable Diffusion 1 or 2"),
)
_COMPILED = tuple((re.compile(pattern), what) for pattern, what in _NAMES)


def family(names: Iterable[str]) -> str | None:
    """The family of image models, other than SDXL, that uses tensors with these names, or None."""
    held = list(names)
    return next((what for pattern, what in _COMPILED if any(pattern.search(name) for name in held)), None)


_PARTS: tuple[tuple[str, str], ...] = (
    (r"^lora_controlnet$", "a Control-LoRA"),
    (r"^control_model\.|controlnet_|input_hint_block", "a ControlNet"),
    (r"^(image_proj|ip_adapter)\.|to_k_ip", "an IP-Adapter"),
    (r"^(clip_[gl]|emb_params|string_to_param)$", "an embedding (textual inversion)"),
    (r"^(model\.diffusion_model\.|diffusion_model\.|unet\.)?(input|output)_blocks\.\d", "the UNet alone"),
    (r"^(unet\.)?(down|up)_blocks\.\d+\.(resnets|attentions)\.", "the UNet alone, with diffusers' names"),
    (r"^(first_stage_model\.|vae\.)?(encoder|decoder)\.conv_in\.", "the autoencoder (VAE) alone"),
    (r"(^|\.)text_model\.|resblocks\.\d|^conditioner\.", "a text encoder alone"),
    (r"^(encoder\.block|shared\.)", "a T5 text encoder"),
    (r"^(conv_first|body\.\d|model\.\d)\.", "an upscaler"),
)
_PIECES = tuple((re.compile(pattern), what) for pattern, what in _PARTS)


def piece(names: Iterable[str]) -> str | None:
    """What a file with tensors of these names is if it is not a whole checkpoint, or None. The parts of an original
    checkpoint are recognised with and without their prefix."""
    held = list(names)
    return next((what for pattern, what in _PIECES if any(pattern.search(name) for name in held)), None)
