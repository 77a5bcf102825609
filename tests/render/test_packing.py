from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.packing import require_known, unpacked
from lib_omost.render.tensors import _NAMES, Contents

PATH = Path("model.safetensors")


def held(tensors: dict[str, Tensor]) -> Contents:
    return Contents(
        {name: tuple(tensor.shape) for name, tensor in tensors.items()},
        {},
        {name: _NAMES[tensor.dtype] for name, tensor in tensors.items()},
    )


def read(tensors: dict[str, Tensor], dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    require_known(held(tensors), PATH)
    return unpacked(tensors, PATH, dtype)


def quantised(weight: Tensor, rows: bool = False, dtype: torch.dtype = torch.float8_e4m3fn) -> tuple[Tensor, Tensor]:
    largest = weight.abs().amax(dim=tuple(range(1, weight.ndim)), keepdim=True) if rows else weight.abs().max()
    factor = largest / torch.finfo(dtype).max
    return (weight / factor).to(dtype), factor


def description(**stated: Any) -> Tensor:
    return torch.tensor(list(json.dumps(stated).encode()), dtype=torch.uint8)


def test_plain_numbers_stay_as_they_are() -> None:
    kinds = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)
    tensors = {f"{number}.weight": torch.ones(2, 3).to(kind) for number, kind in enumerate(kinds)}
    tensors |= {"text_model.embeddings.position_ids": torch.arange(77), "logit_scale": torch.tensor(4.6)}
    found = read(tensors)
    assert found.keys() == tensors.keys()
    assert all(found[name] is tensors[name] for name in tensors)


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
@pytest.mark.parametrize("shape", [(6, 4), (6, 4, 3, 3)])
@pytest.mark.parametrize("rows", [False, True])
def test_scaled_float8_is_multiplied(shape: tuple[int, ...], rows: bool, dtype: torch.dtype) -> None:
    weight = torch.randn(shape) * torch.logspace(-2, 0, 6).reshape(6, *([1] * (len(shape) - 1)))
    packed, factor = quantised(weight, rows, dtype)
    stored = {
        "a.weight": packed,
        "a.bias": torch.ones(6),
        "a.scale_weight": factor.reshape(-1, 1) if rows else factor.reshape(1),
        "a.scale_input": torch.ones(1),
        "scaled_fp8": torch.zeros(2).to(dtype),
    }
    found = read(stored)
    assert found.keys() == {"a.weight", "a.bias"}
    torch.testing.assert_close(found["a.weight"], packed.float() * factor, rtol=0, atol=0)
    torch.testing.assert_close(found["a.weight"], weight, rtol=0.13, atol=1e-4 if dtype == torch.float8_e4m3fn else 1)
    assert read(stored, torch.float16)["a.weight"].dtype == torch.float16


def test_the_newer_names_of_comfyui_are_known() -> None:
    packed, factor = quantised(torch.randn(4, 4))
    stored = {"a.weight": packed, "a.weight_scale": factor, "a.input_scale": factor}
    for form in ("float8_e4m3fn", "float8_e5m2"):
        more = {"a.comfy_quant": description(format=form, full_precision_matrix_mult=True)}
        torch.testing.assert_close(read(stored | more)["a.weight"], packed.float() * factor)
        assert read(stored | more).keys() == {"a.weight"}
    for other, said in (
        (description(format="int8_tensorwise"), "int8_tensorwise"),
        (description(format="float8_e4m3fn", convrot=True), "with convrot"),
        (torch.zeros(3, dtype=torch.uint8), "unreadable"),
        (description(no="format"), "unreadable"),
    ):
        with pytest.raises(ModelError, match=said):
            read(stored | {"a.comfy_quant": other})


BYTES = torch.zeros(4, 4, dtype=torch.uint8)
INT8 = torch.zeros(4, 4, dtype=torch.int8)
FLOAT8 = torch.zeros(4, 4).to(torch.float8_e4m3fn)


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"a.weight": INT8}, "8-bit integers (int8)"),
        ({"a.weight": INT8, "a.weight_scale": torch.ones(1)}, "8-bit integers (int8)"),
        ({"a.weight": INT8, "a.weight.SCB": torch.ones(4)}, "8-bit integers (bitsandbytes)"),
        ({"a.weight": BYTES, "a.weight.quant_state.bitsandbytes__nf4": BYTES}, "NF4"),
        ({"a.weight": BYTES, "a.weight.quant_state.bitsandbytes__fp4": BYTES}, "FP4"),
        ({"a.weight": BYTES, "a.weight_scale": FLOAT8, "a.weight_scale_2": torch.ones(1)}, "NVFP4"),
        ({"a.weight": BYTES}, "packed bits"),
        ({"a.qweight": INT8}, "SVDQuant"),
        ({"a.weight": torch.zeros(4, dtype=torch.int64)}, "I64"),
        ({"a.weight": torch.zeros(4, dtype=torch.bool)}, "BOOL"),
        ({"a.weight": FLOAT8, "a.scale_weight": torch.ones(2, 2)}, "factors of the shape [2, 2]"),
        ({"a.weight": FLOAT8, "a.scale_weight": torch.ones(1, 4)}, "factors of the shape [1, 4]"),
        ({"a.weight": FLOAT8, "a.scale_weight": torch.ones(3)}, "factors of the shape [3]"),
        ({"a.weight": FLOAT8, "a.weight_scale_inv": torch.ones(1)}, "unknown factors"),
        ({"a.weight": torch.zeros(4, 4), "a.scale_weight": torch.ones(1)}, "F32 with factors"),
        ({"a.scale_weight": torch.ones(1)}, "unknown factors"),
    ],
)
def test_other_forms_are_refused_by_name(tensors: dict[str, Tensor], said: str) -> None:
    with pytest.raises(ModelError, match="choose a file with 16-bit or fp8 weights") as caught:
        read(tensors)
    assert said in str(caught.value)


def test_only_the_named_parts_are_looked_at() -> None:
    tensors = {"unet.weight": torch.ones(2), "steps": torch.zeros(1, dtype=torch.int64)}
    require_known(held(tensors), PATH, ["unet."])
    with pytest.raises(ModelError, match="steps"):
        require_known(held(tensors), PATH)
