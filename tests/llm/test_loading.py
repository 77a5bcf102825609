"""The forms in which a composer comes: folders of both architectures, GGUF files, weights quantised while loading."""

from __future__ import annotations

import json
import threading
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

from lib_omost.errors import ModelError
from lib_omost.llm import checkpoint
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.encoding import family_of
from lib_omost.llm.local import LocalChatModel
from lib_omost.opening.choice import Choice, choose
from lib_omost.opening.loading import load_composer
from lib_omost.opening.options import Options
from tests.llm.tiny import SPECIAL, chat_model, llama, phi3, tokenizer

ASK = [Message("system", "You compose images."), Message("user", "a lake")]
needs_gguf = pytest.mark.skipif(find_spec("gguf") is None, reason="the package gguf is not installed")


def say(model: LocalChatModel, **sampling: object) -> str:
    settings = Sampling(**{"max_new_tokens": 40, "temperature": 0, **sampling})  # type: ignore[arg-type]
    return "".join(model.stream(ASK, settings, grammar=False, stop=threading.Event()))


def opened(name: str) -> LocalChatModel:
    """The composer as the program itself loads it."""
    choice: Choice = choose(Options(composer=name, painter="embedded", device="cpu"))
    model = load_composer(choice, choice.composer.source, lambda message, progress: None)
    assert isinstance(model, LocalChatModel)
    return model


@pytest.mark.parametrize(("preferred", "dtype"), [("off", torch.float32), ("on", torch.bfloat16)])
@pytest.mark.parametrize("architecture", [llama, phi3])
def test_a_folder_is_a_composer(  # type: ignore[no-untyped-def]
    architecture, preferred: str, dtype: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMOST_CPU_BFLOAT16", preferred)
    architecture().save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    model = opened(str(tmp_path))
    assert model._engine.model.dtype == dtype
    assert say(model) == say(chat_model(type(architecture()).from_pretrained(tmp_path, dtype=dtype)))


@pytest.mark.parametrize(
    ("tokens", "family"),
    [
        (["<|im_start|>", "<|im_end|>", "<|endoftext|>"], "chatml"),
        (["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"], "llama-3"),
        (["<|end_of_text|>", "<|eot_id|>", "<|im_start|>", "<|im_end|>"], "chatml"),
        (["<|system|>", "<|end|>", "<|endoftext|>"], "phi-3"),
    ],
)
def test_the_chat_format_shows_in_the_vocabulary(tokens: list[str], family: str) -> None:
    made = Tokenizer(models.BPE())
    made.add_special_tokens(tokens)
    assert family_of(PreTrainedTokenizerFast(tokenizer_object=made)) == family


def test_a_model_that_was_never_taught_to_chat_is_a_sentence() -> None:
    made = Tokenizer(models.BPE())
    made.add_special_tokens(["</s>"])
    with pytest.raises(ModelError, match="instruct model"):
        family_of(PreTrainedTokenizerFast(tokenizer_object=made))


@pytest.mark.parametrize(("bits", "kind"), [(4, "Linear4bit"), (8, "Linear8bitLt")])
def test_full_weights_are_quantised_while_they_are_loaded(bits: int, kind: str, tmp_path: Path) -> None:
    llama().save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    model = LocalChatModel.load(tmp_path, family="chatml", device="cpu", bits=bits)
    assert type(model._engine.model.model.layers[0].mlp.up_proj).__name__ == kind
    assert say(model, temperature=1) != ""


def test_4_bit_weights_that_cannot_be_packed_for_a_cpu_are_left_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bitsandbytes.nn.modules.has_avx512bf16", lambda: True)
    llama(wide=96).save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    model = LocalChatModel.load(tmp_path, family="chatml", device="cpu", bits=4, dtype=torch.float32)
    mlp = model._engine.model.model.layers[0].mlp
    assert mlp.up_proj.support_avx512bf16_for_cpu, "64 columns"
    assert not mlp.down_proj.support_avx512bf16_for_cpu, "96 columns"
    with torch.inference_mode():
        assert mlp.down_proj(torch.ones(1, 1, 96)).isfinite().all()


def write_gguf(path: Path) -> None:
    """The tiny Llama with its tokenizer as llama.cpp would write it."""
    import gguf

    model, words = llama(), tokenizer()
    config, tensors = model.config, model.state_dict()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_vocab_size(config.vocab_size)
    backend = json.loads(words.backend_tokenizer.to_str())["model"]
    vocabulary = sorted(words.get_vocab(), key=words.get_vocab().__getitem__)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(vocabulary)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token in vocabulary]
    )
    writer.add_token_merges([" ".join(pair) for pair in backend["merges"]])
    writer.add_eos_token_id(words.convert_tokens_to_ids("<|im_end|>"))
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    for name, tensor in tensors.items():
        heads = {"q": config.num_attention_heads, "k": config.num_key_value_heads}.get(name.split("_proj")[0][-1])
        if heads is not None and "self_attn" in name:
            # llama.cpp rotates neighbouring pairs, transformers the two halves of a head.
            rows, columns = tensor.shape
            tensor = tensor.view(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)
        writer.add_tensor(names.get_name(name, (".weight",)), tensor.contiguous().numpy().astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@needs_gguf
def test_a_gguf_file_is_a_composer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMOST_CPU_BFLOAT16", "off")
    path = tmp_path / "tiny.gguf"
    write_gguf(path)
    model = opened(str(path))
    assert model.name == "tiny.gguf"
    assert model.context_length == 4096
    assert model.count_tokens(ASK) == chat_model().count_tokens(ASK)
    assert say(model) == say(chat_model())
    settings = Sampling(max_new_tokens=700)
    reply = "".join(model.stream(ASK, settings, grammar=True, stop=threading.Event()))
    assert reply.startswith("```python\n")


@needs_gguf
def test_a_gguf_file_that_is_none_or_half_of_one_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_gguf(path)
    whole = path.read_bytes()
    for content, part in (
        (b"<html>", "is not a GGUF file"),
        (b"", "is not a GGUF file"),
        (whole[:1000], "could not be loaded"),
        (whole[: len(whole) // 2], "could not be loaded"),
        (b"GGUF" + b"\xff" * 4096, "could not be loaded"),
        (
            whole.replace(b"\x05\x00\x00\x00\x00\x00\x00\x00llama", b"\x05\x00\x00\x00\x00\x00\x00\x00llamx"),
            "could not",
        ),
    ):
        path.write_bytes(content)
        with pytest.raises(ModelError, match=part):
            LocalChatModel.load(path, family=None, device="cpu")
    path.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        LocalChatModel.load(path, family=None, device="cpu")


def test_without_the_package_a_gguf_file_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF")
    monkeypatch.setattr(checkpoint, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install gguf"):
        LocalChatModel.load(path, family=None, device="cpu", dtype=torch.float32)
