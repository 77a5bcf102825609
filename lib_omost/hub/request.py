"""A request for models on the hub: a repository, and which of its files are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import ModelError

INDEXES = ("model_index.json", "config.json")
"""Index files; a repository that is loaded as a folder has one of them."""
PICKLES = (".ckpt", ".pt", ".pth", ".bin")
"""Suffixes of weight files that could run code."""

_FOLDERS = ("unet", "transformer", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
_TEXTS = (".json", ".txt", ".model", ".jinja")
_SAFE = ".safetensors"


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A repository and what is needed of it: a "painter" in diffusers' layout, a "composer" or a safety "check" for
    transformers, or a single `file`.

    title: as shown to the user. note: what the user should know before the download. half: prefer weights in half
    precision. pickles: take other formats than safetensors if there is no safetensors file.
    """

    repository: str
    kind: Literal["painter", "composer", "check", "file"]
    title: str
    note: str = ""
    file: str = ""
    half: bool = False
    pickles: bool = False


def is_repository(source: str) -> bool:
    """Whether `source` has the form of a hub repository, owner/model, and is not a path on this disk."""
    if source.count("/") != 1 or source.startswith((".", "/", "~")) or "\\" in source:
        return False
    return not Path(source).exists()


def hub_file(source: str) -> tuple[str, str] | None:
    """(owner/model, file) if `source` has the form of a weight file on the hub, owner/model/file, and is not a path on
    this disk; else None."""
    parts = source.split("/")
    if len(parts) < 3 or not all(parts) or parts[0][0] in ".~" or "\\" in source or Path(source).exists():
        return None
    return ("/".join(parts[:2]), "/".join(parts[2:])) if source.lower().endswith((_SAFE, *PICKLES)) else None


def files_of(request: DownloadRequest, files: Sequence[str]) -> list[str]:
    """The files of a repository that are needed. Raises ModelError if it has no weights that can be loaded."""
    if request.kind == "file":
        found = [name for name in files if name == request.file]
        if not found:
            raise ModelError(f"The repository {request.repository} holds no file {request.file}: check its name.")
        if not request.pickles and not request.file.lower().endswith(_SAFE):
            raise ModelError(
                f"{request.file} of {request.repository} is a pickle, which could run code while it is read: take a "
                ".safetensors file, or start with --allow-pickle if you trust its source."
            )
        return found
    if request.kind in ("composer", "check"):
        found = [
            name for name in files
            if "/" not in name and name.endswith((*_TEXTS, ".safetensors")) and not name.startswith("consolidated")
        ]  # fmt: skip
    else:
        found = [name for name in files if "/" not in name and name.endswith(".json")]
        for folder in _FOLDERS:
            here = [name for name in files if name.startswith(f"{folder}/") and name.count("/") == 1]
            found += [name for name in here if name.endswith(_TEXTS) and ".safetensors" not in name]
            weights = [name for name in here if _SAFE in name and ".non_ema" not in name]
            if not weights and request.pickles:
                weights = [name for name in here if name.endswith(".bin") and ".non_ema" not in name]
            halves = [name for name in weights if ".fp16" in name]
            found += halves if halves and request.half else [name for name in weights if name not in halves] or halves
    if not any(name.endswith(_SAFE) or (request.pickles and name.endswith(PICKLES)) for name in found):
        kinds = leave = ""
        if request.kind == "painter":
            kinds = "unet or transformer, vae and text encoders in "
            leave = " Or start with --allow-pickle if you trust its source."
        raise ModelError(
            f"The repository {request.repository} holds no {kinds}.safetensors files, the only ones that are loaded, "
            f"since other kinds could run code: choose another model, or another form of this one.{leave}"
        )
    return found
