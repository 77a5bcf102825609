"""The output of a benchmark: a table for people, and a last line of JSON for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("torch", "diffusers", "transformers", "bitsandbytes", "llguidance", "gradio")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown."""
    cells = [list(head), ["---"] * len(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        fill = "-" if row is cells[1] else " "
        print("| " + " | ".join(cell.ljust(width, fill) for cell, width in zip(row, widths, strict=True)) + " |")
    print(flush=True)


def finish(benchmark: str, device: str, ratios: dict[str, object]) -> None:
    """Print the last line: {"benchmark", "ratios", "device", "versions"}."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    rounded = {name: float(f"{value:.3g}") if isinstance(value, float) else value for name, value in ratios.items()}
    line = {"benchmark": benchmark, "ratios": rounded, "device": describe(device), "versions": versions}
    print(json.dumps(line), flush=True)


def describe(device: str) -> str:
    """A description of the device: the name of a card, or of the processor with the number of threads."""
    import torch

    kind = device.split(":")[0]
    if kind in ("cuda", "xpu"):
        module = torch.get_device_module(kind)
        return f"{module.get_device_name()}, {module.mem_get_info()[1] / 1e9:.1f} GB"
    if kind == "mps":
        return f"Apple MPS, {_processor()}"
    threads = torch.get_num_threads()
    return f"{_processor()}, {threads} thread{'s' if threads > 1 else ''}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
