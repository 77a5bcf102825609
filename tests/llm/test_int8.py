"""Weights in 8 bits: near the original, and the same for one row as for many."""

from __future__ import annotations

import threading
from pathlib import Path

import torch
from torch import nn

from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.int8 import Int8Linear, in_int8
from lib_omost.llm.local import LocalChatModel
from lib_omost.llm.lookup import CPU_INT8
from tests.llm.tiny import llama, tokenizer


def test_the_result_is_near_the_original() -> None:
    random = torch.Generator().manual_seed(0)
    linear = nn.Linear(576, 192, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.randn(192, 576, generator=random) * torch.rand(192, 1, generator=random))
    rows = torch.randn(2, 5, 576, generator=random)
    expected, found = linear(rows), Int8Linear(linear)(rows)
    assert found.shape == expected.shape
    assert found.dtype == torch.float32
    assert ((found - expected).norm() / expected.norm()) < 0.01


def test_a_row_is_the_same_alone_and_among_others() -> None:
    layer = Int8Linear(nn.Linear(576, 192, bias=False))
    rows = torch.randn(40, 576, generator=torch.Generator().manual_seed(1))
    together = layer(rows)
    for count in (1, 2, 3, 7, 17):
        assert torch.equal(layer(rows[:count]), together[:count])


def test_an_empty_row_of_weights_stays_empty() -> None:
    linear = nn.Linear(64, 32, bias=False)
    nn.init.zeros_(linear.weight)
    assert not Int8Linear(linear)(torch.ones(1, 64)).any()


def test_only_linear_layers_without_bias_are_replaced() -> None:
    model = in_int8(nn.Sequential(nn.Linear(64, 64), nn.Linear(64, 64, bias=False), nn.LayerNorm(64)))
    assert [type(module) for module in model] == [nn.Linear, Int8Linear, nn.LayerNorm]


def test_a_checkpoint_is_loaded_in_8_bits_and_writes_nearly_the_same(tmp_path: Path) -> None:
    llama().save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    model = LocalChatModel.load(tmp_path, family="chatml", device="cpu", dtype=torch.float32, int8=True)
    assert model._draft_cost == CPU_INT8
    generation = model.stream(
        [Message("user", "a lake")], Sampling(max_new_tokens=20), grammar=False, stop=threading.Event()
    )
    assert "".join(generation)
    ids = torch.arange(20, 60)[None]
    with torch.inference_mode():
        ours, full = model._engine.model(ids).logits, llama()(ids).logits
    assert ((ours - full).norm() / full.norm()) < 0.05
