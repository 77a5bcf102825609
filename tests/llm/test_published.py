"""The published Omost models as their files were written in 2024, loaded by today's libraries."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from tokenizers import Tokenizer

from lib_omost.errors import ModelError
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.encoding import family_of
from lib_omost.llm.local import LocalChatModel
from tests.llm import published

ASK = [Message("system", "You compose images."), Message("user", "a lake in the mountains")]
FAMILIES = {"llama-3": published.llama3, "chatml": published.dolphin, "phi-3": published.phi3}


def load(folder: Path, **settings: object) -> LocalChatModel:
    settings = {"dtype": torch.float32, "device": "cpu", "family": None, **settings}
    return LocalChatModel.load(folder, **settings)  # type: ignore[arg-type]


def say(model: LocalChatModel) -> str:
    settings = Sampling(max_new_tokens=12, seed=3)
    return "".join(model.stream(ASK, settings, grammar=False, stop=threading.Event()))


@pytest.mark.parametrize("bits", [4, 8, None])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_loads_in_every_form(family: str, bits: int | None, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    FAMILIES[family](folder, bits)
    model = load(folder)
    assert model._encoder.family == family_of(model._encoder.tokenizer) == family
    kind = {4: "Linear4bit", 8: "Linear8bitLt", None: "Linear"}[bits]
    layer = model._engine.model.model.layers[0]
    assert type(layer.mlp.down_proj).__name__ == kind
    assert type(model._engine.model.lm_head).__name__ == "Linear"
    assert say(model) == say(load(folder)) != ""
    assert not (folder / "ran").exists()


@pytest.mark.parametrize(
    ("bits", "names"),
    [
        (4, {"weight", "weight.absmax", "weight.quant_map", "weight.quant_state.bitsandbytes__nf4"}),
        (8, {"weight", "SCB", "weight_format"}),
    ],
)
def test_the_weights_lie_in_the_file_as_they_did_then(bits: int, names: set[str], tmp_path: Path) -> None:
    published.phi3(tmp_path / "model", bits)
    with safe_open(tmp_path / "model" / "model.safetensors", "pt") as file:
        place = "model.layers.0.mlp.down_proj."
        assert {name.removeprefix(place) for name in list(file.keys()) if name.startswith(place)} == names


def test_phi_3_turns_its_heads_as_its_own_code_did(tmp_path: Path) -> None:
    """LongRoPE's formulas, https://arxiv.org/abs/2402.13753, with the factors of the length at hand."""
    published.phi3(tmp_path / "model", None)
    model = load(tmp_path / "model")
    rotary = model._engine.model.model.rotary_emb
    scale = math.sqrt(1 + math.log(131072 / 4096) / math.log(4096))
    for position, factors in ((4095, published.SHORT), (4096, published.LONG)):
        cosines, _ = rotary(torch.zeros(1, 1, 192), torch.tensor([[position]]))
        frequencies = [1 / (factor * 10000 ** (2 * place / 96)) for place, factor in enumerate(factors)]
        expected = torch.tensor([math.cos(position * frequency) * scale for frequency in frequencies * 2])
        torch.testing.assert_close(cosines[0, 0], expected, atol=2e-3, rtol=0)
    assert model._engine._regime_end == 4096
    assert model.context_length == 131072


@pytest.mark.parametrize(
    ("family", "ends"),
    [
        ("llama-3", {"<|eot_id|>", "<|end_of_text|>"}),
        ("chatml", {"<|im_end|>"}),
        ("phi-3", {"<|end|>", "<|endoftext|>", "<|assistant|>"}),
    ],
)
def test_a_reply_ends_at_every_end_token(family: str, ends: set[str], tmp_path: Path) -> None:
    FAMILIES[family](tmp_path / "model", None)
    model = load(tmp_path / "model")
    ids = model._encoder.tokenizer.convert_tokens_to_ids(sorted(ends))
    assert set(ids) <= model._stop_ids
    if family == "phi-3":
        assert model._stop_ids == {32000, 32001, 32007}


@pytest.mark.parametrize(
    "text", ["a lake in the mountains", " two  blanks ", "x é ’\n\n```python\ncanvas", "<|end|>\nno"]
)
def test_phi_3_is_read_by_the_published_tokenizer(text: str, tmp_path: Path) -> None:
    published.phi3(tmp_path / "model", None)
    made = load(tmp_path / "model")._encoder.tokenizer
    then = Tokenizer.from_file(str(tmp_path / "model" / "tokenizer.json"))
    assert made.encode(text, add_special_tokens=False) == then.encode(text, add_special_tokens=False).ids
    prompt = f"<|user|>\n{text}<|end|>\n<|assistant|>\n"
    assert made.encode(prompt, add_special_tokens=False) == then.encode(prompt, add_special_tokens=False).ids


@pytest.mark.parametrize("damage", [{"short_factor": [1.0]}, {"long_factor": "long"}, {"short_factor": None}])
def test_a_damaged_rope_is_a_sentence(
    damage: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        published, "PHI3", {**published.PHI3, "rope_scaling": {**published.PHI3["rope_scaling"], **damage}}
    )
    published.phi3(tmp_path / "model", None)
    with pytest.raises(ModelError, match="could not be loaded: its configuration contradicts itself"):
        load(tmp_path / "model")


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_nothing_of_a_quantised_model_stays_in_the_type_of_its_file(
    bits: int, dtype: torch.dtype, tmp_path: Path
) -> None:
    published.llama3(tmp_path / "model", bits, dtype=torch.bfloat16)
    model = load(tmp_path / "model", dtype=dtype)
    found = {weight.dtype for weight in model._engine.model.parameters() if weight.is_floating_point()}
    assert found == {dtype}
