"""Checks of a checkpoint folder in diffusers' layout, with better messages than the libraries' own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lib_omost.errors import ModelError
from lib_omost.render.packing import require_known
from lib_omost.render.signatures import refusal
from lib_omost.render.tensors import contents

_STEMS = ("diffusion_pytorch_model", "model")
_SUPPORTED = "SDXL, FLUX.2 klein and Z-Image"


@dataclass(frozen=True, slots=True)
class FolderLayout:
    """The parts of a family's checkpoint, which are the folders of a diffusers folder.

    title: of the family. pipelines: the beginning of the names of its pipeline classes. network: the part that
    denoises. encoders: the text encoders, each with a tokenizer of the same number.
    """

    title: str
    pipelines: tuple[str, ...]
    network: str
    encoders: tuple[str, ...]

    @property
    def networks(self) -> tuple[str, ...]:
        return (self.network, "vae", *self.encoders)

    @property
    def parts(self) -> tuple[str, ...]:
        return (*self.networks, *(name.replace("text_encoder", "tokenizer") for name in self.encoders))


SDXL = FolderLayout("SDXL", ("StableDiffusionXL",), "unet", ("text_encoder", "text_encoder_2"))
FLUX2 = FolderLayout("FLUX.2 klein", ("Flux2KleinPipeline",), "transformer", ("text_encoder",))
ZIMAGE = FolderLayout("Z-Image", ("ZImagePipeline",), "transformer", ("text_encoder",))


def check_folder(folder: Path, layout: FolderLayout = SDXL, *, pickles: bool) -> None:
    """Raises ModelError unless `folder` holds a complete checkpoint of this family in weight files that may be read."""
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder} holds no model_index.json, so it is not a diffusers checkpoint. "
            f"Choose the folder that contains {layout.network}, vae, text_encoder and tokenizer."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{folder / 'model_index.json'} cannot be read: {error}. Fetch the folder again.") from error
    kind = index.get("_class_name", "") if isinstance(index, dict) else ""
    if not str(kind).startswith(layout.pipelines):
        raise ModelError(
            f"{folder} holds a {kind or 'nameless checkpoint'}, but only {_SUPPORTED} checkpoints can paint: choose "
            "one."
        )
    missing = [name for name in (*layout.parts, "scheduler") if not (folder / name).is_dir()]
    for name in layout.networks:
        part = folder / name
        if part.is_dir():
            missing += [f"{name}/config.json"] if not (part / "config.json").exists() else []
            missing += _missing_weights(part)
    if missing:
        raise ModelError(f"The image model in {folder} is incomplete: {', '.join(missing)} missing. Fetch it again.")
    for name in layout.networks:
        if not pickles and not any((folder / name).glob("*.safetensors")):
            raise ModelError(refusal(str(next((folder / name).glob("*.bin")))))


def variant(folder: Path, dtype: torch.dtype, layout: FolderLayout = SDXL) -> str | None:
    """The variant to load: "fp16" if half precision suffices or is all that there is, otherwise None."""
    found = [_weights(folder / name, "fp16" if dtype == torch.float16 else None) for name in layout.networks]
    return "fp16" if any(".fp16" in file.name for files in found for file in files) else None


def check_weights(folder: Path, form: str | None, layout: FolderLayout = SDXL, *, pickles: bool) -> None:
    """Raises ModelError if a weight file that is to be loaded is something else, such as a Git LFS pointer, or stores
    its tensors in an unknown form. Networks whose configuration names a library for their form are left to it."""
    for name in layout.networks:
        files = _weights(folder / name, form)
        held = [(contents(file, pickles=pickles), file) for file in files]
        try:
            config = json.loads((folder / name / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            config = None  # its library says what is wrong
        if not (isinstance(config, dict) and "quantization_config" in config):
            for found, file in held:
                require_known(found, file)


def check_text_encoders(
    pipeline: Any, folder: Path, form: str | None, layout: FolderLayout = SDXL, *, pickles: bool
) -> None:
    """Raises ModelError if weights of a text encoder are missing: transformers would initialise them randomly and only
    log it."""
    for name in layout.encoders:
        network = getattr(pipeline, name)
        files = _weights(folder / name, form)
        if network is None or not files:
            continue
        stored = sum(len(contents(file, pickles=pickles).shapes) for file in files)
        needed = len(list(network.parameters()))
        if stored < needed:
            raise ModelError(
                f"{folder / name} holds {stored} of the {needed} weights that its network has, so it was not saved "
                "whole: choose another copy or painter."
            )


def _missing_weights(part: Path) -> list[str]:
    """The missing weight files of one network, as part/file."""
    for index in part.glob("*.safetensors.index.json"):
        try:
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return [f"a sound {part.name}/{index.name}"]
        return [f"{part.name}/{shard}" for shard in sorted(shards) if not (part / str(shard)).exists()]
    if any(part.glob("*.safetensors")) or any(part.glob("*.bin")):
        return []
    stem = _STEMS[1] if part.name.startswith("text") else _STEMS[0]
    return [f"{part.name}/{stem}.safetensors"]


def _weights(part: Path, form: str | None) -> list[Path]:
    """The weight files of one network: those in half precision if `form` says so or there are no others."""
    files = sorted(part.glob("*.safetensors")) or sorted(part.glob("*.bin"))
    halves = [file for file in files if ".fp16" in file.name]
    whole = [file for file in files if file not in halves]
    return halves if halves and (form or not whole) else whole
