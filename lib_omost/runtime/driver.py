"""Advice about graphics cards that the installed torch cannot use: why, and the command that fixes it.

`Machine` queries the system for its cards, `Build` describes the installed torch, and the pure function `advice`
compares the two. torch is imported only if the machine has a card.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Vendor = Literal["NVIDIA", "AMD", "Intel"]

INDEX = "https://download.pytorch.org/whl"
CUDA_13_DRIVER = 580
"""The oldest driver for CUDA 13 builds; those for CUDA 12 run on 525 and later (528 on Windows)."""
CUDA_12_DRIVER = {"win32": 528}
CUDA_13_CAPABILITY = (7, 5)
CUDA_12_CAPABILITIES = (5, 0), (9, 0)
"""The compute capabilities of PyTorch's builds: CUDA 13 from Turing on, CUDA 12.6 from Maxwell to Hopper."""
ROCM = "rocm7.2"
LEAST_VIDEO_MEMORY = 4 * 2**30
"""An AMD device with less dedicated memory in bytes is an integrated GPU, which runs none of the large models."""

_ADAPTERS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
"""Registry key of the display adapters."""
_VENDORS: dict[str, Vendor] = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
_INTEGRATED = "0000:00:02.0"
"""PCI address of the integrated GPU of an Intel processor."""


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card as the system reports it; driver (major version) and compute capability are None if unknown."""

    vendor: Vendor
    name: str
    driver: int | None = None
    capability: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Build:
    """What the installed torch was built for, and the devices that it finds.

    cuda: such as "13.0", None for a build without CUDA; hip likewise. xpu: whether Intel cards are supported. found:
    torch's names of the available devices. architectures: of its CUDA code, `torch.cuda.get_arch_list()`. capability:
    that of the available CUDA device.
    """

    version: str
    cuda: str | None = None
    hip: str | None = None
    xpu: bool = False
    found: frozenset[str] = frozenset()
    architectures: tuple[str, ...] = ()
    capability: tuple[int, int] | None = None


class Machine:
    """Queries of the operating system."""

    platform = sys.platform

    def output(self, *command: str) -> str:
        """The output of a command, even if it fails; "" if it is missing or does not end."""
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.SubprocessError):
            return ""
        return done.stdout

    def texts(self, pattern: str) -> dict[str, str]:
        """The contents of the files that match a pattern below /, by path."""
        found = {}
        for path in Path("/").glob(pattern):
            try:
                found[str(path)] = path.read_text(encoding="utf-8", errors="replace").strip()
            except OSError:
                continue
        return found

    def hidden(self) -> bool:
        """Whether the user hides the cards from torch."""
        names = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK")
        return any(os.environ.get(name) in ("", "-1") for name in names)


def unused_card(machine: Machine | None = None, build: Build | None = None) -> str:
    """Advice about a card of this machine that torch cannot use; "" if there is none."""
    machine = machine or Machine()
    if machine.platform == "darwin" or machine.hidden():
        return ""
    cards = list(find_cards(machine))
    return advice(cards, build or read_build(), machine.platform) if cards else ""


def find_cards(machine: Machine) -> Iterator[Card]:
    """The machine's graphics cards, NVIDIA's first, without integrated GPUs."""
    listed = machine.output("nvidia-smi", "--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader")
    if not re.search(r", *\d+\.\d+ *$", listed, re.M):
        # Drivers before 510 do not have the last field.
        listed = machine.output("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
    nvidia = list(re.finditer(r"^(.+?), *(\d+)[.\d]*(?:, *(\d+)\.(\d+))? *$", listed, re.M))
    for line in nvidia:
        name, driver, major, minor = line.groups()
        yield Card("NVIDIA", name, int(driver), (int(major), int(minor)) if major else None)
    others = _from_registry(machine) if machine.platform == "win32" else _from_pci(machine)
    remaining = [card for card in others if card.vendor != "NVIDIA" or not nvidia]
    yield from sorted(remaining, key=lambda card: ("NVIDIA", "AMD", "Intel").index(card.vendor))


def read_build() -> Build:
    """Describe the installed torch."""
    import torch

    available = {"cuda": torch.cuda.is_available(), "xpu": torch.xpu.is_available()}
    nvidia = available["cuda"] and torch.version.hip is None
    return Build(
        version=torch.__version__.partition("+")[0],
        cuda=torch.version.cuda,
        hip=torch.version.hip,
        xpu=torch.xpu._is_compiled(),
        found=frozenset(name for name, is_available in available.items() if is_available),
        architectures=tuple(torch.cuda.get_arch_list()) if nvidia else (),
        capability=torch.cuda.get_device_capability() if nvidia else None,
    )


def advice(cards: Sequence[Card], build: Build, platform: str) -> str:
    """Why torch cannot use the first of the cards, and what to do about it; "" if it can use one."""
    if "xpu" in build.found or ("cuda" in build.found and has_code(build)):
        return ""
    card = cards[0]
    if card.vendor == "NVIDIA":
        return _nvidia(card, build, platform)
    here = f"This machine has {_article(card.name)} {card.name}"
    if card.vendor == "AMD":
        if platform == "win32":
            return (
                f"{here}, for which PyTorch has no build on Windows: install torch as AMD's guide for Windows says, "
                "run the program under Linux, or let a server run the models."
            )
        if build.hip is None:
            return f"{here}, but torch {build.version} is a build without ROCm. {_install(build, ROCM)}"
        return (
            f"{here}, but ROCm does not find it: install AMD's driver, give this user access with "
            "`sudo usermod -aG render,video $USER`, then log in again."
        )
    if not build.xpu:
        return f"{here}, but torch {build.version} is a build without XPU. {_install(build, 'xpu')}"
    return f"{here}, but its driver does not respond: install Intel's driver for it, then restart."


def has_code(build: Build) -> bool:
    """Whether the build has code for the CUDA device: binary code of the same major capability and at most the same
    minor one, or PTX of at most its capability."""
    if build.capability is None or not build.architectures:
        return True
    for architecture in build.architectures:
        found = re.fullmatch(r"(sm|compute)_(\d+)(\d)", architecture)
        if found is None:
            continue
        target = int(found[2]), int(found[3])
        if target <= build.capability and (found[1] == "compute" or target[0] == build.capability[0]):
            return True
    return False


def _nvidia(card: Card, build: Build, platform: str) -> str:
    here = f"This machine has {_article(card.name)} {card.name}"
    capability = build.capability or card.capability
    if capability is not None and capability < CUDA_12_CAPABILITIES[0]:
        return f"{here}, which is too old for torch {build.version}: let a server run the large models."
    if card.driver is None:
        then = f" {_install(build, 'cu130')}" if build.cuda is None else ""
        return (
            f"{here}, but NVIDIA's driver does not respond: install the driver {CUDA_13_DRIVER} or later and restart, "
            f"or give this container access to the card.{then}"
        )
    index = _cuda_index(card.driver, capability, platform)
    if index is None:
        least = CUDA_13_DRIVER if _newer(capability) else CUDA_12_DRIVER.get(platform, 525)
        return f"{here}, but its driver {card.driver} is too old: update NVIDIA's driver to {least} or later."
    if build.cuda is None:
        return f"{here}, but torch {build.version} is a build without CUDA. {_install(build, index)}"
    before = build.cuda.startswith("13.") and capability is not None and capability < CUDA_13_CAPABILITY
    if before or not has_code(replace(build, capability=capability)):
        return f"{here}, for which a torch built for CUDA {build.cuda} has no code. {_install(build, index)}"
    if build.cuda.startswith("13.") and card.driver < CUDA_13_DRIVER:
        return (
            f"{here}, but its driver {card.driver} is too old for a torch built for CUDA {build.cuda}: update the "
            f"driver to {CUDA_13_DRIVER} or later, or take another build. {_install(build, index)}"
        )
    return (
        f"{here}, but torch {build.version} cannot open it: restart the machine, and see what "
        '`python -c "import torch; torch.cuda.init()"` says.'
    )


def _cuda_index(driver: int, capability: tuple[int, int] | None, platform: str) -> str | None:
    """The name of the PyTorch index whose build runs on such a card with its driver; None if there is none."""
    if driver >= CUDA_13_DRIVER and (capability is None or capability >= CUDA_13_CAPABILITY):
        return "cu130"
    return None if _newer(capability) or driver < CUDA_12_DRIVER.get(platform, 525) else "cu126"


def _newer(capability: tuple[int, int] | None) -> bool:
    return capability is not None and capability > CUDA_12_CAPABILITIES[1]


def _install(build: Build, index: str) -> str:
    # With the suffix pip replaces another build of the same version, which it would otherwise keep.
    return f"To use it: `python -m pip install torch=={build.version}+{index} --index-url {INDEX}/{index}`"


def _from_pci(machine: Machine) -> Iterator[Card]:
    """Linux: the graphics cards on the PCI bus."""
    vendors = machine.texts("sys/bus/pci/devices/*/vendor")
    classes = machine.texts("sys/bus/pci/devices/*/class")
    memory = machine.texts("sys/bus/pci/devices/*/mem_info_vram_total")
    for path, number in vendors.items():
        device = path.removesuffix("/vendor")
        vendor = _VENDORS.get(number)
        # 0x03 is a display controller, 0x12 an accelerator without an output.
        if vendor is None or classes.get(f"{device}/class", "")[:4] not in ("0x03", "0x12"):
            continue
        if vendor == "AMD" and int(memory.get(f"{device}/mem_info_vram_total", 0)) < LEAST_VIDEO_MEMORY:
            continue
        if vendor == "Intel" and device.endswith(_INTEGRATED):
            continue
        yield Card(vendor, {"NVIDIA": "NVIDIA card", "AMD": "AMD Radeon card", "Intel": "Intel Arc card"}[vendor])


def _from_registry(machine: Machine) -> Iterator[Card]:
    """Windows: the graphics cards in the registry."""
    listed = machine.output("reg", "query", _ADAPTERS, "/s", "/v", "DriverDesc")
    for name in dict.fromkeys(re.findall(r"DriverDesc\s+REG_SZ\s+(.+?)\s*$", listed, re.M)):
        if "NVIDIA" in name:
            yield Card("NVIDIA", name)
        elif re.search(r"Radeon.* (RX|PRO|Pro|AI)\b", name):
            yield Card("AMD", name)
        elif re.search(r"\bArc\b", name):
            yield Card("Intel", name)


def _article(name: str) -> str:
    return "an" if name.startswith(("NVIDIA", "AMD", "Intel")) else "a"
