"""Real SDXL parts at toy size, built from configurations: nothing is downloaded, everything is seeded."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TEXT = 16
"""Channels of each text encoder; the UNet reads both side by side."""


def tokenizer(merges: tuple[tuple[str, str], ...] = (), pad: str = "<|endoftext|>") -> CLIPTokenizer:
    """A CLIP tokenizer over printable ASCII: one token a character, fewer where `merges` join characters."""
    letters = [chr(code) for code in range(33, 127)]
    pieces = letters + [f"{letter}</w>" for letter in letters] + ["".join(pair) for pair in merges]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
    return CLIPTokenizer(vocab=vocabulary, merges=list(merges), model_max_length=77, pad_token=pad)


def text_encoder(kind: type[Any], reader: CLIPTokenizer, seed: int, width: int = TEXT) -> Any:
    torch.manual_seed(seed)
    config = CLIPTextConfig(
        vocab_size=len(reader),
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=TEXT,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=77,
        bos_token_id=reader.bos_token_id,
        eos_token_id=reader.eos_token_id,
        pad_token_id=reader.pad_token_id,
        initializer_factor=3.0,
    )
    return kind(config).eval()


def unet(seed: int = 0, cross: int = 2 * TEXT, channels: int = 4) -> UNet2DConditionModel:
    """Attention at two levels, the first of them at full latent size, so that odd sizes are halved too."""
    torch.manual_seed(seed)
    model = UNet2DConditionModel(
        sample_size=16,
        in_channels=channels,
        out_channels=channels,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=(2, 4),
        transformer_layers_per_block=(1, 2),
        cross_attention_dim=cross,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=TEXT + 6 * 8,
        use_linear_projection=True,
        norm_num_groups=8,
    )
    # An untrained network hardly listens to its texts: make it, so that a difference can be seen.
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "attn2.to_v" in name or "attn2.to_out" in name:
                weight.mul_(3.0)
    return model.eval()


def autoencoder(seed: int = 0, channels: int = 4) -> AutoencoderKL:
    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.13025,
    ).eval()


def pipeline(**scheduler: Any) -> StableDiffusionXLPipeline:
    """A whole SDXL pipeline, factor 8; `scheduler` overrides values of its configuration."""
    readers = tokenizer(), tokenizer(pad="!")
    config = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", **scheduler}
    made = StableDiffusionXLPipeline(
        vae=autoencoder(),
        text_encoder=text_encoder(CLIPTextModel, readers[0], 1),
        text_encoder_2=text_encoder(CLIPTextModelWithProjection, readers[1], 2),
        tokenizer=readers[0],
        tokenizer_2=readers[1],
        unet=unet(),
        scheduler=EulerDiscreteScheduler(**config),
        add_watermarker=False,
    )
    made.set_progress_bar_config(disable=True)
    return made
