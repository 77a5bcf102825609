"""Wanted: a repository of the hub, and which of its files are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import ModelError

INDEXES = ("model_index.json", "config.json")
"""Files of which a repository that is loaded as a folder has one."""
PICKLES = (".ckpt", ".pt", ".pth", ".bin")
"""How files of weights that could run code are named."""

_FOLDERS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
_TEXTS = (".json", ".txt", ".model", ".jinja")
_SAFE = ".safetensors"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repository and what is needed of it: a "painter" in diffusers' layout, a "composer" or a safety "check" for
    transformers, or a single `file`.

    title: as shown to the user. note: what is to be known before it is downloaded. half: take the half-precision form
    of weights where there is one. pickles: take weights that are no safetensors where there are no others.
    """

    repository: str
    kind: Literal["painter", "composer", "check", "file"]
    title: str
    note: str = ""
    file: str = ""
    half: bool = False
    pickles: bool = False


def is_repository(source: str) -> bool:
    """Whether `source` names a repository of the hub, owner/model, and nothing on this disk."""
    if source.count("/") != 1 or source.startswith((".", "/", "~")) or "\\" in source:
        return False
    return not Path(source).exists()


def hub_file(source: str) -> tuple[str, str] | None:
    """(owner/model, file) where `source` names a file of weights in a repository of the hub, owner/model/file, and
    nothing on this disk; else None."""
    parts = source.split("/")
    if len(parts) < 3 or not all(parts) or parts[0][0] in ".~" or "\\" in source or Path(source).exists():
        return None
    return ("/".join(parts[:2]), "/".join(parts[2:])) if source.lower().endswith((_SAFE, *PICKLES)) else None


def files_of(wanted: Wanted, files: Sequence[str]) -> list[str]:
    """The files of a repository that are needed. Raises ModelError if it holds no weights that are loaded."""
    if wanted.kind == "file":
        found = [name for name in files if name == wanted.file]
        if not found:
            raise ModelError(f"The repository {wanted.repository} holds no file {wanted.file}: check its name.")
        if not wanted.pickles and not wanted.file.lower().endswith(_SAFE):
            raise ModelError(
                f"{wanted.file} of {wanted.repository} is a pickle, which could run code while it is read: take a "
                ".safetensors file, or start with --allow-pickle if you trust its source."
            )
        return found
    if wanted.kind in ("composer", "check"):
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
            if not weights and wanted.pickles:
                weights = [name for name in here if name.endswith(".bin") and ".non_ema" not in name]
            halves = [name for name in weights if ".fp16" in name]
            found += halves if halves and wanted.half else [name for name in weights if name not in halves] or halves
    if not any(name.endswith(_SAFE) or (wanted.pickles and name.endswith(PICKLES)) for name in found):
        kinds = leave = ""
        if wanted.kind == "painter":
            kinds = "unet, vae and text encoders in "
            leave = " Or start with --allow-pickle if you trust its source."
        raise ModelError(
            f"The repository {wanted.repository} holds no {kinds}.safetensors files, the only ones that are loaded, "
            f"since other kinds could run code: choose another model, or another form of this one.{leave}"
        )
    return found
