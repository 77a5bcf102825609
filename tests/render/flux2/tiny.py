"""Real parts of FLUX.2 klein at toy size, built from configurations: nothing is downloaded, everything is seeded."""

from __future__ import annotations

import torch
from diffusers import (
    AutoencoderKLFlux2,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinPipeline,
    Flux2Transformer2DModel,
)
from tokenizers.pre_tokenizers import ByteLevel
from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3ForCausalLM

WIDTH = 16
"""Of the language model's hidden states; the transformer reads three of them side by side."""
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n\n</think>\n\n{% endif %}"
)


def tokenizer() -> Qwen2Tokenizer:
    """Qwen's byte-level tokenizer without merges: one token a byte."""
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    vocabulary = {letter: number for number, letter in enumerate([*sorted(ByteLevel.alphabet()), *special])}
    made = Qwen2Tokenizer(vocab=vocabulary, merges=[], additional_special_tokens=special[1:])
    made.chat_template = _TEMPLATE
    return made


def text_encoder(reader: Qwen2Tokenizer, seed: int = 1) -> Qwen3ForCausalLM:
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=len(reader),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=28,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        max_position_embeddings=1024,
        initializer_range=0.5,
    )
    return Qwen3ForCausalLM(config).eval()


def transformer(seed: int = 0) -> Flux2Transformer2DModel:
    torch.manual_seed(seed)
    model = Flux2Transformer2DModel(
        in_channels=16,
        num_layers=2,
        num_single_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=3 * WIDTH,
        timestep_guidance_channels=16,
        mlp_ratio=2.0,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    return model.eval()


def autoencoder(seed: int = 0) -> AutoencoderKLFlux2:
    torch.manual_seed(seed)
    made = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=64,
    ).eval()
    with torch.no_grad():
        made.bn.running_mean.copy_(torch.linspace(-0.3, 0.3, 16))
        made.bn.running_var.copy_(torch.linspace(0.5, 2.0, 16))
    return made


def pipeline(distilled: bool = True) -> Flux2KleinPipeline:
    """A whole pipeline, factor 16."""
    reader = tokenizer()
    made = Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=autoencoder(),
        text_encoder=text_encoder(reader),
        tokenizer=reader,
        transformer=transformer(),
        is_distilled=distilled,
    )
    made.set_progress_bar_config(disable=True)
    return made
