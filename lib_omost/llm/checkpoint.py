"""Reading a language model from disk: a folder or a GGUF file, full or quantised, with or without an adapter."""

from __future__ import annotations

import struct
import traceback
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from ..errors import ModelError
from ..runtime.device import compute_dtype, is_out_of_memory
from .configuration import read_configuration
from .quantisation import compute_in, has_8_bits, quantisation_options

CPU_PACKED_ROWS = 32
"""Rows per block of bitsandbytes' packed weights for CPUs (`block_n` of `_convert_weight_packed_for_cpu`)."""

_UNREADABLE = (
    OSError,
    ValueError,
    ImportError,
    RuntimeError,
    LookupError,
    OverflowError,
    struct.error,
    SafetensorError,
    StrictDataclassError,
)
"""Exceptions raised for a checkpoint that is missing, damaged, of an unknown kind or too large."""

_UNKNOWN_KIND = (
    "does not recognize this architecture",
    "Unrecognized model",
    "Unrecognized configuration class",
    "model_type",
)
"""Parts of transformers' messages for a checkpoint that is not a known causal language model."""


def read_checkpoint(
    source: str | Path,
    *,
    device: str,
    dtype: torch.dtype | None = None,
    adapter: Path | None = None,
    bits: int | None = None,
) -> tuple[Any, PreTrainedTokenizerBase]:
    """The causal language model in a folder or GGUF file, and its tokenizer.

    dtype: of weights and computation; None chooses by device. Quantised weights stay quantised. adapter: a folder with
    a LoRA adapter, merged into the weights. bits: 4 or 8 quantises full weights while loading. Raises ModelError if it
    cannot be loaded.
    """
    place = str(source)
    origin = _origin(place)
    try:
        config = read_configuration({**origin, "local_files_only": True})
        if dtype is None:
            # The 8-bit kernels take float16; they convert anything else and print a line for each layer.
            dtype = torch.float16 if has_8_bits(config, bits) else compute_dtype(device, "bfloat16")
        tokenizer = AutoTokenizer.from_pretrained(
            **origin, config=config, local_files_only=True, trust_remote_code=False
        )
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            **origin,
            local_files_only=True,
            output_loading_info=True,
            config=config,
            dtype=dtype,
            device_map={"": device},
            use_safetensors=True,  # a pickle would run code
            trust_remote_code=False,  # so would a checkpoint's own classes
            **quantisation_options(bits, dtype),
        )
        model, found = loaded
        if found["missing_keys"]:
            # transformers initialises them randomly and only logs it.
            raise SafetensorError(f"weights missing: {len(found['missing_keys'])}")
        _keep_unpackable(model)
        compute_in(model, dtype)
        return (model if adapter is None else merged(model, adapter)).eval(), tokenizer
    except _UNREADABLE as error:
        raise ModelError(f"The language model {place} could not be loaded: {_reason(error)}") from error


def merged(model: Any, adapter: Path) -> Any:
    """The model with the LoRA adapter in a folder merged into its weights."""
    from peft import PeftModel

    return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()


def _keep_unpackable(model: Any) -> None:
    """Make 4-bit layers use bitsandbytes' general kernel if their sizes do not fit the packed one.

    On a CPU with AVX-512 BF16, bitsandbytes 0.50 repacks every 4-bit weight [out, in] at its first use, in blocks of
    `CPU_PACKED_ROWS` rows and of the quantisation's block size along a row. It fails, in the middle of a reply, for
    weights of other sizes.
    """
    for module in model.modules():
        state = getattr(getattr(module, "weight", None), "quant_state", None)
        if getattr(module, "support_avx512bf16_for_cpu", False) and state is not None:
            rows, columns = state.shape
            if rows % CPU_PACKED_ROWS or columns % state.blocksize:
                module.support_avx512bf16_for_cpu = False


def _origin(place: str) -> dict[str, Any]:
    """The arguments that tell transformers where a checkpoint is."""
    if not place.lower().endswith(".gguf"):
        return {"pretrained_model_name_or_path": place}
    if find_spec("gguf") is None:
        raise ModelError(
            "Reading a GGUF file needs the package gguf, which is not installed: run `python -m pip install gguf`."
        )
    try:
        with open(place, "rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(f"The GGUF file {place} cannot be read: {error.strerror or error}.") from error
    if magic != b"GGUF":
        raise ModelError(f"{place} is not a GGUF file in spite of its name: download it again, or name another one.")
    return {"pretrained_model_name_or_path": str(Path(place).parent), "gguf_file": Path(place).name}


def _reason(error: BaseException) -> str:
    """Why a checkpoint could not be loaded and what to do about it, as whole sentences."""
    line = next((part.strip() for part in str(error).splitlines() if part.strip()), type(error).__name__)
    sentence = line if line.endswith((".", "!", "?")) else f"{line}."
    if is_out_of_memory(error):
        return (
            "there is not enough memory for it. Choose a smaller form, such as one with -4bits at the end of its name."
        )
    if "bitsandbytes" in str(error).lower() or _raised_in(error, "bitsandbytes"):
        return (
            f"its 4 or 8 bits need the package bitsandbytes, which is missing or does not fit this device ({sentence}) "
            "Run `python -m pip install -U bitsandbytes`, take a form without -4bits or -8bits, or let a server run it "
            "and give its address."
        )
    if any(sign in str(error) for sign in _UNKNOWN_KIND):
        return (
            f"it is of an unknown kind ({sentence}) Take a model that writes text, update the package "
            "transformers, or let a server run it and give its address."
        )
    if isinstance(error, StrictDataclassError):
        cause = str(error.__cause__ or error).strip().rstrip(".")
        return f"its configuration contradicts itself ({cause}). Fetch it again, or correct its config.json."
    if isinstance(error, (SafetensorError, struct.error)):
        return f"its files are damaged or incomplete ({sentence}) Fetch it again."
    if "ignore_mismatched_sizes" in str(error):
        return "its weights differ in size from its configuration, so its files are damaged. Fetch it again."
    return f"{sentence} Check its name or folder, the connection, and the free memory."


def _raised_in(error: BaseException, package: str) -> bool:
    """Whether `error` was raised in the code of `package`."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(f"/{package}/" in frame.filename.replace("\\", "/") for frame in frames[-2:])
