"""Loading a whole SDXL checkpoint from one file in the layout of the original code.

Such a file holds only weights. The configurations that all full-size SDXL checkpoints share, network shapes and
vocabulary, are in `models/sdxl`, so nothing has to be fetched from the hub. What differs between checkpoints, how they
were trained, is read from the file: from marker tensors or metadata.
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
"""Network configurations in diffusers' layout, and the merges of CLIP's tokenizer."""

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
    """The pipeline in the file at `path`, with a scheduler for the training that the file states.

    layout: a folder like `LAYOUT`, for checkpoints of other sizes. Raises ModelError for a file that is not an SDXL
    checkpoint; other faults of the file raise the libraries' exceptions.
    """
    held = contents(path, pickles=pickles)
    require_sdxl(held, path)
    readers = {"tokenizer": tokenizer(layout), "tokenizer_2": tokenizer(layout, pad="!")}
    load: Any = StableDiffusionXLPipeline.from_single_file
    try:
        pipeline = load(
            str(path), config=str(layout), local_files_only=True, dtype=dtype, add_watermarker=False, **readers
        )
    except NotImplementedError as error:  # torch raises it for weights that the file lacks
        raise ModelError(f"The weights in {path} are incomplete. Fetch the model again.") from error
    apply_training(pipeline, stated_training(held))
    return pipeline


def require_sdxl(held: Contents, path: Path) -> None:
    """Raises ModelError, which says what the file is, unless it holds a complete text-to-image SDXL checkpoint."""
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
        wrong = "was trained with the EDM noise schedule, for which there is no sampler here: choose another painter"
    if wrong:
        raise ModelError(f"{path} {wrong}.")


def stated_training(held: Contents) -> Training:
    """What a file states about its training: with the marker tensors `v_pred` and `ztsnr`, ModelSpec's
    `modelspec.prediction_type`, or kohya's `ss_v_parameterization` and `ss_zero_terminal_snr`, in this order.

    https://github.com/Stability-AI/ModelSpec, https://github.com/kohya-ss/sd-scripts
    """
    spec = held.metadata.get("modelspec.prediction_type", "").lower()
    velocity = "v_pred" in held.shapes or spec.startswith("v") or (not spec and _is_set(held, "ss_v_parameterization"))
    return Training(
        "v_prediction" if velocity else "epsilon" if spec == "epsilon" else None,
        "ztsnr" in held.shapes or _is_set(held, "ss_zero_terminal_snr") or None,
    )


def apply_training(pipeline: Any, training: Training) -> None:
    """Configure the pipeline's scheduler for `training`; what is None there stays unchanged."""
    options: dict[str, Any] = {}
    if training.prediction is not None:
        options["prediction_type"] = training.prediction
    if training.zero_snr is not None:
        options["rescale_betas_zero_snr"] = training.zero_snr
    if options:
        # This class has both options, whichever scheduler the checkpoint names; only its configuration is used.
        kind: Any = EulerDiscreteScheduler
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **options)


def tokenizer(layout: Path, pad: str = "<|endoftext|>") -> CLIPTokenizer:
    """CLIP's tokenizer; its vocabulary follows from the merges, since each merge makes a token of two earlier ones."""
    lines = (layout / "tokenizer" / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
    merges: Any = [tuple(line.split()) for line in lines]
    alphabet: Any = bytes_to_unicode  # a character for each byte, in the order of CLIP's vocabulary
    characters = list(alphabet().values())
    pieces = [*characters, *(f"{one}</w>" for one in characters), *("".join(pair) for pair in merges)]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77, pad_token=pad)


def _is_set(held: Contents, name: str) -> bool:
    """Whether the metadata entry `name` means yes."""
    return held.metadata.get(name, "").lower() in _YES
