"""A model that knows nothing, held to the grammar: every reply is a canvas, whatever its budget."""

from __future__ import annotations

import threading

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas.stream import interpret
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from tests.llm.test_grammar import REPLY, grammar
from tests.llm.tiny import chat_model, llama, metaspace_tokenizer, tokenizer

ASK = [Message("user", "a lake")]


def check(text: str) -> None:
    """The reply is a whole canvas that needs no correction."""
    understood = interpret(text)
    assert understood.error is None
    assert understood.notes == ()
    assert understood.canvas is not None
    assert understood.canvas.regions
    assert text.startswith("```python\n")
    assert text.endswith("\n```")


def write(model: LocalChatModel, **sampling: object) -> str:
    settings = Sampling(**{"temperature": 1.0, "top_p": 1.0, **sampling})  # type: ignore[arg-type]
    generation = model.stream(ASK, settings, grammar=True, stop=threading.Event())
    text = "".join(generation)
    assert generation.finished == "end"
    assert generation.tokens <= settings.max_new_tokens
    return text


def replies(count: int, spare: int) -> None:
    model = chat_model(llama(layers=1))
    for seed in range(count):
        check(write(model, seed=seed, max_new_tokens=model.grammar.least + seed * spare // count))


def test_every_reply_of_an_untrained_model_is_a_canvas() -> None:
    replies(30, 40)


@pytest.mark.slow
def test_two_hundred_replies_of_an_untrained_model_are_canvases() -> None:
    replies(200, 2000)


def test_greedy_and_other_seeds_too() -> None:
    model = chat_model(llama(seed=3, layers=1))
    check(write(model, temperature=0, max_new_tokens=500))
    check(write(model, temperature=0.6, top_p=0.9, max_new_tokens=500))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 400), st.floats(0, 30))
def test_random_choices_within_any_budget_make_a_canvas(seed: int, spare: int, like_quotes: float) -> None:
    """Without a model: logits by chance, some of them fond of ending texts early."""
    random = torch.Generator().manual_seed(seed)
    quote, end = tokenizer().convert_tokens_to_ids(["'", "<|im_end|>"])
    budget = grammar().least + spare
    constraint = grammar().start(budget)
    reply: list[int] = []
    while end not in reply:
        assert len(reply) < budget
        tokens = constraint.forced()
        if not tokens:
            logits = torch.randn(len(tokenizer()), generator=random) * 10
            logits[quote] += like_quotes
            tokens = [int(constraint.mask(logits).argmax())]
        reply += tokens
        for token in tokens:
            if token != end:
                constraint.accept(token)
    assert len(reply) <= budget
    check(tokenizer().decode(reply[:-1]))


def test_a_tokenizer_with_byte_fallback_is_held_too() -> None:
    made = metaspace_tokenizer()
    model = LocalChatModel(llama(layers=1, vocabulary=len(made) + 23), made, name="tiny", family="phi-3")
    check(write(model, max_new_tokens=model.grammar.least + 30))


def test_the_least_budget_holds_a_canvas_and_a_smaller_one_is_cut_off() -> None:
    model = chat_model(llama(layers=1))
    check(write(model, max_new_tokens=model.grammar.least))
    cut = model.stream(ASK, Sampling(max_new_tokens=60), grammar=True, stop=threading.Event())
    text = "".join(cut)
    assert (cut.finished, cut.tokens) == ("length", 60)
    assert text.startswith("```python\n")


def test_a_large_budget_leaves_the_model_alone() -> None:
    ids = tokenizer().encode(REPLY, add_special_tokens=False)
    constraint = grammar().start(20_000)
    forced = constraint.forced()
    place = 0
    count = 0
    while place < len(ids):
        assert ids[place : place + len(forced)] == forced  # what is forced is what a model writes
        count += len(forced)
        for token in forced or [ids[place]]:
            assert torch.isfinite(constraint.mask(torch.zeros(len(tokenizer()))))[token]
            constraint.accept(token)
            place += 1
        forced = constraint.forced()
    assert forced == [tokenizer().eos_token_id]
    assert count > len(ids) * 0.15


def test_drafts_are_cut_where_the_grammar_ends_them() -> None:
    ids = tokenizer().encode(REPLY, add_special_tokens=False)
    constraint = grammar().start(20_000)
    assert constraint.allowed(ids) == len(ids)
    assert constraint.allowed([*ids[:20], ids[0], *ids[20:]]) == 20
    for token in ids:
        constraint.accept(token)
    assert constraint.allowed(ids) == 0
