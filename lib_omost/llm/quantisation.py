"""Language models with weights in 4 or 8 bits: options for loading them, and the precision in which they compute.

The kernels come from bitsandbytes 0.50, which is imported only for models that need it.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import BitsAndBytesConfig


def quantisation_options(bits: int | None, dtype: torch.dtype) -> dict[str, Any]:
    """The options with which transformers quantises full weights while loading; none if `bits` is None.

    With 8 bits the library's outlier threshold of 6 is kept. Without it a layer need not wait for the device, but the
    divergence from float32 doubles (`python -m benchmarks.outliers`: 0.016 to 0.031 nats per token).
    """
    if bits is None:
        return {}
    # NF4 as in https://arxiv.org/abs/2305.14314, computing in the type of the other weights.
    four_bits = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": dtype}
    options = {"load_in_8bit": True} if bits == 8 else four_bits
    return {"quantization_config": BitsAndBytesConfig(**options)}  # type: ignore[no-untyped-call]


def has_8_bits(config: Any, bits: int | None) -> bool:
    """Whether the loaded weights have 8 bits, because of the checkpoint's configuration or of `bits`."""
    stated = getattr(config, "quantization_config", None)
    return bits == 8 or (isinstance(stated, dict) and bool(stated.get("load_in_8bit")))


def compute_in(model: Any, dtype: torch.dtype) -> None:
    """Make a model with quantised weights compute in `dtype`; does nothing to other models.

    transformers 5.23 loads the weights that such a checkpoint did not quantise (embeddings, norms, the last layer) in
    the type of the file, whatever type is requested, and a 4-bit layer computes in the type of the published
    configuration. Either may be slow on this device: float32 everywhere, bfloat16 on cards before Ampere.
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
