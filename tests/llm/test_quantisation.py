"""Weights of 4 and 8 bits: where they lie, what they compute in, what they say."""

from __future__ import annotations

import gc
import logging
import threading
from pathlib import Path

import pytest
import torch
from bitsandbytes.nn import Linear4bit
from transformers import BitsAndBytesConfig, LlamaForCausalLM

from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from lib_omost.runtime.residence import Residence
from tests.llm.pretend import Pretended
from tests.llm.tiny import llama, tokenizer

ASK = [Message("user", "a lake")]


@pytest.fixture(autouse=True)
def no_device_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pretended device's copies are complete when they return."""
    if not torch.cuda.is_available():
        monkeypatch.setattr("lib_omost.runtime.residence._synchronize", lambda device: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("llama")
    llama().save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def load(folder: Path, bits: int | None, device: str = "cpu", dtype: torch.dtype | None = None) -> LocalChatModel:
    return LocalChatModel.load(folder, family="chatml", device=device, bits=bits, dtype=dtype)


def say(model: LocalChatModel, tokens: int = 12) -> str:
    settings = Sampling(max_new_tokens=tokens, seed=3)
    return "".join(model.stream(ASK, settings, grammar=False, stop=threading.Event()))


def layers(model: LocalChatModel, kind: type) -> list[torch.nn.Module]:
    return [layer for layer in model._engine.model.modules() if isinstance(layer, kind)]


@pytest.mark.parametrize("bits", [4, 8])
def test_moves_leave_nothing_behind(bits: int, folder: Path) -> None:
    model = load(folder, bits, dtype=torch.float32)
    used: set[int] = set()
    with Pretended("cuda") as card:
        for _ in range(4):
            model.to("cuda")
            say_one_pass(model)
            model.forget()
            gc.collect()
            used.add(card.bytes())
            model.to("cpu")
            gc.collect()
            assert card.bytes() == 0
    assert len(used) == 1, "no move takes more than the one before"
    weights = sum(weight.nbytes for weight in model._engine.model.parameters())
    assert weights <= used.pop() < 1.1 * weights


def say_one_pass(model: LocalChatModel) -> None:
    """In this thread, since the device is pretended in this one only."""
    assert model._engine.feed([20, 21, 22], (), lambda: False) is not None


@pytest.mark.parametrize("bits", [4, 8])
def test_a_move_changes_no_reply(bits: int, folder: Path) -> None:
    model = load(folder, bits, dtype=torch.float32)
    first = say(model)
    with Pretended("cuda"):
        model.to("cuda")
        model.to("cpu")
    assert say(model) == first


def test_a_move_that_fails_on_its_way_leaves_a_model_that_can_move_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(folder, 8, dtype=torch.float32)
    first = say(model)
    send, sent = Residence.send, []

    def failing(residence: Residence, tensor: torch.Tensor, device: object) -> torch.Tensor:
        if len(sent) == 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        sent.append(tensor)
        return send(residence, tensor, device)

    with Pretended("cuda") as card:
        monkeypatch.setattr(Residence, "send", failing)
        with pytest.raises(torch.OutOfMemoryError):
            model.to("cuda")
        assert card.bytes() > 0
        model.to("cpu")
        gc.collect()
        assert card.bytes() == 0
    assert say(model) == first


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_4_bits_compute_in_what_suits_the_device_whatever_was_published(dtype: torch.dtype, tmp_path: Path) -> None:
    llama().save_pretrained(tmp_path / "full")
    published = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.float32)
    quantised = LlamaForCausalLM.from_pretrained(
        tmp_path / "full", quantization_config=published, device_map={"": "cpu"}, dtype=torch.float32
    )
    quantised.save_pretrained(tmp_path / "four")
    tokenizer().save_pretrained(tmp_path / "four")
    model = load(tmp_path / "four", None, dtype=dtype)
    assert {layer.compute_dtype for layer in layers(model, Linear4bit)} == {dtype}
    assert model._engine.model.dtype == dtype
    seen = set()
    layer = layers(model, Linear4bit)[0]
    layer.register_forward_hook(lambda module, given, made: seen.add((given[0].dtype, module.compute_dtype)))
    say_one_pass(model)
    assert seen == {(dtype, dtype)}


def test_8_bits_are_loaded_in_float16_and_say_nothing(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = load(folder, 8)
    assert model._engine.model.dtype == torch.float16
    # The program silences the library for the whole process, so an earlier test may have done it here.
    caplog.set_level(logging.WARNING, logger="bitsandbytes")
    loggers = [logging.getLogger(name) for name in ("bitsandbytes", "bitsandbytes.autograd._functions")]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    try:
        assert say(model)
        assert [record.message for record in caplog.records] == []
        say_one_pass(load(folder, 8, dtype=torch.float32))
        assert "will be cast" in caplog.text, "the warning is there to be seen"
    finally:
        for logger in loggers:
            logger.removeHandler(caplog.handler)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("bits", [4, 8])
def test_ten_moves_on_a_card(bits: int, folder: Path) -> None:
    model = load(folder, bits, device="cuda")
    first, used = say(model), set()
    for _ in range(10):
        model.to("cpu")
        gc.collect()
        assert torch.cuda.memory_allocated() < 1 << 20
        model.to("cuda")
        used.add(torch.cuda.memory_allocated())
        assert say(model) == first
        model.forget()
    assert len(used) == 1
