"""The compact Llama: the same numbers as transformers' own, but for rounding, at once or a few tokens at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from lib_omost.embedded.composer.compact import DRAFT_COST, CompactLlama, compact
from lib_omost.embedded.composer.loading import open_base
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.cache import PrefixCache
from lib_omost.llm.local import LocalChatModel
from tests.llm.tiny import llama, phi3, tokenizer


def off(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def grouped(heads: int = 6, shared: int = 2, **more: object) -> LlamaForCausalLM:
    """A Llama whose heads share keys, with weights large enough that attention and rotation matter."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=512,
        hidden_size=96,
        intermediate_size=160,
        num_hidden_layers=2,
        num_attention_heads=heads,
        num_key_value_heads=shared,
        max_position_embeddings=4096,
        initializer_range=0.2,
        **more,
    )
    return LlamaForCausalLM(config).eval()


@pytest.mark.parametrize(("heads", "shared"), [(6, 2), (4, 4), (4, 1)])
def test_logits_are_those_of_the_original(heads: int, shared: int) -> None:
    model = grouped(heads, shared)
    small = compact(model)
    assert isinstance(small, CompactLlama)
    ids = torch.randint(512, (1, 50), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert off(small(ids).logits, model(ids).logits) < 0.003


def test_a_text_may_be_fed_in_pieces_and_taken_back() -> None:
    model, cache = grouped(), PrefixCache()
    small = compact(model)
    ids = torch.randint(512, (1, 40), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = model(ids).logits[0]
        found = []
        for start, end in ((0, 20), (20, 21), (21, 22), (22, 27), (27, 40)):
            found.append(small(ids[:, start:end], past_key_values=cache.states).logits[0])
            cache.ids += ids[0, start:end].tolist()
        assert off(torch.cat(found), expected) < 0.003
        cache.crop(25)
        again = small(ids[:, 25:], past_key_values=cache.states, logits_to_keep=3).logits[0]
    assert again.shape == (3, 512)
    assert off(again, expected[-3:]) < 0.003


def test_positions_beyond_the_first_table_turn_alike() -> None:
    model = grouped()
    ids = torch.randint(512, (1, 1100), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert off(compact(model)(ids, logits_to_keep=4).logits, model(ids, logits_to_keep=4).logits) < 0.003


def test_weights_beyond_half_precision_stay_whole() -> None:
    model = grouped()
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight.mul_(1e6)
        model.model.layers[0].mlp.down_proj.weight.mul_(1e-6)
    ids = torch.arange(30)[None]
    with torch.inference_mode():
        assert off(compact(model)(ids).logits, model(ids).logits) < 0.003


@pytest.mark.parametrize(
    "model",
    [
        phi3(),
        grouped(attention_bias=True),
        grouped(hidden_act="gelu"),
        grouped(rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}),
        grouped().to(torch.bfloat16),
    ],
    ids=["another kind", "biases", "another activation", "stretched positions", "bfloat16"],
)
def test_what_is_unusual_stays_as_it_is(model: object) -> None:
    assert compact(model) is model


def test_a_small_checkpoint_is_loaded_so_and_writes(tmp_path: Path) -> None:
    llama().save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    model = open_base(tmp_path, device="cpu")
    assert model._draft_cost == DRAFT_COST
    sampling = Sampling(max_new_tokens=20, temperature=0)
    generation = model.stream([Message("user", "a lake")], sampling, grammar=False, stop=threading.Event())
    assert "".join(generation)


@pytest.mark.parametrize("preferred", ["on", "off"])
def test_a_small_checkpoint_is_compact_whatever_the_cpu_prefers(
    preferred: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMOST_CPU_BFLOAT16", preferred)
    llama().save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    model = open_base(tmp_path, device="cpu")
    assert isinstance(model._engine.model, CompactLlama)
    other = LocalChatModel.load(tmp_path, family="chatml", device="cpu")
    assert other._engine.model.dtype == (torch.bfloat16 if preferred == "on" else torch.float32)


def test_without_fbgemm_the_numbers_are_the_same_but_for_the_order_of_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    model = grouped()
    ids = torch.randint(512, (1, 50), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        packed = compact(model)(ids).logits
        monkeypatch.setattr("lib_omost.embedded.composer.compact.multiplies_halves", lambda: False)
        plain = compact(model)(ids).logits
        assert off(plain, packed) < 1e-5
        assert off(plain, model(ids).logits) > 1e-4, "weights are rounded to halves here, too"
