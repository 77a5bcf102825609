"""Loading painters with one joint transformer from a diffusers folder, in 4 bits if the memory plan says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.quantizers.pipe_quant_config import PipelineQuantizationConfig

from lib_omost.errors import ModelError
from lib_omost.render.flow_painter import FlowPainter
from lib_omost.render.folder import FolderLayout, check_folder, check_text_encoders, check_weights, variant
from lib_omost.render.opened import incomplete, moved, opened
from lib_omost.render.settings import Lora
from lib_omost.render.signatures import require_weights
from lib_omost.runtime.device import compute_dtype
from lib_omost.runtime.plan import LARGEST, Plan


@dataclass(frozen=True, slots=True)
class FlowFamily:
    """A family of such checkpoints. layout: of its folder. pipeline: its class in diffusers. painter: makes a painter
    of a pipeline. depth: channels of the latents that an autoencoder reads, in the transformer's count. width: of the
    prompt embeds that a transformer reads, and number of hidden states of the text encoder that are joined to one."""

    layout: FolderLayout
    pipeline: Any
    painter: Callable[..., FlowPainter]
    depth: Callable[[Any], int]
    width: Callable[[Any], tuple[int, int]]


def load_flow(
    source: str | Path,
    family: FlowFamily,
    *,
    device: str,
    dtype: torch.dtype | None = None,
    loras: Sequence[Lora] = (),
    plan: Plan = LARGEST,
    name: str | None = None,
    make_room: Callable[[], object] = lambda: None,
    bits: int | None = None,
) -> FlowPainter:
    """Load a checkpoint of `family`, a diffusers folder on this disk, to `device`.

    dtype: precision of transformer and text encoder; by default that of `compute_dtype` for bfloat16.
    loras: files on this disk, merged into the transformer, or kept beside it if its weights are in 4 bits.
    plan: how device memory is saved. make_room: called once, before the weights go to the device. name: as shown to the
    user, by default that of the folder. bits: 4 packs transformer and text encoder by bitsandbytes (NF4); by default on
    a CUDA device under a plan that stores weights in 8 bits, which would be too large here.

    Raises ModelError, which says what is missing or wrong and what to do about it.
    """
    dtype = dtype or compute_dtype(device, "bfloat16")
    path = Path(source).expanduser()
    if path.is_file():
        raise ModelError(
            f"{path} is a single file, which holds the transformer of {family.layout.title} alone: choose the folder "
            "or repository with all parts."
        )
    check_folder(path, family.layout, pickles=False)
    form = variant(path, dtype, family.layout)
    check_weights(path, form, family.layout, pickles=False)
    kind = f"a {family.layout.title} checkpoint"
    bits = 4 if bits is None and plan.float8 and device == "cuda" else bits
    make_room()
    pipeline = opened(
        family.pipeline.from_pretrained,
        str(path),
        kind,
        dtype=dtype,
        variant=form,
        local_files_only=True,
        use_safetensors=True,
        quantization_config=None if bits is None else _in_4_bits(dtype),
    )
    pipeline.set_progress_bar_config(disable=True)
    if bits is None:
        check_text_encoders(pipeline, path, form, family.layout, pickles=False)
    opened(_check_parts, path, kind, pipeline=pipeline, family=family)
    for lora in loras:
        _add(pipeline, lora, family.layout.title, merged=bits is None)
    if bits is not None:
        _weigh(pipeline, [lora.scale for lora in loras], dtype)
    painter: FlowPainter = opened(
        lambda name: family.painter(pipeline, name, plan=plan, packed=bits is not None), name or path.name, kind
    )
    return moved(painter, device)


def _in_4_bits(dtype: torch.dtype) -> PipelineQuantizationConfig:
    options: dict[str, Any] = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": dtype}
    return PipelineQuantizationConfig(
        quant_backend="bitsandbytes_4bit",
        quant_kwargs=options,
        components_to_quantize=["transformer", "text_encoder"],
    )


def _check_parts(path: Path, pipeline: Any, family: FlowFamily) -> None:
    for part in family.layout.networks:
        if any(weight.is_meta for weight in getattr(pipeline, part).parameters()):
            raise ModelError(incomplete(f"weights of {part}", path))
    painted, decoded = pipeline.transformer.config.in_channels, family.depth(pipeline.vae)
    if painted != decoded:
        raise ModelError(
            f"The parts of {path} do not fit: its transformer paints latents of {painted} channels, its autoencoder "
            f"reads {decoded}. Choose another painter."
        )
    read, states = family.width(pipeline.transformer)
    made = states * pipeline.text_encoder.config.hidden_size
    if read != made:
        raise ModelError(
            f"The parts of {path} do not fit: its transformer reads texts of width {read}, its text encoder gives "
            f"{made}. Choose another painter."
        )


def _weigh(pipeline: Any, scales: Sequence[float], dtype: torch.dtype) -> None:
    """Set the weight of every LoRA beside the packed weights, in the precision that the transformer computes in."""
    names = list(getattr(pipeline.transformer, "peft_config", {}))
    if names:
        pipeline.set_adapters(names, list(scales))
    for name, weight in pipeline.transformer.named_parameters():
        if "lora_" in name:
            weight.data = weight.data.to(dtype)


def _add(pipeline: Any, lora: Lora, title: str, *, merged: bool) -> None:
    path = Path(lora.source).expanduser() / lora.file
    if not path.is_file():
        raise ModelError(f"There is no LoRA at {path}: check its name.")
    require_weights(path, False)
    label = f"lora{len(getattr(pipeline.transformer, 'peft_config', {}))}"
    try:
        pipeline.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=label)
        if not pipeline.get_list_adapters():
            raise ValueError("it has no layer of this transformer")
        if merged:
            pipeline.set_adapters([label], lora.scale)
            pipeline.fuse_lora(components=["transformer"])
            pipeline.unload_lora_weights()
    except Exception as error:  # a file of another tool or model can make three libraries raise anything
        reason = " ".join(str(error).split())[:300].rstrip(".")
        raise ModelError(
            f"The LoRA {path.name} could not be added to this model ({type(error).__name__}: {reason}). Choose one "
            f"that was made for {title}."
        ) from error
