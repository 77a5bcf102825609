from __future__ import annotations

import threading

import pytest
import torch

from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.guidance import EDIT_TEMPERATURE_SCALE, BriefGuidance
from lib_omost.embedded.composer.repetition import ELSEWHERE, LISTED, RepetitionGuard
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from tests.llm.tiny import llama, tokenizer

VOCABULARY = ["        '", "The owl", " sleeps", " wakes", "s", ".',\n", ")\n", "    ],\n", "canvas.add(\n"]


def spell(token: int) -> bytes:
    return VOCABULARY[token].encode()


def test_a_guide_for_a_prompt_and_for_an_edit() -> None:
    first = BriefGuidance().guide([Message("user", "a cat and a dog")])
    assert [len(script.calls) for script in first.scripts] == [3, 2]
    assert first.temperature_scale == 1.0
    assert first.notices == ()
    reply = f"```python\ncanvas = Canvas()\n{''.join(first.scripts[0].calls)}```"
    talk = [Message("user", "a cat"), Message("assistant", reply), Message("user", "remove the dog")]
    edit = BriefGuidance().guide(talk)
    assert edit.temperature_scale == EDIT_TEMPERATURE_SCALE
    assert [len(script.calls) for script in edit.scripts] == [2]


@pytest.mark.parametrize(
    "request_", ["ein alter Mann mit einem Hund am See", "un gato negro en una silla", "一只红色的龙"]
)
def test_other_languages_get_a_notice(request_: str) -> None:
    (notice,) = BriefGuidance().guide([Message("user", request_)]).notices
    assert "reads English" in notice


@pytest.mark.parametrize("request_", ["füge einen Hund hinzu", "mach es Nacht", "quita el gato", "加一只狗"])
def test_an_edit_in_another_language_gets_one_too(request_: str) -> None:
    first = BriefGuidance().guide([Message("user", "a cat and a dog")])
    reply = f"```python\ncanvas = Canvas()\n{''.join(first.scripts[0].calls)}```"
    talk = [Message("user", "a cat and a dog"), Message("assistant", reply), Message("user", request_)]
    assert any("reads English" in notice for notice in BriefGuidance().guide(talk).notices)


def test_a_word_of_the_same_list_becomes_less_likely_and_one_of_another_list_a_little() -> None:
    guard = RepetitionGuard(spell)
    for token in (0, 1, 2, 5, 0, 1):
        guard.accept(token)
    logits = guard.adjust(torch.zeros(len(VOCABULARY)))
    assert logits[2] == -LISTED
    assert logits[3] == 0
    for token in (5, 7, 6, 8, 0, 1):
        guard.accept(token)
    assert guard.adjust(torch.zeros(len(VOCABULARY)))[2] == -ELSEWHERE


def test_what_is_not_in_a_list_is_left_alone() -> None:
    logits = torch.zeros(len(VOCABULARY))
    assert RepetitionGuard(spell).adjust(logits) is logits


def test_an_untrained_model_writes_what_was_asked_for_and_reports_what_it_leaves_out() -> None:
    model = LocalChatModel(llama(layers=1), tokenizer(), name="tiny", family="chatml", guidance=BriefGuidance())
    scripts = BriefGuidance().guide([Message("user", "a cat and a dog")]).scripts
    for script, left_out in zip(scripts, (False, True), strict=True):
        sampling = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=model.grammar.least_of(script))
        generation = model.stream([Message("user", "a cat and a dog")], sampling, grammar=True, stop=threading.Event())
        canvas = interpret("".join(generation)).canvas
        assert generation.finished == "end"
        assert canvas is not None
        assert [region.description for region in canvas.regions] == ["A cat.", "A dog."][: len(canvas.regions)]
        assert len(canvas.regions) == len(script.calls) - 1
        assert any("leaves out: a dog" in notice for notice in generation.notices) == left_out


def test_a_fluent_model_writes_its_sentences_freely_about_the_things_that_the_request_names() -> None:
    guidance = BriefGuidance(fluent=True)
    model = LocalChatModel(llama(layers=1), tokenizer(), name="tiny", family="chatml", guidance=guidance)
    first = Message("user", "a cat under an umbrella and a red ball, at night")
    sampling = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=3800)
    reply = "".join(model.stream([first], sampling, grammar=True, stop=threading.Event()))
    canvas = interpret(reply).canvas
    assert canvas is not None
    assert [region.description for region in canvas.regions] == ["A cat.", "An umbrella.", "A red ball."]
    for element in (canvas.global_description, *canvas.regions):
        assert 2 <= len(element.detailed_descriptions) <= 6
        assert not any(text.startswith(("The cat ", "The light ")) for text in element.detailed_descriptions)
    guide = guidance.guide([first, Message("assistant", reply), Message("user", "remove the ball, make the cat black")])
    assert [len(script.calls) for script in guide.scripts] == [3]
    assert guide.temperature_scale == 1.0
    assert not guide.biases(spell)


@pytest.mark.parametrize(
    ("request_", "told"),
    [("ein alter Mann mit einem Hund am See", "reads English"), ("zoom out", "did not understand “zoom out”")],
)
def test_a_fluent_model_answers_what_the_reader_cannot_read_without_the_guide(request_: str, told: str) -> None:
    guidance = BriefGuidance(fluent=True)
    first = BriefGuidance().guide([Message("user", "a cat")]).scripts[0]
    reply = f"```python\ncanvas = Canvas()\n{''.join(first.calls)}```"
    guide = guidance.guide([Message("user", "a cat"), Message("assistant", reply), Message("user", request_)])
    assert guide.scripts == ()
    assert told in guide.notices[0]
