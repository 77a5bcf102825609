"""Loading a whole SDXL checkpoint from one file in the layout of the original code.

Such a file holds only weights. The configurations that all full-size SDXL checkpoints share, network shapes and
vocabulary, are in `models/sdxl`, so nothing has to be fetched from the hub. What differs between checkpoints, how they
were trained, is read from the file: from marker tensors or metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm
from torch import Tensor
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

from lib_omost.errors import ModelError
from lib_omost.render.packing import require_known, unpacked
from lib_omost.render.sdxl.families import WIDTHS, family, piece
from lib_omost.render.settings import Training
from lib_omost.render.tensors import Contents, contents, tensors

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
_CROSS = re.compile(r"attn2\.to_[kv]\.weight$")
_BLOCK = re.compile(r".*\.transformer_blocks\.\d+\.")
_LORA = re.compile(r"\.lora_|lora\.|^lora_|hada_w|lokr_w")
_FOLDER = ", or a diffusers folder"
_YES = ("true", "1", "yes")


def load_single_file(
    path: Path,
    *,
    dtype: torch.dtype,
    pickles: bool = False,
    layout: Path = LAYOUT,
    notify: Callable[[str], object] = lambda _: None,
) -> Any:
    """The pipeline in the file at `path`, with a scheduler for the training that the file states.

    layout: a folder like `LAYOUT`, for checkpoints of other sizes. notify: gets a sentence if tensors of the UNet were
    left out. Raises ModelError for a file that is not an SDXL checkpoint or whose tensors are stored in an unknown
    form; other faults of the file raise the libraries' exceptions.
    """
    held = contents(path, pickles=pickles)
    require_sdxl(held, path)
    require_known(held, path, _PARTS)
    require_size(held, path, layout)
    stored = tensors(path, pickles=pickles)
    parts = {prefix: {name: stored.pop(name) for name in list(stored) if name.startswith(prefix)} for prefix in _PARTS}
    made: dict[str, Any] = {}
    for (prefix, what), name in zip(_PARTS.items(), ("unet", "vae", "text_encoder", "text_encoder_2"), strict=True):
        plain = unpacked(parts.pop(prefix), path, dtype)
        given = len(plain)
        try:
            made[name] = _network(name, plain, layout, dtype)
        except NotImplementedError as error:  # torch raises it for weights that the file lacks
            raise ModelError(_incomplete(path, what)) from error
        if any(weight.is_meta for weight in made[name].parameters()):
            raise ModelError(_incomplete(path, what))
        surplus = given - len(made[name].state_dict())
        if name == "unet" and surplus > 0:
            tensors_ = "1 tensor" if surplus == 1 else f"{surplus} tensors"
            notify(f"Left out of {path.name}: {tensors_} of its UNet that SDXL does not have.")
    scheduler: Any = EulerDiscreteScheduler
    make: Any = StableDiffusionXLPipeline
    pipeline = make(
        **made,
        tokenizer=tokenizer(layout),
        tokenizer_2=tokenizer(layout, pad="!"),
        scheduler=scheduler.from_pretrained(layout, subfolder="scheduler"),
        add_watermarker=False,
    )
    apply_training(pipeline, stated_training(held))
    return pipeline


def _network(name: str, stored: dict[str, Tensor], layout: Path, dtype: torch.dtype) -> Any:
    """One network of the pipeline from its tensors in the original layout; raises for tensors of other shapes."""
    options: dict[str, Any] = {"config": str(layout), "subfolder": name, "local_files_only": True}
    if name in ("unet", "vae"):
        kind: Any = UNet2DConditionModel if name == "unet" else AutoencoderKL
        return kind.from_single_file(stored, torch_dtype=dtype, **options)
    encoder = CLIPTextModel if name == "text_encoder" else CLIPTextModelWithProjection
    make: Any = create_diffusers_clip_model_from_ldm
    return make(encoder, checkpoint=stored, torch_dtype=dtype, **options)


def _incomplete(path: Path, what: str) -> str:
    return f"{path} lacks weights of its {what}, so it was not saved whole: choose another file."


def require_sdxl(held: Contents, path: Path) -> None:
    """Raises ModelError, which says what the file is, unless it holds a complete text-to-image SDXL checkpoint."""
    names = held.shapes
    present = [prefix for prefix in _PARTS if any(name.startswith(prefix) for name in names)]
    foreign = family(names)
    widths = {names[name][1] for name in names if _CROSS.search(name) and len(names[name]) == 2}
    narrow = next((WIDTHS[width] for width in widths if width in (768, 1024)), None)
    part = piece(names) if len(present) < len(_PARTS) else None
    wrong = ""
    if _UNET not in present and any(_LORA.search(name) for name in names):
        wrong = "is a LoRA, which changes a painter: name it with --lora, beside a --painter for SDXL"
    elif part in ("a ControlNet", "an IP-Adapter", "a Control-LoRA", "an embedding (textual inversion)", "an upscaler"):
        wrong = f"is {part}, which cannot paint: choose an SDXL checkpoint"
    elif foreign or (narrow and len(present) < len(_PARTS)):
        wrong = f"is a model of {foreign or narrow}, but only SDXL checkpoints can paint: choose one"
    elif present == [_UNET, "first_stage_model.", "conditioner.embedders.0."]:
        wrong = "is a refiner, which cannot paint by itself: choose a base checkpoint"
    elif _UNET not in present or present == [_UNET]:
        wrong = f"holds {part or 'no SDXL checkpoint'}: choose a file that holds the whole checkpoint{_FOLDER}"
    elif len(present) < len(_PARTS):
        absent = " and ".join(what for prefix, what in _PARTS.items() if prefix not in present)
        wrong = f"lacks its {absent}: choose a file that holds the whole checkpoint{_FOLDER}"
    elif names.get(_CONV_IN, (0, 4))[1] != 4:
        wrong = "is not a text-to-image checkpoint (an inpainting model?): choose another painter"
    elif "edm_mean" in names or "edm_vpred.sigma_max" in names:
        wrong = "was trained with the EDM noise schedule, for which there is no sampler here: choose another painter"
    if wrong:
        raise ModelError(f"{path} {wrong}.")


def require_size(held: Contents, path: Path, layout: Path = LAYOUT) -> None:
    """Raises ModelError if the UNet has fewer transformer blocks than that of `layout`, as SSD-1B and Segmind Vega
    do."""
    found = {block[0] for name in held.shapes if name.startswith(_UNET) and (block := _BLOCK.match(name))}
    config = json.loads((layout / "unet" / "config.json").read_text(encoding="utf-8"))
    layers, depths = config["layers_per_block"], config["transformer_layers_per_block"]
    needed: int = depths[-1] if config.get("mid_block_type", "CrossAttn") else 0
    for depth, down, up in zip(depths, config["down_block_types"], reversed(config["up_block_types"]), strict=True):
        needed += depth * (layers * down.startswith("CrossAttn") + (layers + 1) * up.startswith("CrossAttn"))
    if len(found) < needed:
        raise ModelError(
            f"The UNet in {path} has {len(found)} transformer blocks and SDXL has {needed}: it is of a smaller kind, "
            "such as SSD-1B or Segmind Vega, or was not saved whole. Choose a full-size checkpoint, or the folder of "
            "this model in diffusers' layout, such as segmind/SSD-1B."
        )


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
