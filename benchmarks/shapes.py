"""Models of the published shapes with random weights, made on the device: for machines without access to a hub.

Their output is noise, but it costs the same as that of the published models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    LlamaConfig,
    LlamaForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    PreTrainedTokenizerFast,
)

from benchmarks.scenes import canvas_code
from lib_omost.canvas import system_prompt
from lib_omost.llm.local import LocalChatModel
from lib_omost.presets import ComposerPreset
from lib_omost.render.sdxl.single_file import LAYOUT, tokenizer
from lib_omost.runtime.device import compute_dtype, has_bfloat16

WINDOW = 8192

LANGUAGE: dict[str, tuple[type[Any], type[Any], dict[str, Any]]] = {
    "llama-3": (
        LlamaConfig,
        LlamaForCausalLM,
        {
            "vocab_size": 128_256, "hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
            "num_attention_heads": 32, "num_key_value_heads": 8,
        },
    ),
    "phi-3": (
        Phi3Config,
        Phi3ForCausalLM,
        {
            "vocab_size": 32_064, "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32,
            "num_attention_heads": 32, "num_key_value_heads": 32, "pad_token_id": None,
        },
    ),
    "toy": (
        LlamaConfig,
        LlamaForCausalLM,
        {
            "vocab_size": 2400, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2,
        },
    ),
}  # fmt: skip
"""Configuration class, model class and sizes of the composer families."""

TOY_PAINTER: dict[str, dict[str, Any]] = {
    "unet": {
        "block_out_channels": [16, 32, 32], "transformer_layers_per_block": [1, 1, 1], "attention_head_dim": [1, 2, 2],
        "cross_attention_dim": 32, "projection_class_embeddings_input_dim": 16 + 6 * 256, "norm_num_groups": 8,
        "layers_per_block": 1,
    },
    "vae": {"block_out_channels": [8, 8, 8, 8], "norm_num_groups": 4, "layers_per_block": 1},
    "text_encoder": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2,
                     "projection_dim": 16},
    "text_encoder_2": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2,
                       "projection_dim": 16},
}  # fmt: skip


def chat_model(preset: ComposerPreset, *, device: str, toy: bool = False) -> LocalChatModel:
    """A composer with the shape and the precision of `preset`; toy: a tiny one for any processor."""
    kind = "phi-3" if preset.family == "phi-3" else "llama-3"
    stated = re.search(r"(\d+)bits$", preset.name)
    model = _language_model("toy" if toy else kind, int(stated[1]) if stated else 16, device)
    name = f"random weights of the shape of {preset.title}"
    return LocalChatModel(model, _reader(), name=name, family="chatml", context_length=WINDOW)


def pipeline(*, device: str, toy: bool = False) -> StableDiffusionXLPipeline:
    """An SDXL pipeline with the published shape; toy: a tiny one for any processor."""
    dtype = compute_dtype(device, "float16")
    config = {part: json.loads((LAYOUT / part / "config.json").read_text()) | (TOY_PAINTER[part] if toy else {})
              for part in TOY_PAINTER}  # fmt: skip
    noise = json.loads((LAYOUT / "scheduler" / "scheduler_config.json").read_text())
    unet: Any = UNet2DConditionModel
    vae: Any = AutoencoderKL
    with _made_on(device, dtype):
        parts = {
            "unet": unet.from_config(config["unet"]),
            "vae": vae.from_config(config["vae"]),
            "text_encoder": CLIPTextModel(CLIPTextConfig(**config["text_encoder"])),
            "text_encoder_2": CLIPTextModelWithProjection(CLIPTextConfig(**config["text_encoder_2"])),
        }
    for network in parts.values():
        network.eval()
    if dtype == torch.float16:  # in which this autoencoder overflows
        parts["vae"].to(torch.bfloat16 if has_bfloat16(device) else torch.float32)
    scheduler: Any = EulerDiscreteScheduler
    made: Any = StableDiffusionXLPipeline
    whole: StableDiffusionXLPipeline = made(
        **parts,
        tokenizer=tokenizer(LAYOUT),
        tokenizer_2=tokenizer(LAYOUT, pad="!"),
        scheduler=scheduler.from_config(noise),
        add_watermarker=False,
    )
    return whole


@contextmanager
def _made_on(device: str, dtype: torch.dtype) -> Iterator[None]:
    """Creates weights on the device in this precision, so that nothing larger ever exists."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device), torch.random.fork_rng():
            torch.manual_seed(0)
            yield
    finally:
        torch.set_default_dtype(before)


def _language_model(shape: str, bits: int, device: str) -> Any:
    config_of, model_of, sizes = LANGUAGE[shape]
    config = config_of(**sizes, max_position_embeddings=WINDOW, bos_token_id=None, eos_token_id=None)
    dtype = torch.float16 if bits == 8 else compute_dtype(device, "bfloat16")
    with torch.device("meta"):
        model = model_of(config)
    head = model.get_output_embeddings()
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if bits != 16 and isinstance(child, nn.Linear) and child is not head:
                setattr(module, name, _quantised(child, bits, device, dtype))
            elif name == "rotary_emb":
                setattr(module, name, type(child)(config=config).to(device))
    for module in model.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            if parameter.is_meta:
                drawn = _drawn(parameter.shape, device, dtype) if parameter.ndim > 1 else torch.ones(
                    parameter.shape, device=device, dtype=dtype
                )  # fmt: skip
                setattr(module, name, nn.Parameter(drawn, requires_grad=False))
    return model.eval()


def _drawn(shape: torch.Size, device: str, dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(shape, device=device, dtype=dtype).normal_(std=0.02)


def _quantised(linear: nn.Linear, bits: int, device: str, dtype: torch.dtype) -> Any:
    """A layer as bitsandbytes loads it: NF4 as in the published 4-bit models, or LLM.int8."""
    import bitsandbytes as bnb

    weight = _drawn(linear.weight.shape, device, dtype)
    sizes = linear.in_features, linear.out_features
    if bits == 4:
        layer = bnb.nn.Linear4bit(*sizes, bias=False, compute_dtype=dtype, quant_type="nf4", device="meta")
        layer.weight = bnb.nn.Params4bit(weight, requires_grad=False, quant_type="nf4", compress_statistics=False)
    else:
        layer = bnb.nn.Linear8bitLt(*sizes, bias=False, has_fp16_weights=False, threshold=6.0, device="meta")
        layer.weight = bnb.nn.Int8Params(weight, requires_grad=False, has_fp16_weights=False)
    return layer.to(device)


def _reader() -> PreTrainedTokenizerFast:
    """A tokenizer trained on the rules and a canvas, so that they have about as many tokens as with a published one."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        special_tokens=["<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([system_prompt(), canvas_code(12)], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|im_end|>")
