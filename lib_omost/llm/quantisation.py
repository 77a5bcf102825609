"""Language models whose weights have 4 or 8 bits: how they are asked for and how they compute.

The kernels are those of bitsandbytes 0.50; it is imported only for models that need it.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import BitsAndBytesConfig


def requested(bits: int | None, dtype: torch.dtype) -> dict[str, Any]:
    """What tells transformers to quantise full weights while it loads them; nothing if `bits` is None.

    With 8 bits the library's outlier threshold of 6 is kept. Without it a layer would not wait for the device, but the
    divergence from float32 doubles (`python -m benchmarks.outliers`: 0.016 to 0.031 nats a token).
    """
    if bits is None:
        return {}
    # NF4 as in https://arxiv.org/abs/2305.14314, with the computation in the type of the rest.
    four = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": dtype}
    given = {"load_in_8bit": True} if bits == 8 else four
    return {"quantization_config": BitsAndBytesConfig(**given)}  # type: ignore[no-untyped-call]


def has_8_bits(config: Any, bits: int | None) -> bool:
    """Whether a checkpoint's weights have 8 bits once they are loaded, by its configuration or because of `bits`."""
    stated = getattr(config, "quantization_config", None)
    return bits == 8 or (isinstance(stated, dict) and bool(stated.get("load_in_8bit")))


def compute_in(model: Any, dtype: torch.dtype) -> None:
    """Has a model with quantised weights compute in `dtype`; leaves every other model as it is.

    transformers 5.23 loads what such a checkpoint did not quantise (embeddings, norms, the last layer) in the type of
    its file whatever type is asked for, and a 4-bit layer obeys the configuration that was published with it. Either
    may be a type that this device is slow in: float32 anywhere, bfloat16 on cards before Ampere.
    """
    if not any(getattr(model, f"is_loaded_in_{bits}bit", False) for bits in (4, 8)):
        return
    from bitsandbytes.nn.modules import Int8Params, Linear4bit, Params4bit

    for parameter in model.parameters():
        if parameter.is_floating_point() and not isinstance(parameter, (Params4bit, Int8Params)):
            parameter.data = parameter.data.to(dtype)
    for layer in model.modules():
        if isinstance(layer, Linear4bit):
            layer.compute_dtype = dtype
            layer.compute_type_is_set = True
