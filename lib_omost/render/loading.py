"""From a folder, a hub repository or a single file to a painter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from safetensors import safe_open

from lib_omost.device import backend, compute_dtype, has_bfloat16, is_out_of_memory
from lib_omost.errors import ModelError
from lib_omost.plan import LARGEST, Plan
from lib_omost.render.mosaic import Mosaic
from lib_omost.render.pipeline import Painter
from lib_omost.render.preview import SDXL, LatentPreview
from lib_omost.render.settings import Lora

PREVIEW = "preview.json"
"""The file beside a model that holds its own preview map; without it that of the SDXL autoencoder is used."""
MOSAIC = "mosaic.json"
"""The file beside a model whose text encoder keeps pictures in its tokens; see `lib_omost.render.mosaic`."""

_WEIGHTS = ("diffusion_pytorch_model", "model")
_NETWORKS = ("unet", "vae", "text_encoder", "text_encoder_2")


def load_painter(
    source: str | Path,
    *,
    device: str,
    dtype: torch.dtype | None = None,
    models: Path | None = None,
    lora: Lora | None = None,
    plan: Plan = LARGEST,
    name: str | None = None,
) -> Painter:
    """Load an SDXL checkpoint and move it to `device`.

    source: a diffusers folder, a ``.safetensors`` file, or a hub repository such as ``owner/model``.
    dtype: precision of UNet and text encoders; by default float16 on an accelerator and float32 on the CPU, where half
    precision is slower. An autoencoder that overflows in float16 (`force_upcast`) is kept in bfloat16 or float32 then.
    models: the folder that downloads are kept in; None: the hub library's own.
    lora: merged into the weights, so that no step pays for it.
    plan: what is saved of the device's memory. name: as shown to the user, by default the source's last part.

    Raises ModelError with what is missing or wrong and what to do about it.
    """
    dtype = dtype or compute_dtype(device, "float16")
    path = Path(source).expanduser()
    options: dict[str, Any] = {"dtype": dtype, "add_watermarker": False}
    preview = SDXL
    mosaic = None
    if path.is_dir():
        _check_folder(path)
        variant = _variant(path, dtype)
        load = StableDiffusionXLPipeline.from_pretrained
        pipeline = _load(load, str(path), local_files_only=True, variant=variant, **options)
        _check_text_encoders(pipeline, path, variant)
        if (path / PREVIEW).exists():
            preview = LatentPreview.load(path / PREVIEW)
        if (path / MOSAIC).exists():
            mosaic = Mosaic.load(path / MOSAIC)
    elif path.is_file():
        if path.suffix != ".safetensors":
            raise ModelError(f"{path} is not a .safetensors file, the one kind of single file that is loaded.")
        pipeline = _load(StableDiffusionXLPipeline.from_single_file, str(path), cache_dir=models, **options)
    elif str(source).count("/") == 1 and not str(source).startswith((".", "/", "~")):
        pipeline = _load_from_hub(str(source), cache_dir=models, **options)
    else:
        raise ModelError(f"There is no image model at {source}: no folder, no file, and no hub repository owner/model.")
    _check_parts(pipeline, source)
    if lora is not None:
        _merge(pipeline, lora, models)
    if pipeline.vae.config.force_upcast and pipeline.vae.dtype == torch.float16:
        pipeline.vae.to(torch.bfloat16 if device != "cpu" and has_bfloat16(device) else torch.float32)
    painter = Painter(
        pipeline, name or (path.stem if path.is_file() else path.name), preview=preview, mosaic=mosaic, plan=plan
    )
    return _placed(painter, device)


def _placed(painter: Painter, device: str) -> Painter:
    try:
        return painter.to(device)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        painter.to("cpu")
        raise ModelError(
            f"The memory of the {backend(device)} device does not suffice for the image model {painter.name} by the "
            f"plan for {painter.plan.memory} GB. Close other programs that use it, or start with a smaller --memory."
        ) from error


def _merge(pipeline: Any, lora: Lora, models: Path | None) -> None:
    if not lora.file.endswith(".safetensors"):
        raise ModelError(f"{lora.file} is not a .safetensors file, the one kind of LoRA file that is loaded.")
    folder = Path(lora.source).expanduser()
    try:
        pipeline.load_lora_weights(
            str(folder) if folder.is_dir() else lora.source, weight_name=lora.file, cache_dir=models
        )
        pipeline.fuse_lora(lora_scale=lora.scale)
        pipeline.unload_lora_weights()
    except Exception as error:  # Whatever a broken, absent or foreign file makes four libraries raise.
        reason = " ".join(str(error).split())
        raise ModelError(
            f"The LoRA {lora.file} of {lora.source} could not be merged ({type(error).__name__}: {reason[:400]}). "
            "Check the network if it is to be downloaded; otherwise the file is damaged or not for an SDXL checkpoint: "
            "fetch it again or choose another painter."
        ) from error


def _load_from_hub(source: str, **options: Any) -> Any:
    load: Any = StableDiffusionXLPipeline.from_pretrained
    if options["dtype"] == torch.float16:
        try:
            return load(source, variant="fp16", use_safetensors=True, **options)
        except (OSError, ValueError):
            # No half-precision files there (or nothing at all, which the next try tells).
            pass
    return _load(load, source, use_safetensors=True, **options)


def _load(load: Any, source: str, **options: Any) -> Any:
    try:
        return load(source, **options)
    except Exception as error:  # Whatever a broken or absent file makes four libraries raise.
        if is_out_of_memory(error):
            raise ModelError(
                f"There is not enough memory to load the image model {source}: close other programs, or choose a "
                "smaller painter."
            ) from error
        reason = " ".join(str(error).split()).rstrip(".")
        network = "" if Path(source).exists() else "Check the network if it is to be downloaded; otherwise the "
        raise ModelError(
            f"The image model {source} could not be loaded ({type(error).__name__}: {reason[:400]}). "
            f"{network or 'The '}files are damaged or not an SDXL checkpoint: fetch them again or choose another "
            "painter."
        ) from error


def _check_folder(folder: Path) -> None:
    """Say what is missing before a library does it in its own words."""
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder} holds no model_index.json, so it is no diffusers checkpoint. "
            "Choose the folder that contains unet, vae, text_encoder and tokenizer."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'model_index.json'} cannot be read: {error}. Fetch the folder again.") from error
    kind = index.get("_class_name", "") if isinstance(index, dict) else ""
    if not str(kind).startswith("StableDiffusionXL"):
        raise ModelError(
            f"{folder} holds a {kind or 'nameless checkpoint'}, but only SDXL checkpoints can paint: choose one."
        )
    missing = [name for name in (*_NETWORKS, "tokenizer", "tokenizer_2", "scheduler") if not (folder / name).is_dir()]
    for name in _NETWORKS:
        part = folder / name
        if part.is_dir():
            missing += [f"{name}/config.json"] if not (part / "config.json").exists() else []
            missing += _missing_weights(part)
    if missing:
        raise ModelError(f"The image model in {folder} is incomplete: {', '.join(missing)} missing. Fetch it again.")


def _missing_weights(part: Path) -> list[str]:
    """Weight files of one network that ought to be there, as part/file."""
    for index in part.glob("*.safetensors.index.json"):
        try:
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return [f"a sound {part.name}/{index.name}"]
        return [f"{part.name}/{shard}" for shard in sorted(shards) if not (part / str(shard)).exists()]
    if any(part.glob("*.safetensors")) or any(part.glob("*.bin")):
        return []
    stem = _WEIGHTS[1] if part.name.startswith("text") else _WEIGHTS[0]
    return [f"{part.name}/{stem}.safetensors"]


def _weights(part: Path, variant: str | None) -> list[Path]:
    """The weight files of one network, in half precision where the variant is that and there are such."""
    files = sorted(part.glob("*.safetensors"))
    halves = [file for file in files if ".fp16" in file.name]
    whole = [file for file in files if file not in halves]
    return halves if halves and (variant or not whole) else whole


def _variant(folder: Path, dtype: torch.dtype) -> str | None:
    """The form of the weights to be read: the published one in half precision where that suffices or is all."""
    found = [_weights(folder / name, "fp16" if dtype == torch.float16 else None) for name in _NETWORKS]
    return "fp16" if any(".fp16" in file.name for files in found for file in files) else None


def _check_parts(pipeline: Any, source: str | Path) -> None:
    absent = [name for name in (*_NETWORKS, "tokenizer", "tokenizer_2") if getattr(pipeline, name, None) is None]
    if absent:
        raise ModelError(
            f"{source} lacks {', '.join(absent)}. A refiner cannot paint by itself: choose a base checkpoint."
        )
    if pipeline.unet.config.in_channels != 4 or pipeline.vae.config.latent_channels != 4:
        raise ModelError(f"{source} is not a text-to-image checkpoint (an inpainting model?): choose another painter.")
    for name in _NETWORKS:
        if any(weight.is_meta for weight in getattr(pipeline, name).parameters()):
            raise ModelError(f"The weights of {name} in {source} are incomplete. Fetch the model again.")


def _check_text_encoders(pipeline: Any, folder: Path, variant: str | None) -> None:
    """transformers fills weights that a file lacks with random numbers and only logs it; so count them."""
    for name in ("text_encoder", "text_encoder_2"):
        network = getattr(pipeline, name)
        files = _weights(folder / name, variant)
        if network is None or not files:
            continue
        stored = 0
        for file in files:
            with safe_open(file, framework="pt") as tensors:
                stored += len(tensors.keys())
        needed = len(list(network.parameters()))
        if stored < needed:
            raise ModelError(
                f"{folder / name} holds {stored} of the {needed} weights that its network has. Fetch the model again."
            )
