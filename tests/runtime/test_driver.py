"""What is said of cards that this torch cannot use, on machines that are described by what their tools print."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from typing import Any

import pytest
from packaging.requirements import Requirement

from lib_omost.runtime.driver import Build, Machine, find_cards, has_code, read_build, unused_card

CPU = Build("2.13.0")
CUDA_13 = Build("2.13.0", cuda="13.0")
TURING = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120", "compute_120")
INSTALL = "python -m pip install torch==2.13.0+{0} --index-url https://download.pytorch.org/whl/{0}"


class Fake(Machine):
    """A machine of a platform whose commands print and whose files hold what is given."""

    def __init__(
        self, platform: str = "linux", smi: str = "", reg: str = "", files: dict[str, str] | None = None
    ) -> None:
        self.platform = platform
        self._smi, self._reg, self._files = smi, reg, files or {}

    def output(self, *command: str) -> str:
        if command[0] == "reg":
            return self._reg
        fields = command[1].count(",") + 1 if command[0] == "nvidia-smi" else 0
        lines = self._smi.splitlines()
        if fields == 3 and lines and lines[0].count(",") == 1:
            return 'Field "compute_cap" is not a valid field to query.\n\n'
        return self._smi

    def texts(self, pattern: str) -> dict[str, str]:
        return {path: text for path, text in self._files.items() if fnmatch(path, f"/{pattern}")}

    def hidden(self) -> bool:
        return False


def bus(vendor: str, kind: str = "0x030000", address: str = "0000:01:00.0", **more: str) -> dict[str, str]:
    device = f"/sys/bus/pci/devices/{address}"
    return {f"{device}/vendor": vendor, f"{device}/class": kind, **{f"{device}/{name}": more[name] for name in more}}


def adapters(*names: str) -> str:
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
    lines = [f"{key}\\{number:04}\n    DriverDesc    REG_SZ    {name}\n" for number, name in enumerate(names)]
    return "\n".join(["", *lines, f"End of search: {len(names)} match(es) found."])


@pytest.mark.parametrize(
    ("machine", "build", "said", "index"),
    [
        # Windows, as the README's command installs torch there.
        (Fake("win32", "NVIDIA GeForce RTX 3060, 591.44, 8.6\n"), CPU, "a build without CUDA", "cu130"),
        (Fake("win32", "NVIDIA GeForce RTX 3060, 560.94, 8.6\n"), CPU, "a build without CUDA", "cu126"),
        (Fake("win32", "NVIDIA GeForce RTX 3060, 526.47, 8.6\n"), CPU, "update NVIDIA's driver to 528 or later", None),
        (Fake("win32", reg=adapters("NVIDIA GeForce GTX 1660")), CPU, "NVIDIA's driver does not respond", "cu130"),
        # Linux with a driver before the one of CUDA 13.
        (Fake(smi="NVIDIA A100-SXM4-80GB, 535.216.03, 8.0\n"), CUDA_13, "driver 535 is too old for a torch", "cu126"),
        (Fake(smi="NVIDIA GeForce RTX 5090, 570.86.15, 12.0\n"), CUDA_13, "update NVIDIA's driver to 580 or", None),
        (Fake(smi="Tesla V100-PCIE-16GB, 550.54.15, 7.0\n"), CUDA_13, "CUDA 13.0 has no code", "cu126"),
        (Fake(smi="GeForce GTX 1080, 470.256.02\n"), CUDA_13, "update NVIDIA's driver to 525 or later", None),
        (Fake(smi="Tesla K80, 470.256.02, 3.7\n"), CUDA_13, "too old for torch 2.13.0", None),
        # A card that no driver answers for: only the bus shows it.
        (Fake(files=bus("0x10de")), CUDA_13, "NVIDIA's driver does not respond", None),
        (
            Fake(smi="NVIDIA-SMI has failed because it couldn't communicate with the driver.\n",
                 files=bus("0x10de", "0x030200")),
            CUDA_13, "NVIDIA's driver does not respond", None,
        ),
        (Fake(smi="NVIDIA GeForce RTX 4090, 580.95.05, 8.9\n"), CUDA_13, "cannot open it", None),
        # AMD and Intel.
        (Fake(files=bus("0x1002", mem_info_vram_total=str(16 * 2**30))), CUDA_13, "a build without ROCm", "rocm7.2"),
        (
            Fake(files=bus("0x1002", "0x120000", mem_info_vram_total=str(192 * 2**30))),
            Build("2.13.0", hip="7.2"), "usermod -aG render,video", None,
        ),
        (Fake("win32", reg=adapters("AMD Radeon RX 7900 XTX")), CPU, "no build on Windows", None),
        (Fake(files=bus("0x8086", address="0000:03:00.0")), CUDA_13, "a build without XPU", "xpu"),
        (Fake("win32", reg=adapters("Intel(R) Arc(TM) A770 Graphics")), CPU, "a build without XPU", "xpu"),
        (Fake("win32", reg=adapters("Intel(R) Arc(TM) A770")), Build("2.13.0", xpu=True), "Intel's driver", None),
    ],
)  # fmt: skip
def test_a_card_that_is_not_used_is_named_with_what_to_do(
    machine: Fake, build: Build, said: str, index: str | None
) -> None:
    sentence = unused_card(machine, build)
    assert sentence.startswith(("This machine has a ", "This machine has an "))
    assert said in sentence
    assert (INSTALL.format(index) in sentence) if index else ("pip install" not in sentence)


@pytest.mark.parametrize(
    ("capability", "index"), [((6, 1), "cu126"), ((7, 0), "cu126"), ((5, 2), "cu126"), ((7, 5), None), ((8, 9), None)]
)
def test_a_card_from_before_the_builds_code_needs_another_build(capability: tuple[int, int], index: str | None) -> None:
    found = Build("2.13.0", "13.0", found=frozenset({"cuda"}), architectures=TURING, capability=capability)
    sentence = unused_card(Fake(smi="Quadro P4000, 580.95.05, {}.{}\n".format(*capability)), found)
    assert has_code(found) == (index is None)
    if index is None:
        assert sentence == "", "it is used"
    else:
        assert "a torch built for CUDA 13.0 has no code" in sentence
        assert INSTALL.format(index) in sentence


@pytest.mark.parametrize(
    "machine",
    [
        Fake(),
        Fake("darwin", files=bus("0x1002", mem_info_vram_total=str(8 * 2**30))),
        Fake("win32", reg=adapters("Intel(R) UHD Graphics 770", "Microsoft Remote Display Adapter")),
        Fake("win32", reg=adapters("AMD Radeon(TM) Graphics")),
        Fake(files=bus("0x1002", mem_info_vram_total=str(2**29))),
        Fake(files=bus("0x8086", address="0000:00:02.0")),
        Fake(files=bus("0x10de", "0x040300")),  # the sound device of a card that is switched off
        Fake(smi="No devices were found\n"),
    ],
)
def test_a_machine_without_a_card_gets_no_message(machine: Fake) -> None:
    assert unused_card(machine, CPU) == ""


def test_nvidia_is_reported_first_and_once() -> None:
    machine = Fake(
        "win32",
        "NVIDIA GeForce RTX 3060, 591.44, 8.6\n",
        adapters("AMD Radeon RX 580", "NVIDIA GeForce RTX 3060", "Intel(R) Arc(TM) Pro"),
    )
    assert [(card.vendor, card.driver) for card in find_cards(machine)] == [
        ("NVIDIA", 591), ("AMD", None), ("Intel", None)
    ]  # fmt: skip


def test_a_card_that_the_user_hides_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "output", lambda *_: "NVIDIA GeForce RTX 3060, 591.44, 8.6\n")
    monkeypatch.setattr(Machine, "platform", "linux")
    for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"):
        monkeypatch.delenv(name, raising=False)
    assert "RTX 3060" in unused_card(build=CPU)
    monkeypatch.setitem(os.environ, "CUDA_VISIBLE_DEVICES", "")
    assert unused_card(build=CPU) == ""


def test_another_build_of_the_same_version_is_not_taken_for_the_one_that_is_named() -> None:
    wanted = Requirement("torch==2.13.0+cu126")
    assert wanted.specifier.contains("2.13.0+cu126")
    assert not any(wanted.specifier.contains(installed) for installed in ("2.13.0", "2.13.0+cpu", "2.13.0+cu130"))
    assert Requirement("torch==2.13.0").specifier.contains("2.13.0+cu126"), "requirements.txt is content with it"


def test_this_torch_says_what_it_was_built_for() -> None:
    import torch

    build = read_build()
    assert build.version == torch.__version__.split("+")[0]
    assert build.cuda == torch.version.cuda
    assert ("cuda" in build.found) == torch.cuda.is_available()


def test_the_systems_tools_are_asked_for_real() -> None:
    machine = Machine()
    assert machine.output("no-such-command") == ""
    texts: dict[str, Any] = machine.texts("proc/version")
    assert all(texts.values())
    assert isinstance(unused_card(), str)
