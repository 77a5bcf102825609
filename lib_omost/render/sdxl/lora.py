"""LoRA files: checking what they were made for, and merging them into the weights, which costs nothing per step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.settings import Lora
from lib_omost.render.tensors import Contents, contents, tensors

_NETWORKS = ("unet", "text_encoder", "text_encoder_2")
_DOWN = re.compile(r"(lora_down|lora_A(\.\w+)?|lora\.down|lora_linear_layer\.down)\.weight$")
_CROSS = re.compile(r"attn2[._](processor\.)?to_[kv]")
_WIDTHS = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL"}
"""Kinds of checkpoint by the width of their prompt embeds."""
_FOREIGN = {
    "single_transformer_blocks": "Flux",
    "double_blocks": "Flux",
    "joint_blocks": "Stable Diffusion 3",
    "lora_prior": "another kind of image model",
    "diffusion_model.layers": "another kind of image model",
}


def merge(pipeline: Any, loras: Sequence[Lora], *, pickles: bool = False) -> None:
    """Add each of `loras`, multiplied by its scale, to the weights of the pipeline's UNet and text encoders.

    The files must be on this disk. Raises ModelError for a file that is absent, damaged, or made for another kind of
    checkpoint; the pipeline may be half merged then and must not be used.
    """
    for lora in loras:
        path = Path(lora.source).expanduser() / lora.file
        if not path.is_file():
            raise ModelError(f"There is no LoRA at {path}: check its name.")
        held = contents(path, pickles=pickles)
        require_fitting(held, path, pipeline.unet.config.cross_attention_dim)
        try:
            pipeline.load_lora_weights(_without_alphas(tensors(path, pickles=pickles)), adapter_name="merged")
        except ModelError:
            raise
        except Exception as error:  # a foreign file can make three libraries raise anything
            reason = " ".join(str(error).split()).rstrip(".")
            raise ModelError(
                f"The LoRA {path} could not be merged ({type(error).__name__}: {reason[:300]}). It was made for "
                "another checkpoint than this painter: choose another LoRA or painter."
            ) from error
        _require_all(pipeline, held, path)
        try:
            pipeline.fuse_lora(lora_scale=lora.scale, safe_fusing=True, adapter_names=["merged"])
        except ValueError as error:
            raise ModelError(f"The LoRA {path} is damaged, as some of its weights are not numbers.") from error
        pipeline.unload_lora_weights()


def require_fitting(held: Contents, path: Path, width: int) -> None:
    """Raises ModelError unless the file at `path` is a plain LoRA for a UNet with prompt embeds of `width` channels."""
    names = held.shapes
    if any("hada_w" in name or "lokr_w" in name for name in names):
        raise ModelError(f"{path} is a LoHa or LoKr, which cannot be read here: choose a plain LoRA.")
    if any("dora_scale" in name for name in names):
        raise ModelError(f"{path} is a DoRA in a form that cannot be read here: choose a plain LoRA.")
    made_for = next((what for part, what in _FOREIGN.items() if any(part in name for name in names)), None)
    if made_for is None:
        widths = {shape[1] for name, shape in names.items() if _CROSS.search(name) and _DOWN.search(name)}
        foreign = widths - {width}
        if foreign:
            found = min(foreign)
            made_for = _WIDTHS.get(found, f"a checkpoint that reads texts of {found} channels")
    if made_for is not None:
        raise ModelError(
            f"The LoRA {path} was made for {made_for}; this painter is {_WIDTHS.get(width, 'an SDXL checkpoint')}"
            f"{'' if width in _WIDTHS else f' that reads texts of {width} channels'}: choose a LoRA or a painter of "
            "the same kind."
        )
    if not any(_DOWN.search(name) for name in names):
        raise ModelError(f"{path} is not a LoRA, or of a kind that cannot be read here: choose another file.")


def _without_alphas(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same LoRA, with the factor alpha / rank of each layer multiplied into its weights.

    diffusers 0.42 with transformers 5 looks up the alphas of the first text encoder under names that differ from those
    of its weights, so all of its layers would get the most common alpha.
    """
    found = {name: tensor for name, tensor in stored.items() if not name.endswith(".alpha")}
    for name, alpha in stored.items():
        layer = name.removesuffix(".alpha")
        up, down = f"{layer}.lora_up.weight", f"{layer}.lora_down.weight"
        if layer != name and up in found and down in found:
            found[up] = found[up] * (float(alpha) / len(found[down]))
    return found


def _require_all(pipeline: Any, held: Contents, path: Path) -> None:
    """Raises ModelError if the library silently skipped layers that have no counterpart in the pipeline."""
    given = sum(1 for name in held.shapes if _DOWN.search(name))
    found = sum(
        1
        for network in _NETWORKS
        for module in getattr(pipeline, network).modules()
        if "merged" in getattr(module, "lora_A", ())
    )
    if found < given:
        raise ModelError(
            f"Of the {given} layers in the LoRA {path} only {found} are found in this painter: it was made for a "
            "checkpoint of another structure, so choose another LoRA or painter."
        )
