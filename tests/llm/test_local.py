"""A local chat model, real and tiny: what a reader of its replies may rely on."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
import torch

from lib_omost.errors import ModelError
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from tests.llm.tiny import chat_model, llama, phi3, tokenizer

ASK = [Message("system", "You compose images."), Message("user", "a lake")]


def stream(model: LocalChatModel, messages: list[Message] = ASK, **sampling: object):  # type: ignore[no-untyped-def]
    settings = Sampling(**{"max_new_tokens": 60, **sampling})  # type: ignore[arg-type]
    return model.stream(messages, settings, grammar=False, stop=threading.Event())


def say(model: LocalChatModel, messages: list[Message] = ASK, **sampling: object) -> str:
    return "".join(stream(model, messages, **sampling))


@pytest.mark.parametrize("family", ["llama-3", "chatml", "phi-3"])
def test_a_streamed_reply_is_the_decoding_of_its_tokens(family: str) -> None:
    model = chat_model(phi3() if family == "phi-3" else llama(), family)
    generation = stream(model)
    pieces = list(generation)
    assert len(pieces) > 20
    assert generation.prompt_tokens == model.count_tokens(ASK)
    prompt = model._encoder.encode(ASK)
    with torch.inference_mode():
        reference = llama() if family != "phi-3" else phi3()
        ids, ends = torch.tensor([prompt]), sorted(model._stop_ids)
        greedy = reference.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=60, eos_token_id=ends
        )[0, len(prompt) :]
    assert say(model, temperature=0) == tokenizer().decode(greedy, skip_special_tokens=True)


def test_seeds_decide_and_no_global_generator_is_touched() -> None:
    torch.manual_seed(5)
    random.seed(5)
    before = torch.get_rng_state(), random.getstate()
    model = chat_model()
    first = say(model, seed=1)
    assert say(model, seed=1) == first
    assert say(chat_model(), seed=1) == first
    assert say(model, seed=2) != first
    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]


def test_stop_ends_the_work_within_a_token() -> None:
    model, stop = chat_model(), threading.Event()
    generation = model.stream(ASK, Sampling(max_new_tokens=3000), grammar=False, stop=stop)
    next(generation)
    stop.set()
    written = generation.tokens
    began = time.monotonic()
    list(generation)
    assert time.monotonic() - began < 2
    assert generation.tokens <= written + 1
    assert generation.finished == "stopped"


def test_close_ends_the_thread_and_lets_the_next_request_in() -> None:
    model = chat_model()
    first = stream(model, max_new_tokens=3000)
    next(first)
    second = stream(model, max_new_tokens=5)  # waits for its turn
    first.close()
    assert first.finished == "stopped"
    list(second)
    assert second.finished == "length"
    assert not [thread for thread in threading.enumerate() if thread.name == "tiny writes"]


def test_a_request_that_waits_can_be_stopped() -> None:
    model = chat_model()
    first = stream(model, max_new_tokens=3000)
    second = stream(model)
    second.close()
    assert (second.finished, second.tokens) == ("stopped", 0)
    first.close()


def test_an_error_in_the_model_reaches_the_reader_and_the_next_round_works() -> None:
    model = chat_model()
    expected = say(model)
    layer = model._engine.model.model.layers[1]
    calls = 0

    def fail(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise RuntimeError("the device went away")

    handle = layer.register_forward_hook(fail)
    generation = stream(model, [*ASK, Message("user", "more")])
    with pytest.raises(RuntimeError, match="the device went away"):
        list(generation)
    assert generation.finished is None
    handle.remove()
    assert say(model) == expected


def test_broken_weights_are_a_sentence() -> None:
    broken = llama()
    with torch.no_grad():
        broken.lm_head.weight.fill_(float("nan"))
    with pytest.raises(ModelError, match="invalid numbers"):
        say(chat_model(broken))


def test_rounds_reuse_what_was_read_and_written() -> None:
    model = chat_model()
    first = say(model)
    talk = [*ASK, Message("assistant", first), Message("user", "add a boat")]
    answer = say(model, talk, temperature=0)
    assert model.statistics is not None
    if first == first.strip():
        assert model.statistics.reused_tokens >= model.count_tokens(ASK) + 58
    fresh = chat_model()
    fresh._encoder.remember(model._encoder._replies.get(first, ()))
    assert say(fresh, talk, temperature=0) == answer


def test_long_talks_lose_their_oldest_rounds_and_say_so() -> None:
    model = chat_model(llama(window=600))
    talk = [ASK[0]]
    for _ in range(6):
        talk += [Message("user", "a lake in the mountains"), Message("assistant", "x" * 100)]
    generation = stream(model, [*talk, ASK[1]], max_new_tokens=100)
    assert generation.dropped_rounds > 0
    assert "left out" in generation.notices[0]
    assert generation.prompt_tokens + 100 <= 600
    list(generation)
    with pytest.raises(ModelError, match="Shorten"):
        stream(model, [Message("user", "x" * 700)])


def test_the_reply_is_bounded_by_what_is_left_of_the_window() -> None:
    model = chat_model(llama(window=600))
    generation = stream(model, [Message("user", "x" * 250)], max_new_tokens=4096)
    list(generation)
    assert generation.finished == "length"
    assert generation.prompt_tokens + generation.tokens == 600


def test_load_from_a_folder_with_an_adapter(tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    llama().save_pretrained(tmp_path / "base")
    tokenizer().save_pretrained(tmp_path / "base")
    tuned = get_peft_model(llama(), LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
    tuned.save_pretrained(tmp_path / "adapter")
    bare = LocalChatModel.load(tmp_path / "base", family="chatml", device="cpu", dtype=torch.float32)
    assert say(bare) == say(chat_model())
    adapted = LocalChatModel.load(
        tmp_path / "base", family="chatml", device="cpu", dtype=torch.float32, adapter=tmp_path / "adapter"
    )
    assert say(adapted, temperature=0) == say(chat_model(tuned.merge_and_unload()), temperature=0)
    assert say(adapted, temperature=0) != say(bare, temperature=0)


def test_a_quantised_checkpoint_stays_quantised(tmp_path: Path) -> None:
    from bitsandbytes.nn import Linear4bit
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    llama().save_pretrained(tmp_path / "full")
    four = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    AutoModelForCausalLM.from_pretrained(
        tmp_path / "full", quantization_config=four, device_map={"": "cpu"}
    ).save_pretrained(tmp_path / "quantised")
    tokenizer().save_pretrained(tmp_path / "quantised")
    model = LocalChatModel.load(tmp_path / "quantised", family="llama-3", device="cpu")
    assert isinstance(model._engine.model.model.layers[0].mlp.up_proj, Linear4bit)
    assert say(model, seed=1) == say(model, seed=1) != ""


def test_what_cannot_be_loaded_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be loaded"):
        LocalChatModel.load(tmp_path, family="chatml", device="cpu")


def test_moving_and_forgetting_keep_the_reply() -> None:
    model = chat_model()
    first = say(model)
    assert len(model._engine.cache) > 0
    model.to("cpu")
    assert len(model._engine.cache) == 0
    assert say(model) == first
    model.forget()
    assert len(model._engine.cache) == 0
