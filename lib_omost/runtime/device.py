"""Devices: which one to use, its precision, its free memory. torch is imported when it is needed.

AMD cards also have the name "cuda", because torch's ROCm builds reuse the CUDA interface.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import OmostError, SettingsError
from .driver import has_code, read_build, unused_card

if TYPE_CHECKING:
    import torch

DEVICES = ("cuda", "mps", "xpu", "cpu")
Half = Literal["bfloat16", "float16"]
CPU_BFLOAT16 = "OMOST_CPU_BFLOAT16"
"""Environment variable that forces or forbids bfloat16 on the CPU."""

_OUT_OF_MEMORY = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cublas_status_alloc_failed",
    # cuBLAS and cuDNN bypass torch's allocator for their workspaces and report a failure in these ways.
    "cublas_status_not_initialized",
    "cudnn_status_alloc_failed",
    "cudnn_status_internal_error",
    "unable to find an engine",
    "hipblas_status_alloc_failed",
    "rocblas_status_memory_error",
    "miopenstatusallocfailed",
    "invalid buffer size",  # MPS, for a single tensor that is larger than Metal allows
    "ur_result_error_out_of",  # Intel's runtime: device memory, host memory or resources
)
"""Parts of the messages of RuntimeErrors that mean out of memory, in lower case."""


def choose_device(requested: str | None) -> str:
    """The device to run on: `requested`, or if None the best device of this machine that the installed torch can use.

    Raises SettingsError if `requested` is unknown or absent, or if the installed torch has no code for it.
    """
    if requested == "cpu" or (requested is None and not _may_have_accelerator()):
        return "cpu"
    if requested is not None and requested not in DEVICES:
        raise SettingsError(f"There is no device called {requested!r}: use one of {', '.join(DEVICES)}.")
    import torch

    available = {
        "cuda": torch.cuda.is_available() and has_code(read_build()),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
        "cpu": True,
    }
    if requested is None:
        return next(device for device in DEVICES if available[device])
    if not available[requested]:
        why = unused_card() if requested in ("cuda", "xpu") else ""
        if why:
            raise SettingsError(f"{why} Or start without --device to run on what there is.")
        raise SettingsError(
            f"torch {torch.__version__} finds no {requested} device on this machine: {_why_absent(requested)}, "
            "or start without --device to run on what there is."
        )
    return requested


def backend(device: str) -> str:
    """The usual name of the backend of `device`: CUDA, ROCm, Apple MPS, Intel XPU or CPU."""
    if device.startswith("cuda"):
        import torch

        return "ROCm" if torch.version.hip else "CUDA"
    return {"mps": "Apple MPS", "xpu": "Intel XPU", "cpu": "CPU"}[device.split(":")[0]]


def free_memory(device: str) -> int | None:
    """Free bytes of the accelerator's memory; None for the CPU."""
    kind = device.split(":")[0]
    if kind == "cpu":
        return None
    import torch

    if kind == "mps":
        # CPU and GPU share the memory; torch uses at most what the system recommends.
        return max(0, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return int(torch.get_device_module(kind).mem_get_info()[0])


def free_host_memory() -> int:
    """Bytes of main memory that are available without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def limit_memory(device: str, limit: int) -> None:
    """Limit this process to `limit` bytes of the accelerator's memory; further allocations fail as if it were full."""
    import torch

    kind = device.split(":")[0]
    if kind == "mps":
        torch.mps.set_per_process_memory_fraction(min(1.0, limit / torch.mps.recommended_max_memory()))
    elif kind != "cpu":
        module = torch.get_device_module(kind)
        module.set_per_process_memory_fraction(min(1.0, limit / module.mem_get_info()[1]))


def keep_from_spilling(device: str) -> None:
    """On Windows, limit this process to the free memory of the card.

    Otherwise the driver silently moves further allocations to main memory, at a small fraction of the speed.
    """
    if sys.platform == "win32" and device.startswith("cuda"):
        limit_memory(device, free_memory(device) or 0)


def peak_memory(device: str) -> int | None:
    """The largest number of bytes of the accelerator's memory that torch has held since the start; None if the device
    does not count them."""
    kind = device.split(":")[0]
    if kind in ("cpu", "mps"):
        return None
    import torch

    return int(torch.get_device_module(kind).max_memory_allocated())


def compute_dtype(device: str | torch.device, half: Half) -> torch.dtype:
    """The precision to compute in: `half` if the device supports it natively, else the other half precision.

    On a CPU: bfloat16 if `half` is bfloat16 and `cpu_prefers_bfloat16` agrees, else float32, because emulated half
    precision is several times slower.
    """
    import torch

    kind = torch.device(device).type
    if kind == "cpu":
        return torch.bfloat16 if half == "bfloat16" and cpu_prefers_bfloat16() else torch.float32
    return torch.bfloat16 if half == "bfloat16" and has_bfloat16(kind) else torch.float16


def has_bfloat16(device: str | torch.device) -> bool:
    """Whether the device computes in bfloat16 natively."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return cpu_prefers_bfloat16() if kind == "cpu" else kind == "xpu"


def cpu_prefers_bfloat16() -> bool:
    """Whether large models compute in bfloat16 on this machine's CPU.

    The environment variable `OMOST_CPU_BFLOAT16` may be `on` or `off`; any other value raises SettingsError. If it is
    unset, the CPU must have instructions for bfloat16 (AVX-512 BF16 or AMX). On 64-bit Arm the answer is no, because
    bfloat16 was not measured there.
    """
    value = os.environ.get(CPU_BFLOAT16, "").strip().lower()
    if value in ("on", "off"):
        return value == "on"
    if value:
        raise SettingsError(f"{CPU_BFLOAT16} must be on or off, but it is {value!r}.")
    import torch

    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` means that memory ran out, in any backend, or is an OmostError that was caused by such an
    error."""
    import torch

    if isinstance(error, OmostError):
        return error.__cause__ is not None and is_out_of_memory(error.__cause__)
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    # MPS, the CPU's allocator and the vendors' libraries raise plain RuntimeErrors.
    message = str(error).lower()
    return isinstance(error, RuntimeError) and any(part in message for part in _OUT_OF_MEMORY)


def send(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A copy of a CPU tensor on `device`; on CUDA without waiting for queued work.

    CUDA has finished reading unpinned memory when the call returns, so the tensor may be freed at once. Other backends
    do not guarantee that.
    """
    return tensor.to(device, non_blocking=device.type == "cuda")


def release(device: str | torch.device) -> None:
    """Return the accelerator's cached memory to the system."""
    import torch

    kind = torch.device(device).type
    if kind != "cpu":
        torch.get_device_module(kind).empty_cache()


def _why_absent(device: str) -> str:
    import torch

    if device == "mps":
        return "it takes a Mac with an Apple processor and macOS 14 or later"
    if device == "xpu":
        return "install Intel's driver and the XPU build of torch from https://pytorch.org/get-started"
    if torch.version.cuda is None and torch.version.hip is None:
        return "it is a build without CUDA and ROCm, so install one that has it from https://pytorch.org/get-started"
    return "update the card's driver until nvidia-smi (rocm-smi for an AMD card) lists the card"


def _may_have_accelerator() -> bool:
    """Whether the system shows any sign of an accelerator; cheap, without torch."""
    if sys.platform != "linux" or shutil.which("nvidia-smi") is not None:
        return True
    return any(Path(node).exists() for node in ("/dev/nvidia0", "/dev/kfd", "/dev/dxg", "/dev/dri"))
