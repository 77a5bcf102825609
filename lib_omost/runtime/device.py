"""The accelerator: which one, what precision it computes well in, how much memory it has left. torch loads at use.

AMD cards answer to torch's name "cuda" (the ROCm builds took over its interface), so that one name stands for both.
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
"""The environment variable that forces or denies bfloat16 on the CPU."""

_OUT_OF_MEMORY = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cublas_status_alloc_failed",
    # cuBLAS and cuDNN allocate their workspaces past torch's allocator and report what became of them instead.
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
"""What back ends say in a RuntimeError if memory ran out, in lower case."""


def choose_device(requested: str | None) -> str:
    """The device to run on: `requested` where it is there, else the best that this machine has and this torch can use.

    Raises SettingsError if `requested` is unknown or absent, or this torch holds no code for it.
    """
    if requested == "cpu" or (requested is None and not _sign_of_accelerator()):
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
    """What drives `device`, as its users call it: CUDA, ROCm, Apple MPS, Intel XPU or CPU."""
    if device.startswith("cuda"):
        import torch

        return "ROCm" if torch.version.hip else "CUDA"
    return {"mps": "Apple MPS", "xpu": "Intel XPU", "cpu": "CPU"}[device.split(":")[0]]


def free_memory(device: str) -> int | None:
    """Bytes of the accelerator's memory that are free, None on the CPU, where the system shares it out."""
    kind = device.split(":")[0]
    if kind == "cpu":
        return None
    import torch

    if kind == "mps":
        # One memory for both processors; torch takes up to what the system recommends.
        return max(0, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return int(torch.get_device_module(kind).mem_get_info()[0])


def free_host_memory() -> int:
    """Bytes of main memory that can be had without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def limit_memory(device: str, limit: int) -> None:
    """Let this process have at most `limit` bytes of the accelerator; beyond them allocations fail as on a full one."""
    import torch

    kind = device.split(":")[0]
    if kind == "mps":
        torch.mps.set_per_process_memory_fraction(min(1.0, limit / torch.mps.recommended_max_memory()))
    elif kind != "cpu":
        module = torch.get_device_module(kind)
        module.set_per_process_memory_fraction(min(1.0, limit / module.mem_get_info()[1]))


def keep_from_spilling(device: str) -> None:
    """On Windows, limit this process to what is free of the card.

    The driver there moves what is beyond into main memory, at a small fraction of the speed, and no error says so.
    """
    if sys.platform == "win32" and device.startswith("cuda"):
        limit_memory(device, free_memory(device) or 0)


def peak_memory(device: str) -> int | None:
    """Bytes of the accelerator that torch held at most since the start; None if the device does not count them."""
    kind = device.split(":")[0]
    if kind in ("cpu", "mps"):
        return None
    import torch

    return int(torch.get_device_module(kind).max_memory_allocated())


def compute_dtype(device: str | torch.device, half: Half) -> torch.dtype:
    """The precision to compute in: `half`, where the device has both kinds, else the one that it computes natively.

    On a CPU bfloat16 if `half` asks for it and the CPU is preferred to compute so (see `cpu_prefers_bfloat16`), else
    float32: without instructions for it, half precision is emulated and several times slower.
    """
    import torch

    kind = torch.device(device).type
    if kind == "cpu":
        return torch.bfloat16 if half == "bfloat16" and cpu_prefers_bfloat16() else torch.float32
    return torch.bfloat16 if half == "bfloat16" and has_bfloat16(kind) else torch.float16


def has_bfloat16(device: str | torch.device) -> bool:
    """Whether the device computes with bfloat16 natively."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return cpu_prefers_bfloat16() if kind == "cpu" else kind == "xpu"


def cpu_prefers_bfloat16() -> bool:
    """Whether large models compute in bfloat16 on this machine's CPU.

    The environment variable `OMOST_CPU_BFLOAT16` says `on` or `off` and raises SettingsError for anything else; unset,
    the CPU's own instructions decide (AVX-512 BF16 or AMX). On 64-bit Arm bfloat16 is unmeasured, so float32 is kept.
    """
    said = os.environ.get(CPU_BFLOAT16, "").strip().lower()
    if said in ("on", "off"):
        return said == "on"
    if said:
        raise SettingsError(f"{CPU_BFLOAT16} must be on or off, but it is {said!r}.")
    import torch

    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory ran out, in the words of any of the back ends, or an error of ours was raised
    from one that does."""
    import torch

    if isinstance(error, OmostError):
        return error.__cause__ is not None and is_out_of_memory(error.__cause__)
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    # MPS, the CPU's allocator and the vendors' libraries have no error class of their own.
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in said for sign in _OUT_OF_MEMORY)


def send(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A tensor of the CPU on `device`; on CUDA without waiting for the work that the device still has to do.

    CUDA has read memory that is not pinned when the call for the copy returns, so the tensor may be dropped at once;
    the other back ends do not promise that.
    """
    return tensor.to(device, non_blocking=device.type == "cuda")


def release(device: str | torch.device) -> None:
    """Give cached memory of the accelerator back to the system."""
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


def _sign_of_accelerator() -> bool:
    if sys.platform != "linux" or shutil.which("nvidia-smi") is not None:
        return True
    return any(Path(node).exists() for node in ("/dev/nvidia0", "/dev/kfd", "/dev/dxg", "/dev/dri"))
