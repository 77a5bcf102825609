"""Prompt lookup: what it finds, that it never changes a reply, and that it lets be what does not pay."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
import torch

from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.compact import compact
from lib_omost.llm.decoding import Decoding, Drafter, Engine
from lib_omost.llm.lookup import ACCELERATOR, CPU_COMPACT, CPU_FLOAT32, PassCost, PromptLookup
from lib_omost.llm.sampling import Sampler
from tests.llm.test_constrain import check
from tests.llm.test_grammar import REPLY, grammar
from tests.llm.tiny import chat_model, llama, tokenizer


class Loop(torch.nn.Module):
    """A real tiny model whose logits are bent towards what follows the last token in a given text, so that it copies
    most of it, and by chance does not."""

    def __init__(self, text: list[int], fidelity: float, small: bool) -> None:
        super().__init__()
        self.model = compact(llama(layers=1)) if small else llama(layers=1)
        self.config = self.model.config
        self.bent = torch.zeros(len(tokenizer()), len(tokenizer()))
        for one, following in pairwise(text):
            self.bent[one, following] = fidelity

    @property
    def device(self) -> torch.device:
        return self.model.device

    def forward(self, input_ids: torch.Tensor, logits_to_keep: int = 0, **kwargs: object):  # type: ignore[no-untyped-def]
        output = self.model(input_ids=input_ids, logits_to_keep=logits_to_keep, **kwargs)
        output.logits = output.logits + self.bent[input_ids][:, -output.logits.shape[1] :]
        return output


def run(drafter: Drafter | None, sampling: Sampling, with_grammar: bool = False, small: bool = False) -> Decoding:
    if with_grammar:
        text = tokenizer().encode(REPLY, add_special_tokens=False)
        prompt, limit = text, grammar().least + 60
    else:
        text = torch.randperm(300, generator=torch.Generator().manual_seed(1)).tolist()
        text = [id + 100 for id in text]
        prompt, limit = [*text, *text[:3]], 120
    decoding = Decoding(
        Engine(Loop(text, fidelity=20.0, small=small)),
        prompt,
        limit=limit,
        sampler=Sampler(sampling),
        stop_ids=(tokenizer().eos_token_id,),
        stopped=lambda: False,
        constraint=grammar().start(limit) if with_grammar else None,
        drafter=drafter,
    )
    assert [token for tokens in decoding for token in tokens] == decoding.reply
    return decoding


@pytest.mark.parametrize("with_grammar", [False, True])
@pytest.mark.parametrize("temperature", [0.0, 0.6, 1.5])
def test_drafting_changes_no_reply(temperature: float, with_grammar: bool) -> None:
    accepted = 0
    for seed in range(2):
        sampling = Sampling(temperature=temperature, seed=seed)
        plain = run(None, sampling, with_grammar=with_grammar)
        drafted = run(PromptLookup(ACCELERATOR), sampling, with_grammar=with_grammar)
        assert drafted.reply == plain.reply
        assert drafted.finish == plain.finish
        assert drafted.statistics.tokens == plain.statistics.tokens
        accepted += drafted.statistics.accepted_tokens
    assert accepted > 0


def test_drafting_changes_no_reply_in_the_compact_form() -> None:
    sampling = Sampling(temperature=1.0)
    drafted = run(PromptLookup(CPU_COMPACT), sampling, small=True)
    assert drafted.reply == run(None, sampling, small=True).reply
    assert drafted.statistics.accepted_tokens > 0


def test_copying_takes_few_passes() -> None:
    statistics = run(PromptLookup(ACCELERATOR), Sampling(temperature=0)).statistics
    assert statistics.passes * 3 < statistics.tokens


def test_the_longest_match_is_taken_and_of_equals_the_next_in_order() -> None:
    lookup = PromptLookup(PassCost(0.0, 0.0))
    context = [1, 2, 3, 4, 50, 9, 2, 3, 4, 60, 9, 2, 3, 4]
    assert lookup.propose(context)[0] == 60  # 9 2 3 4 is longer than 2 3 4
    lookup.observe(1, 1)
    again = [*context, 60, 7, 7, 7, 2, 3, 4]
    assert lookup.propose(again)[0] == 60  # the third 2 3 4 is the first one behind the last draft


def test_nothing_is_guessed_without_a_match() -> None:
    lookup = PromptLookup(ACCELERATOR)
    assert list(lookup.propose([])) == []
    assert list(lookup.propose([1, 2, 3, 4, 5])) == []


def test_drafts_that_are_never_right_end() -> None:
    lookup = PromptLookup(CPU_FLOAT32)
    context = [1, 2, 3] * 10
    drafted = []
    for _ in range(60):
        count = len(lookup.propose(context))
        lookup.observe(count, 0)
        drafted.append(count)
    assert drafted[0] > 0
    assert sum(count > 0 for count in drafted[20:]) <= 2  # but one is tried now and then


def test_an_edit_round_through_the_chat_model_is_the_same_and_shorter() -> None:
    """The second round repeats the first: with the same seed a model of one mind would, here the cache is what is
    tried together with grammar and drafts."""
    model = chat_model(llama(layers=1))
    budget = model.grammar.least + 60
    first = "".join(
        model.stream([Message("user", "a lake")], Sampling(max_new_tokens=budget), grammar=True, stop=threading.Event())
    )
    talk = [Message("user", "a lake"), Message("assistant", first), Message("user", "a boat")]
    settings = Sampling(max_new_tokens=budget, temperature=0)
    second = "".join(model.stream(talk, settings, grammar=True, stop=threading.Event()))
    assert model.statistics is not None
    assert model.statistics.reused_tokens > 0.8 * model.statistics.prompt_tokens
    check(second)
    fresh = chat_model(llama(layers=1))
    fresh._encoder.remember(model._encoder._replies[first])
    assert "".join(fresh.stream(talk, settings, grammar=True, stop=threading.Event())) == second
