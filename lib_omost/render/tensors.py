"""Weight files as they come: safetensors, and pickles where the user allows them.

A pickle is a program that makes its objects when it is read. Where pickles are allowed they are read by torch's
guarded reader (`weights_only`), which makes tensors and plain containers and nothing else; a file that asks for more
is refused.
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
"""How such files are named; `lib_omost.hub` knows the same."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a weight file holds: the shape of each tensor by its name, and what a safetensors header says beside."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def is_pickle(path: Path) -> bool:
    return path.suffix.lower() in PICKLES


def require_weights(path: Path, pickles: bool) -> None:
    """Raises ModelError unless `path` is named like a file of weights that may be read."""
    if is_pickle(path) and not pickles:
        raise ModelError(refusal(str(path)))
    if not is_pickle(path) and path.suffix.lower() != ".safetensors":
        raise ModelError(f"{path} is not a .safetensors file, the kind of weights that is loaded.")


def refusal(what: str) -> str:
    """The sentence for a pickle that nobody allowed."""
    return (
        f"{what} is a pickle, which could run code while it is read: take the .safetensors form of this model, "
        "or start with --allow-pickle where you trust its source."
    )


def contents(path: Path, *, pickles: bool = False) -> Contents:
    """What the file at `path` holds; of a safetensors file only the header is read. Raises ModelError."""
    require_weights(path, pickles)
    if is_pickle(path):
        return Contents({name: tuple(tensor.shape) for name, tensor in _unpickled(path).items()}, {})
    try:
        with safe_open(path, framework="pt") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            return Contents(shapes, dict(file.metadata() or {}))
    except Exception as error:  # whatever a broken file makes the library raise
        raise ModelError(damaged(path, error)) from error


def tensors(path: Path, *, pickles: bool = False) -> dict[str, Tensor]:
    """The tensors in the file at `path`, by name, on the CPU. Raises ModelError."""
    require_weights(path, pickles)
    if is_pickle(path):
        return _unpickled(path)
    try:
        found: dict[str, Tensor] = load_file(path)
        return found
    except Exception as error:  # as above
        raise ModelError(damaged(path, error)) from error


def damaged(path: Path, error: BaseException) -> str:
    """The sentence for a file that its library cannot read."""
    reason = " ".join(str(error).split()).rstrip(".")
    return f"{path} could not be loaded ({type(error).__name__}: {reason[:300]}): it is damaged, so fetch it again."


def _unpickled(path: Path) -> dict[str, Tensor]:
    try:
        # Mapped where that can be: of a file of gigabytes often only the names are asked for.
        value: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zipfile(path))
    except pickle.UnpicklingError as error:
        if "unsupported global" not in str(error).lower():
            raise ModelError(damaged(path, error)) from error
        raise ModelError(
            f"{path} holds more than weights and would have to run code to be read, which is never done: "
            "take the .safetensors form of this model, or convert it where you trust it."
        ) from error
    except Exception as error:  # whatever a broken file makes torch raise
        raise ModelError(damaged(path, error)) from error
    while isinstance(value, dict) and isinstance(value.get("state_dict"), dict):
        value = value["state_dict"]
    named = value.items() if isinstance(value, dict) else ()
    found = {str(name): tensor for name, tensor in named if isinstance(tensor, Tensor)}
    if not found:
        raise ModelError(f"{path} holds no weights: choose another file.")
    return found
