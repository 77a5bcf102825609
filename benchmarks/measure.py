"""Time and memory of functions that are compared with one another."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

Work = Callable[[], object]

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


def interleaved(works: Mapping[str, Work], rounds: int = 7, *, device: str = "cpu") -> dict[str, float]:
    """Seconds of each function in its fastest round.

    They run alternately, so that other work on the machine affects all of them alike. On a CPU it is the CPU time of
    the process, because waiting for a core that others use is not part of the work. On an accelerator it is wall time
    until the device is done.
    """
    for work in works.values():
        work()
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(seconds(work, device))
    return {name: min(taken) for name, taken in found.items()}


def seconds(work: Work, device: str = "cpu") -> float:
    """Seconds of one function, measured as in `interleaved`."""
    clock, wait = (time.process_time, _nothing) if device == "cpu" else (time.perf_counter, _synchronize(device))
    wait()
    began = clock()
    work()
    wait()
    return clock() - began


def peak_bytes(work: Work, *, device: str = "cpu") -> int | None:
    """Peak memory growth of the process in bytes while `work` runs; None if the system does not report it.

    On Linux this is the kernel's high-water mark of resident memory, reset before, after freed memory was returned to
    the system, so that it includes what every library allocates. On CUDA it is the allocator's.
    """
    gc.collect()
    if device != "cpu":
        import torch

        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        work()
        torch.cuda.synchronize(device)
        return torch.cuda.max_memory_allocated(device) - before
    if not sys.platform.startswith("linux"):
        return None
    try:
        ctypes.CDLL(None).malloc_trim(0)
        CLEAR.write_text("5")
    except (OSError, AttributeError):
        return None
    before = _status("VmRSS")
    kept = work()  # the result counts too
    peak = _status("VmHWM")
    del kept
    return peak - before


def _status(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def _nothing() -> None:
    pass


def _synchronize(device: str) -> Callable[[], None]:
    import torch

    return lambda: torch.cuda.synchronize(device)
