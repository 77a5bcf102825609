"""Prompt lookup: what it finds, that it never changes a reply, and that it lets be what does not pay."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.embedded.composer.compact import DRAFT_COST, compact
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.decoding import Decoding, Drafter, Engine
from lib_omost.llm.lookup import (
    ACCELERATOR,
    CANDIDATES,
    CPU_BFLOAT16,
    CPU_FLOAT32,
    EXPECTED,
    FADING,
    GRAM,
    LENGTHS,
    LONGEST_MATCH,
    PROBE,
    TRUST,
    PassCost,
    PromptLookup,
)
from lib_omost.llm.sampling import TokenSampler
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
        sampler=TokenSampler(sampling),
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
    drafted = run(PromptLookup(DRAFT_COST), sampling, small=True)
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


FREE = PassCost(0.0, 0.0)


def searched(context: list[int], cursor: int) -> int:
    """The place that a draft is to be taken from, found by trying all."""
    end = len(context)
    places = [place for place in range(GRAM, end) if context[place - GRAM : place] == context[end - GRAM :]]
    best = (0, False, 0)
    for place in places[-CANDIDATES:]:
        lengths = range(GRAM, min(LONGEST_MATCH, place) + 1)
        length = max(n for n in lengths if context[place - n : place] == context[end - n :])
        best = max(best, (length, place >= cursor, -place if place >= cursor else place))
    return abs(best[2])


@given(st.lists(st.integers(0, 2), max_size=150), st.data())
def test_drafts_are_those_of_a_search_through_everything(context: list[int], data: st.DataObject) -> None:
    lookup = PromptLookup(FREE)
    cursor = 0
    for _ in range(4):
        place = searched(context, cursor)
        draft = list(lookup.propose(context))
        assert draft == (context[place : place + LENGTHS[-1]] if place else [])
        accepted = data.draw(st.integers(0, len(draft)))
        lookup.observe(len(draft), accepted)
        cursor = (place or cursor) + accepted
        context = [*context, *draft[:accepted], data.draw(st.integers(0, 2))]


def test_only_the_latest_places_are_looked_at_and_matches_only_so_far() -> None:
    far = list(range(100, 100 + LONGEST_MATCH + 4))
    # Both match over more tokens than are compared, so that they are equals: the next in order is taken.
    context = [*far, 7, 1, *far[1:], 8, 2, *far[1:]]
    assert PromptLookup(FREE).propose(context)[0] == 7
    crowd = [9, 10, 11, 12, 77] + [10, 11, 12, 78] * CANDIDATES
    assert PromptLookup(FREE).propose([*crowd[:-4], 9, 10, 11, 12])[0] == 77
    assert PromptLookup(FREE).propose([*crowd, 9, 10, 11, 12])[0] == 78


def most(cost: PassCost, share: float) -> int:
    """The length of the draft that gives most tokens for the time, by the sum of the geometric series."""
    return max(
        LENGTHS,
        key=lambda n: (1 - share ** (n + 1)) / (1 - share) / (1 + (cost.once if n else 0.0) + cost.each * n),
    )


def matching(length: int) -> list[int]:
    """A context whose ending of this length stands at its beginning, with much behind it there."""
    ending = list(range(length))
    return [999, *ending, *range(1000, 1100), 998, *ending]


@pytest.mark.parametrize("cost", [ACCELERATOR, CPU_BFLOAT16, CPU_FLOAT32, DRAFT_COST, PassCost(0.3, 0.2)])
@pytest.mark.parametrize(("length", "bucket"), [(3, 0), (4, 1), (7, 1), (8, 2), (15, 2), (16, 3), (60, 3)])
def test_a_draft_is_as_long_as_it_pays(cost: PassCost, length: int, bucket: int) -> None:
    lookup = PromptLookup(cost)
    assert len(lookup.propose(matching(length))) == most(cost, EXPECTED[bucket])


@pytest.mark.parametrize("accepted", [0, 5, 24])
def test_experience_counts_for_matches_of_its_length_alone(accepted: int) -> None:
    lookup = PromptLookup(DRAFT_COST)
    proposed = len(lookup.propose(matching(16)))
    lookup.observe(proposed, min(accepted, proposed))
    right = FADING * TRUST * EXPECTED[3] + min(accepted, proposed)
    wrong = FADING * TRUST * (1 - EXPECTED[3]) + (accepted < proposed)
    lookup = _fresh_context(lookup)
    assert len(lookup.propose(matching(16))) == most(DRAFT_COST, right / (right + wrong))
    lookup = _fresh_context(lookup)
    assert len(lookup.propose(matching(8))) == most(DRAFT_COST, EXPECTED[2])


def _fresh_context(lookup: PromptLookup) -> PromptLookup:
    """The same experience before another text."""
    other = PromptLookup(lookup._cost)
    other._records = lookup._records
    return other


def test_a_draft_is_tried_again_after_so_many_passes_without() -> None:
    lookup = PromptLookup(PassCost(0.0, 2.0))  # no draft ever pays
    context = matching(16)
    counts = []
    for _ in range(2 * PROBE + 2):
        counts.append(len(lookup.propose(context)))
        lookup.observe(counts[-1], 0)
    assert counts == ([0] * PROBE + [LENGTHS[1]]) * 2


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
