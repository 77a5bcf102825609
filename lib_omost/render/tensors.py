"""Reading weight files: safetensors, and pickles if the user allows them.

Reading a pickle can run code. Pickles are therefore read with torch's `weights_only`, which builds tensors and plain
containers and refuses everything else. Old checkpoints also hold numbers of numpy and objects of training frameworks
beside their weights. In the place of each such class or function an empty class of this module is put, so that nothing
of theirs is imported or called.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.signatures import SAFETENSORS, require_weights

_NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip
_INERT = ("numpy.", "_codecs.", "pytorch_lightning.", "lightning.", "lightning_fabric.", "omegaconf.", "__main__.")
"""Beginnings of names in pickles in whose place `_Nothing` is put."""
_GLOBAL = re.compile(r"GLOBAL (\S+) was not an allowed global")


class _Nothing:
    """Takes the place of what is not a weight in a pickle."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, _: object) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a weight file: the shape of each tensor by name, the metadata of a safetensors header, and the
    dtype of each tensor by name, as safetensors writes it, such as "F16"."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]
    dtypes: dict[str, str] = field(default_factory=dict)


def contents(path: Path, *, pickles: bool = False) -> Contents:
    """The contents of the file at `path`; of a safetensors file only the header is read. Raises ModelError."""
    if require_weights(path, pickles) is not SAFETENSORS:
        found = _unpickled(path)
        return Contents(
            {name: tuple(tensor.shape) for name, tensor in found.items()},
            {},
            {name: _NAMES.get(tensor.dtype, str(tensor.dtype)) for name, tensor in found.items()},
        )
    try:
        with safe_open(path, framework="pt") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            return Contents(
                {name: tuple(part.get_shape()) for name, part in slices.items()},
                dict(file.metadata() or {}),
                {name: str(part.get_dtype()) for name, part in slices.items()},
            )
    except Exception as error:  # a broken file can make the library raise anything
        raise ModelError(damaged(path, error)) from error


def tensors(path: Path, *, pickles: bool = False) -> dict[str, Tensor]:
    """The tensors in the file at `path` by name, on the CPU. Raises ModelError."""
    if require_weights(path, pickles) is not SAFETENSORS:
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
    value = _restricted(path)
    while isinstance(value, dict) and isinstance(value.get("state_dict"), dict):
        value = value["state_dict"]
    named = value.items() if isinstance(value, dict) else ()
    found = {str(name): tensor for name, tensor in named if isinstance(tensor, Tensor)}
    if not found:
        raise ModelError(f"{path} holds no weights: choose another file.")
    return found


def _restricted(path: Path) -> Any:
    """What the pickle at `path` holds, read without running code. Raises ModelError."""
    allowed: list[Any] = []
    while True:
        try:
            with torch.serialization.safe_globals(allowed):
                # Memory-mapped if possible, because often only the names in a file of gigabytes are needed.
                return torch.load(path, map_location="cpu", weights_only=True, mmap=is_zipfile(path))
        except pickle.UnpicklingError as error:
            unknown = _GLOBAL.search(str(error))
            if unknown is None:
                if "unsupported global" not in str(error).lower():
                    raise ModelError(damaged(path, error)) from error
                name = ""
            else:
                name = unknown[1]
                if name.startswith(_INERT) and len(allowed) < 100:
                    allowed.append((_Nothing, name))
                    continue
            raise ModelError(
                f"{path} holds more than weights{f' ({name})' if name else ''} and would have to run code to be read, "
                "which is never done: take the .safetensors version of this model, or convert the file if you trust it."
            ) from error
        except Exception as error:  # a broken file can make torch raise anything
            raise ModelError(damaged(path, error)) from error
