from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from lib_omost.errors import ModelError, SettingsError
from lib_omost.runtime import device
from lib_omost.runtime.device import (
    backend,
    choose_device,
    compute_dtype,
    cpu_prefers_bfloat16,
    free_memory,
    is_out_of_memory,
    keep_from_spilling,
    limit_memory,
)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What torch finds on a machine, to be set: a set of device names."""
    found = SimpleNamespace(
        devices=set(), architectures=["sm_75", "sm_80", "compute_120"], capability=(8, 6), advice=""
    )
    monkeypatch.setattr(device, "_may_have_accelerator", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in found.devices)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in found.devices)
    monkeypatch.setattr(torch.xpu, "is_available", lambda: "xpu" in found.devices)
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: found.architectures)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: found.capability)
    monkeypatch.setattr(device, "unused_card", lambda: found.advice)
    return found


@pytest.mark.parametrize(
    ("devices", "chosen"), [(set(), "cpu"), ({"mps"}, "mps"), ({"xpu"}, "xpu"), ({"cuda", "xpu"}, "cuda")]
)
def test_the_best_device_is_picked(machine: SimpleNamespace, devices: set[str], chosen: str) -> None:
    machine.devices = devices
    assert choose_device(None) == chosen
    assert choose_device("cpu") == "cpu"


def test_a_card_that_this_torch_holds_no_code_for_is_left_alone(machine: SimpleNamespace) -> None:
    machine.devices, machine.capability = {"cuda"}, (6, 1)
    machine.advice = "This machine has a GeForce GTX 1080."
    assert choose_device(None) == "cpu"
    with pytest.raises(SettingsError, match=r"has a GeForce GTX 1080\. Or start without --device"):
        choose_device("cuda")


def test_an_absent_device_is_reported_with_what_to_do(
    machine: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.devices = {"xpu"}
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(SettingsError, match="a build without CUDA and ROCm, so install one"):
        choose_device("cuda")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    with pytest.raises(SettingsError, match="update the card's driver until nvidia-smi"):
        choose_device("cuda")
    with pytest.raises(SettingsError, match="a Mac with an Apple processor"):
        choose_device("mps")


def test_an_amd_card_is_torchs_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "hip", None)
    assert [backend(name) for name in ("cuda", "cuda:1", "mps", "xpu", "cpu")] == [
        "CUDA", "CUDA", "Apple MPS", "Intel XPU", "CPU",
    ]  # fmt: skip
    monkeypatch.setattr(torch.version, "hip", "6.4")
    assert backend("cuda") == "ROCm"


def test_free_memory_is_asked_of_each_back_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert free_memory("cpu") is None
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (7_000, 8_000))
    assert free_memory("cuda") == 7_000
    monkeypatch.setattr(torch.xpu, "mem_get_info", lambda: (9_000, 16_000))
    assert free_memory("xpu") == 9_000
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 12_000)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 2_000)
    assert free_memory("mps") == 10_000


def test_on_windows_the_process_is_bound_to_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[float] = []
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (6_000, 8_000))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", bounds.append)
    monkeypatch.setattr(device.sys, "platform", "linux")
    keep_from_spilling("cuda")
    assert bounds == [], "there the driver says that memory ran out"
    monkeypatch.setattr(device.sys, "platform", "win32")
    keep_from_spilling("cpu")
    assert bounds == []
    keep_from_spilling("cuda")
    assert bounds == [0.75]
    limit_memory("cuda", 9_000)
    assert bounds == [0.75, 1.0]


def test_the_precision_is_one_that_the_device_computes_natively(monkeypatch: pytest.MonkeyPatch) -> None:
    for native in (True, False):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True, native=native: native)
        monkeypatch.setenv("OMOST_CPU_BFLOAT16", "on" if native else "off")
        assert compute_dtype("cuda", "bfloat16") == (torch.bfloat16 if native else torch.float16)
        assert compute_dtype("cuda", "float16") == torch.float16
        assert compute_dtype("cpu", "bfloat16") == (torch.bfloat16 if native else torch.float32)
        assert compute_dtype("cpu", "float16") == torch.float32
    assert compute_dtype("mps", "bfloat16") == torch.float16
    assert compute_dtype("xpu", "bfloat16") == torch.bfloat16


@pytest.mark.parametrize(
    ("found", "preferred"),
    [({}, False), ({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"bf16": True, "neon": True}, False)],
    ids=["AVX2", "AVX-512 BF16", "AMX", "64-bit Arm"],
)
def test_the_cpu_itself_says_whether_it_computes_in_bfloat16(
    found: dict[str, bool], preferred: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMOST_CPU_BFLOAT16", raising=False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found)
    assert cpu_prefers_bfloat16() is preferred
    for said, expected in (("on", True), ("off", False), (" ON ", True)):
        monkeypatch.setenv("OMOST_CPU_BFLOAT16", said)
        assert cpu_prefers_bfloat16() is expected
    monkeypatch.setenv("OMOST_CPU_BFLOAT16", "yes")
    with pytest.raises(SettingsError, match="OMOST_CPU_BFLOAT16 must be on or off"):
        cpu_prefers_bfloat16()


def test_running_out_of_memory_is_known_in_the_words_of_every_back_end() -> None:
    for error in (
        torch.OutOfMemoryError("CUDA out of memory."),
        MemoryError(),
        RuntimeError("MPS backend out of memory (MPS allocated: 5.00 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"),
        RuntimeError("Invalid buffer size: 9.00 GiB"),
        RuntimeError("HIP error: out of memory"),
        RuntimeError("Native API failed. Native API returns: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)"),
    ):
        assert is_out_of_memory(error)
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50)
    assert is_out_of_memory(caught.value), "the real one of the CPU"
    assert not is_out_of_memory(RuntimeError("shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))
    said = ModelError("It does not fit.")
    said.__cause__ = MemoryError()
    assert is_out_of_memory(said), "our own sentence about one"
    assert not is_out_of_memory(ModelError("out of memory"))
