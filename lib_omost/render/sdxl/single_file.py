"""A whole SDXL checkpoint in one file, in the layout of the original code: from its tensors to a pipeline.

Such a file holds weights and nothing else. What every full-size SDXL checkpoint has in common, the shapes of its
networks and the vocabulary of its texts, lies in `models/sdxl`, so that nothing has to be asked of the hub. What
differs, the noise that it was trained with, is read from the file: from marker tensors or from its metadata.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline
from transformers import CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

from lib_omost.errors import ModelError
from lib_omost.render.settings import Training
from lib_omost.render.tensors import Contents, contents

LAYOUT = Path(__file__).resolve().parents[3] / "models" / "sdxl"
"""Configurations of the networks, in diffusers' layout, and the merges of CLIP's tokenizer."""

_UNET = "model.diffusion_model."
_PARTS = {
    _UNET: "UNet",
    "first_stage_model.": "autoencoder",
    "conditioner.embedders.0.": "first text encoder",
    "conditioner.embedders.1.": "second text encoder",
}
_CONV_IN = _UNET + "input_blocks.0.0.weight"
_YES = ("true", "1", "yes")


def load_single_file(path: Path, *, dtype: torch.dtype, pickles: bool = False, layout: Path = LAYOUT) -> Any:
    """The pipeline in the file at `path`, its scheduler for the noise that the file says.

    layout: a folder such as `LAYOUT`, for checkpoints of other sizes. Raises ModelError for a file that is no SDXL
    checkpoint; what else is wrong with it is raised as the libraries do.
    """
    held = contents(path, pickles=pickles)
    require_sdxl(held, path)
    readers = {"tokenizer": tokenizer(layout), "tokenizer_2": tokenizer(layout, pad="!")}
    load: Any = StableDiffusionXLPipeline.from_single_file
    try:
        pipeline = load(
            str(path), config=str(layout), local_files_only=True, dtype=dtype, add_watermarker=False, **readers
        )
    except NotImplementedError as error:  # what torch says of weights that the file did not bring
        raise ModelError(f"The weights in {path} are incomplete. Fetch the model again.") from error
    trained(pipeline, stated(held))
    return pipeline


def require_sdxl(held: Contents, path: Path) -> None:
    """Raises ModelError, with what the file is instead, unless it holds a whole SDXL checkpoint for text to image."""
    names = held.shapes
    present = [prefix for prefix in _PARTS if any(name.startswith(prefix) for name in names)]
    wrong = ""
    if any(".lora_" in name or "lora." in name for name in names):
        wrong = "is a LoRA, which changes a painter: name it with --lora, beside a --painter for SDXL"
    elif any(name.startswith("cond_stage_model.") for name in names):
        wrong = "is a checkpoint of Stable Diffusion 1 or 2, but only SDXL checkpoints can paint: choose one"
    elif present == [_UNET, "first_stage_model.", "conditioner.embedders.0."]:
        wrong = "is a refiner, which cannot paint by itself: choose a base checkpoint"
    elif _UNET not in present:
        wrong = "holds no SDXL checkpoint: choose another file"
    elif len(present) < len(_PARTS):
        absent = " and ".join(what for prefix, what in _PARTS.items() if prefix not in present)
        wrong = f"lacks its {absent}: choose a file that holds the whole checkpoint, or a diffusers folder"
    elif names.get(_CONV_IN, (0, 4))[1] != 4:
        wrong = "is not a text-to-image checkpoint (an inpainting model?): choose another painter"
    elif "edm_mean" in names or "edm_vpred.sigma_max" in names:
        wrong = "was trained with the noise of EDM, for which there is no sampler here: choose another painter"
    if wrong:
        raise ModelError(f"{path} {wrong}.")


def stated(held: Contents) -> Training:
    """What a file says of its training: by the marker tensors `v_pred` and `ztsnr`, by ModelSpec's
    `modelspec.prediction_type`, or by kohya's `ss_v_parameterization` and `ss_zero_terminal_snr`, in this order.

    https://github.com/Stability-AI/ModelSpec, https://github.com/kohya-ss/sd-scripts
    """
    spec = held.metadata.get("modelspec.prediction_type", "").lower()
    velocity = "v_pred" in held.shapes or spec.startswith("v") or (not spec and _says(held, "ss_v_parameterization"))
    return Training(
        "v_prediction" if velocity else "epsilon" if spec == "epsilon" else None,
        "ztsnr" in held.shapes or _says(held, "ss_zero_terminal_snr") or None,
    )


def trained(pipeline: Any, training: Training) -> None:
    """Let the pipeline's scheduler know of `training`; what is None there is left as it is."""
    told: dict[str, Any] = {}
    if training.prediction is not None:
        told["prediction_type"] = training.prediction
    if training.zero_snr is not None:
        told["rescale_betas_zero_snr"] = training.zero_snr
    if told:
        # This one knows all of these settings, whichever the checkpoint names; solvers of our own are made from it.
        kind: Any = EulerDiscreteScheduler
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **told)


def tokenizer(layout: Path, pad: str = "<|endoftext|>") -> CLIPTokenizer:
    """CLIP's tokenizer: its vocabulary follows from the merges, as each makes a token of two earlier ones."""
    lines = (layout / "tokenizer" / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
    merges: Any = [tuple(line.split()) for line in lines]
    alphabet: Any = bytes_to_unicode  # a character for each byte, in the order of CLIP's own vocabulary
    characters = list(alphabet().values())
    pieces = [*characters, *(f"{one}</w>" for one in characters), *("".join(pair) for pair in merges)]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77, pad_token=pad)


def _says(held: Contents, name: str) -> bool:
    return held.metadata.get(name, "").lower() in _YES
