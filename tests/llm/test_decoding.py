"""The decoding loop against transformers' own forward passes, and its reuse of what the cache holds."""

from __future__ import annotations

import torch

from lib_omost.llm.base import Sampling
from lib_omost.llm.decoding import Decoding, Engine
from lib_omost.llm.sampling import TokenSampler
from tests.llm.tiny import llama, phi3

GREEDY = Sampling(temperature=0)


def run(engine: Engine, prompt: list[int], sampling: Sampling = GREEDY, limit: int = 24) -> Decoding:
    decoding = Decoding(
        engine, prompt, limit=limit, sampler=TokenSampler(sampling), stop_ids=(), stopped=lambda: False
    )  # fmt: skip
    for _ in decoding:
        pass
    return decoding


def plain(model: torch.nn.Module, prompt: list[int], count: int = 24) -> list[int]:
    """Greedy decoding without any cache."""
    ids = list(prompt)
    with torch.inference_mode():
        for _ in range(count):
            ids.append(int(model(torch.tensor([ids]), use_cache=False).logits[0, -1].argmax()))
    return ids[len(prompt) :]


def prompt(length: int, seed: int = 0) -> list[int]:
    return torch.randint(12, 400, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


def test_greedy_decoding_is_that_of_the_bare_model() -> None:
    for model in (llama(), phi3()):
        assert run(Engine(model), prompt(50)).reply == plain(model, prompt(50))


def test_prefill_in_chunks_changes_nothing() -> None:
    for chunk in (1, 7, 16, 49, 50, 51):
        assert run(Engine(llama(), prefill_chunk=chunk), prompt(50)).reply == plain(llama(), prompt(50))


def test_a_second_round_reads_only_what_is_new() -> None:
    engine = Engine(llama())
    first = run(engine, prompt(60))
    second = [*prompt(60), *first.reply, *prompt(10, seed=1)]
    again = run(engine, second)
    assert again.reply == plain(llama(), second)
    assert again.statistics.reused_tokens == 60 + 24 - 1  # the last token of a reply was never fed


def test_undo_edit_and_retry_are_right() -> None:
    engine = Engine(llama())
    talk = prompt(60)
    first = run(engine, talk).reply
    edited = [*talk[:40], *prompt(15, seed=2)]
    assert run(engine, edited).reply == plain(llama(), edited)  # the last input edited
    assert run(engine, talk).reply == first  # undone
    retried = run(engine, talk)
    assert retried.reply == first
    assert retried.statistics.reused_tokens == 59
    shorter = talk[:20]
    assert run(engine, shorter).reply == plain(llama(), shorter)
    assert run(engine, prompt(30, seed=3)).reply == plain(llama(), prompt(30, seed=3))  # a new chat


def test_longrope_changes_its_regime_in_mid_text() -> None:
    model = phi3(original=64)
    for length in (40, 60, 64, 70):
        engine = Engine(model, prefill_chunk=16)
        assert run(engine, prompt(length)).reply == plain(model, prompt(length)), length
        assert run(engine, prompt(30)).reply == plain(model, prompt(30)), length  # and back
        assert run(engine, prompt(90)).reply == plain(model, prompt(90)), length


def test_the_limit_counts() -> None:
    decoding = run(Engine(llama()), prompt(10), limit=5)
    assert (decoding.finish, decoding.statistics.tokens, len(decoding.reply)) == ("length", 5, 5)


def test_a_stop_token_ends_the_reply_and_is_not_part_of_it() -> None:
    expected = plain(llama(), prompt(50))
    end = expected[10]
    decoding = Decoding(
        Engine(llama()), prompt(50), limit=24, sampler=TokenSampler(GREEDY), stop_ids=(end,), stopped=lambda: False
    )
    reply = [token for tokens in decoding for token in tokens]
    assert reply == decoding.reply == expected[: expected.index(end)]
    assert (decoding.finish, decoding.statistics.tokens) == ("end", len(reply) + 1)


def test_stopping_while_the_prompt_is_read_keeps_the_cache_right() -> None:
    engine = Engine(llama(), prefill_chunk=8)
    calls = iter([False, False, True])
    decoding = Decoding(
        engine, prompt(50), limit=24, sampler=TokenSampler(GREEDY), stop_ids=(), stopped=lambda: next(calls)
    )
    assert list(decoding) == []
    assert (decoding.finish, len(engine.cache)) == ("stopped", 16)
    again = run(engine, prompt(50))
    assert again.statistics.reused_tokens == 16
    assert again.reply == plain(llama(), prompt(50))
