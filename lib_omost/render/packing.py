"""How a checkpoint stores its tensors: their dtypes, and their scale factors.

Plain floating-point tensors, including 8-bit ones, are used as they are. Float8 weights with one factor per tensor or
per row, as ComfyUI writes them (`scale_weight` beside the weight and a tensor `scaled_fp8`, or
`weight_scale` and `comfy_quant`, https://github.com/comfyanonymous/ComfyUI/blob/master/QUANTIZATION.md), are multiplied
by it. Any other format is refused, and the message names it.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from pathlib import Path

import torch
from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.tensors import Contents

_FLOATS = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"}
_FLOAT8 = {"F8_E4M3", "F8_E5M2"}
_COUNTS = ("position_ids", "num_updates", "num_batches_tracked")
"""Suffixes of the names of integer tensors that no network uses."""
_MARKERS = ("scaled_fp8", "comfy_quant")
_FACTORS = ("scale_weight", "weight_scale")
_UNUSED = ("scale_input", "input_scale")
"""Factors of the activations, which only float8 arithmetic needs."""
_ENDS = (*_MARKERS, *_FACTORS, *_UNUSED)
_FORMATS = {"float8_e4m3fn", "float8_e5m2"}

_NAMES = (
    ("bitsandbytes__nf4", "NF4 (4 bits, bitsandbytes)"),
    ("bitsandbytes__fp4", "FP4 (4 bits, bitsandbytes)"),
    (".SCB", "8-bit integers (bitsandbytes)"),
    ("weight_scale_2", "NVFP4 (4 bits)"),
    (".qweight", "4-bit integers (SVDQuant, GPTQ or AWQ)"),
    ("._data", "the format of quanto"),
)
_INTEGERS = {"I8": "8-bit integers (int8)", "U8": "packed bits", "F8_E8M0": "MXFP8 (8 bits with block factors)"}
_ADVICE = "choose a file with 16-bit or fp8 weights"


def require_known(held: Contents, path: Path, prefixes: Iterable[str] = ("",)) -> None:
    """Raises ModelError, which names the format, unless all tensors of the file at `path` whose names begin with one of
    `prefixes` can be read."""
    heads = tuple(prefixes)
    names = [name for name in held.shapes if name.startswith(heads)]
    for name in names:
        dtype = held.dtypes.get(name, "F32")
        if dtype in _FLOATS or name.endswith((*_COUNTS, *_MARKERS)):
            continue
        what = next((form for mark, form in _NAMES if any(mark in other for other in names)), None)
        _refuse(path, what or _INTEGERS.get(dtype, f"numbers of the type {dtype}"), name)
    factors = {name: factor_name(name, held.shapes) for name in names}
    for name, factor in factors.items():
        if factor is None:
            continue
        shape, rows = held.shapes[factor], held.shapes[name][:1]
        if held.dtypes.get(name) not in _FLOAT8 or not (_size(shape) == 1 or (_size(shape),) == shape[:1] == rows):
            _refuse(path, f"{held.dtypes.get(name)} with factors of the shape {list(shape)}", name)
    used = {factor for factor in factors.values() if factor is not None}
    for name in names:
        if "scale" in name.rpartition(".")[2] and name not in used and not name.endswith((*_MARKERS, *_UNUSED)):
            if name.endswith("logit_scale"):
                continue
            _refuse(path, "a format with unknown factors", name)


def factor_name(name: str, names: Container[str]) -> str | None:
    """The name in `names` of the factor for the weight `name`, or None."""
    if not name.endswith("weight") or name.endswith(_ENDS):
        return None
    stem = name.removesuffix("weight")
    return next((stem + end for end in _FACTORS if stem + end in names), None)


def unpacked(tensors: dict[str, Tensor], path: Path, dtype: torch.dtype) -> dict[str, Tensor]:
    """`tensors` as plain weights: those with a factor are multiplied by it in float32 and rounded to `dtype`; factors
    and markers are left out. Raises ModelError if ComfyUI's description of a tensor names another format."""
    found: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if name.endswith("comfy_quant"):
            _require_format(tensor, path, name)
        if name.endswith(_ENDS):
            continue
        factor = factor_name(name, tensors)
        if factor is not None:
            rows = tensors[factor].float().reshape(-1, *([1] * (tensor.ndim - 1)))
            tensor = (tensor.float() * rows).to(dtype)
        found[name] = tensor
    return found


def _require_format(tensor: Tensor, path: Path, name: str) -> None:
    try:
        stated = json.loads(bytes(tensor.flatten().to(torch.uint8).tolist()))
        form = stated["format"]
        more = set(stated) - {"format", "full_precision_matrix_mult"}
    except (ValueError, KeyError, TypeError):
        form, more = "unreadable", set()
    if form not in _FORMATS or more:
        _refuse(path, " ".join([f"the format {form} of ComfyUI", *(f"with {one}" for one in sorted(more))]), name)


def _refuse(path: Path, what: str, name: str) -> None:
    raise ModelError(f"Weights in {path} are stored as {what}, which cannot be read here ({name}): {_ADVICE}.")


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size
