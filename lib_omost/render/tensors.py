"""Reading weight files: safetensors, and pickles if the user allows them.

Reading a pickle can run code. Pickles are therefore read with torch's `weights_only`, which builds tensors and plain
containers and refuses everything else.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from lib_omost.errors import ModelError

PICKLES = (".ckpt", ".pt", ".pth", ".bin")
"""Suffixes of pickled weights; `lib_omost.hub` has the same list."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a weight file: the shape of each tensor by name, and the metadata of a safetensors header."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def is_pickle(path: Path) -> bool:
    return path.suffix.lower() in PICKLES


def require_weights(path: Path, pickles: bool) -> None:
    """Raises ModelError unless the suffix of `path` is that of a weight file that may be read."""
    if is_pickle(path) and not pickles:
        raise ModelError(refusal(str(path)))
    if not is_pickle(path) and path.suffix.lower() != ".safetensors":
        raise ModelError(f"{path} is not a .safetensors file: choose weights in that format.")


def refusal(what: str) -> str:
    """The error message for a pickle that the user has not allowed."""
    return (
        f"{what} is a pickle, which could run code while it is read: take the .safetensors form of this model, "
        "or start with --allow-pickle if you trust its source."
    )


def contents(path: Path, *, pickles: bool = False) -> Contents:
    """The contents of the file at `path`; of a safetensors file only the header is read. Raises ModelError."""
    require_weights(path, pickles)
    if is_pickle(path):
        return Contents({name: tuple(tensor.shape) for name, tensor in _unpickled(path).items()}, {})
    try:
        with safe_open(path, framework="pt") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            return Contents(shapes, dict(file.metadata() or {}))
    except Exception as error:  # a broken file can make the library raise anything
        raise ModelError(damaged(path, error)) from error


def tensors(path: Path, *, pickles: bool = False) -> dict[str, Tensor]:
    """The tensors in the file at `path` by name, on the CPU. Raises ModelError."""
    require_weights(path, pickles)
    if is_pickle(path):
        return _unpickled(path)
    try:
        found: dict[str, Tensor] = load_file(path)
        return found
    except Exception as error:  # as above
        raise ModelError(damaged(path, error)) from error


def damaged(path: Path, error: BaseException) -> str:
    """The error message for a file that its library cannot read."""
    reason = " ".join(str(error).split()).rstrip(".")
    return f"{path} could not be loaded ({type(error).__name__}: {reason[:300]}): it is damaged, so fetch it again."


def _unpickled(path: Path) -> dict[str, Tensor]:
    try:
        # Memory-mapped if possible, because often only the names in a file of gigabytes are needed.
        value: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zipfile(path))
    except pickle.UnpicklingError as error:
        if "unsupported global" not in str(error).lower():
            raise ModelError(damaged(path, error)) from error
        raise ModelError(
            f"{path} holds more than weights and would have to run code to be read, which is never done: "
            "take the .safetensors form of this model, or convert the file if you trust it."
        ) from error
    except Exception as error:  # a broken file can make torch raise anything
        raise ModelError(damaged(path, error)) from error
    while isinstance(value, dict) and isinstance(value.get("state_dict"), dict):
        value = value["state_dict"]
    named = value.items() if isinstance(value, dict) else ()
    found = {str(name): tensor for name, tensor in named if isinstance(tensor, Tensor)}
    if not found:
        raise ModelError(f"{path} holds no weights: choose another file.")
    return found
