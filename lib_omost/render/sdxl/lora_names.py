"""The names of tensors in LoRA files: the network and layer that a tensor changes, and its part in the change.

A name consists of a prefix for the network, a layer, and a suffix for the part. Layers are named as in diffusers or as
in the original code, with dots or underscores, so each layer of a pipeline is listed under all of its names.

Sources: https://github.com/kohya-ss/sd-scripts, https://github.com/KohakuBlueleaf/LyCORIS,
https://github.com/Nerogar/OneTrainer, https://github.com/huggingface/peft, and diffusers' `lora_conversion_utils`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Layer = tuple[str, str]
"""The name of a network of the pipeline, and of a module in it."""

_ADAPTER = r"(?:\.[A-Za-z]\w*)??"
"""The adapter name that peft inserts into names in memory; some files contain it."""
_ENDS: tuple[tuple[str, str], ...] = (
    (rf"\.lora_(?:down|A){_ADAPTER}\.weight|[._]lora\.down\.weight|\.lora_linear_layer\.down\.weight", "down"),
    (rf"\.lora_(?:up|B){_ADAPTER}\.weight|[._]lora\.up\.weight|\.lora_linear_layer\.up\.weight", "up"),
    (rf"\.lora_(?:up|B){_ADAPTER}\.bias", "bias"),
    (r"\.lora_mid\.weight", "mid"),
    (r"\.dora_scale", "magnitude"),
    (rf"\.lora_magnitude_vector{_ADAPTER}(?:\.weight)?", "magnitude_out"),
    (r"\.(alpha|scalar|diff|diff_b|w_norm|b_norm)", ""),
    (rf"\.(hada_(?:w[12]_[ab]|t[12])|lokr_(?:w[12](?:_[ab])?|t2)){_ADAPTER}", ""),
)
_PARTS = tuple((re.compile(rf"(.+?)(?:{end})"), part) for end, part in _ENDS)

_KINDS: tuple[tuple[str, str], ...] = (
    (r"\.(a1|a2|b1|b2)\.weight$|\.bm\.weight$", "GLoRA"),
    (r"\.(oft_|boft_)", "OFT"),
    (r"\.on_input$|\.ia3_l$", "IA3"),
    (r"\.vera_lambda", "VeRA"),
    (r"^bundle_emb\.|^(clip_[lg]|emb_params)$", "embeddings of trigger words"),
    (r"\.lora_embedding_[AB]", "embeddings of tokens"),
)
_UNUSED = tuple((re.compile(pattern), what) for pattern, what in _KINDS)

_PREFIXES: tuple[tuple[str, str], ...] = (
    ("lora_unet_", "unet"),
    ("lycoris_unet_", "unet"),
    ("base_model_model_unet_", "unet"),
    ("unet_base_model_model_", "unet"),
    ("unet_unet_", "unet"),
    ("model_diffusion_model_", "unet"),
    ("diffusion_model_", "unet"),
    ("unet_", "unet"),
    ("lora_te1_", "text_encoder"),
    ("lycoris_te1_", "text_encoder"),
    ("text_encoders_clip_l_transformer_", "text_encoder"),
    ("clip_l_transformer_", "text_encoder"),
    ("clip_l_", "text_encoder"),
    ("lora_te2_", "text_encoder_2"),
    ("lycoris_te2_", "text_encoder_2"),
    ("text_encoders_clip_g_transformer_", "text_encoder_2"),
    ("clip_g_transformer_", "text_encoder_2"),
    ("clip_g_", "text_encoder_2"),
    ("text_encoder_2_base_model_model_", "text_encoder_2"),
    ("text_encoder_2_", "text_encoder_2"),
    ("text_encoder_base_model_model_", "text_encoder"),
    ("text_encoder_", "text_encoder"),
    ("lycoris_", "unet"),
    ("base_model_model_", "unet"),
    ("", "unet"),
)
_RESNET = {"norm1": "in_layers_0", "conv1": "in_layers_2", "time_emb_proj": "emb_layers_1", "norm2": "out_layers_0",
           "conv2": "out_layers_3", "conv_shortcut": "skip_connection"}  # fmt: skip
_ENDS_OF_UNET = {"time_embedding.linear_1": "time_embed_0", "time_embedding.linear_2": "time_embed_2",
                 "add_embedding.linear_1": "label_emb_0_0", "add_embedding.linear_2": "label_emb_0_2",
                 "conv_in": "input_blocks_0_0", "conv_norm_out": "out_0", "conv_out": "out_2"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A tensor's name: the layer as the file names it, and the tensor's part in the change, such as "down". `part` is
    empty for a tensor that cannot be used, and `kind` then says what it is, if that is known."""

    layer: str
    part: str
    kind: str = ""


def parse(name: str) -> Name:
    """The layer and the part in the name of a tensor."""
    for pattern, kind in _UNUSED:
        if pattern.search(name):
            return Name(name, "", kind)
    for pattern, part in _PARTS:
        if found := pattern.fullmatch(name):
            return Name(found[1], part or found[2])
    return Name(name, "")


class Layers:
    """The layers with weights in a pipeline's UNet and text encoders, under every name that LoRA files use."""

    def __init__(self, pipeline: Any) -> None:
        self._names: dict[str, dict[str, str]] = {"unet": {}, "text_encoder": {}, "text_encoder_2": {}}
        originals = dict(_original_blocks(pipeline.unet.config))
        for name in _modules(pipeline.unet):
            for alias in _unet_names(name, originals):
                self._names["unet"][alias] = name
        for network in ("text_encoder", "text_encoder_2"):
            for name in _modules(getattr(pipeline, network)):
                for alias in _encoder_names(name):
                    self._names[network][alias] = name

    def find(self, layer: str) -> Layer | None:
        """The layer with the name `layer` in a file, or None."""
        flat = layer.replace(".processor", "").replace(".", "_")
        for prefix, network in _PREFIXES:
            if flat.startswith(prefix) and (module := self._names[network].get(flat.removeprefix(prefix))):
                return network, module
        return None


def _modules(network: Any) -> list[str]:
    """The names of the modules with a weight."""
    return [name for name, module in network.named_modules() if getattr(module, "weight", None) is not None]


def _encoder_names(name: str) -> Iterator[str]:
    """The names of a module of a text encoder: with and without `text_model`, and in early LoRAs of diffusers."""
    flat = name.removeprefix("text_model.").replace(".", "_")
    for one in {flat, re.sub(r"([qkv])_proj$", r"to_\1", flat).replace("_out_proj", "_to_out")}:
        yield one
        yield f"text_model_{one}"


def _unet_names(name: str, originals: dict[str, str]) -> Iterator[str]:
    """The names of a module of the UNet in diffusers and in the original code."""
    yield name.replace(".", "_")
    if name.endswith("to_out.0"):
        yield name.removesuffix(".0").replace(".", "_")
    if name in _ENDS_OF_UNET:
        yield _ENDS_OF_UNET[name]
    for block, original in originals.items():
        if name.startswith(f"{block}."):
            rest = name.removeprefix(f"{block}.")
            rest = {"resnets": _RESNET.get(rest, rest), "downsamplers": "op"}.get(block.split(".")[-2], rest)
            yield f"{original}_{rest}".replace(".", "_")


def _original_blocks(config: Any) -> Iterator[tuple[str, str]]:
    """(name in diffusers, original name) of each block; the original code numbers the blocks of each side
    consecutively."""
    layers, down, up = config.layers_per_block, config.down_block_types, config.up_block_types
    at = 1
    for block in range(len(down)):
        for number in range(layers):
            yield f"down_blocks.{block}.resnets.{number}", f"input_blocks_{at}_0"
            yield f"down_blocks.{block}.attentions.{number}", f"input_blocks_{at}_1"
            at += 1
        yield f"down_blocks.{block}.downsamplers.0", f"input_blocks_{at}_0"
        at += 1
    yield "mid_block.resnets.0", "middle_block_0"
    yield "mid_block.attentions.0", "middle_block_1"
    yield "mid_block.resnets.1", "middle_block_2"
    at = 0
    for block, kind in enumerate(up):
        for number in range(layers + 1):
            yield f"up_blocks.{block}.resnets.{number}", f"output_blocks_{at}_0"
            yield f"up_blocks.{block}.attentions.{number}", f"output_blocks_{at}_1"
            at += 1
        yield f"up_blocks.{block}.upsamplers.0", f"output_blocks_{at - 1}_{2 if 'Attn' in kind else 1}"
