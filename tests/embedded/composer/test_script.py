"""Scripts, asked of llguidance itself and followed by a model that knows nothing."""

from __future__ import annotations

import llguidance
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib_omost.canvas.model import Canvas
from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.reader import read
from lib_omost.embedded.composer.revision import edit_scripts
from lib_omost.embedded.composer.script import first_scripts, sentence
from lib_omost.llm.grammar import canvas_grammar
from lib_omost.llm.guidance import Script
from tests.embedded.composer.test_reader import TEXTS
from tests.llm.test_grammar import REPLY, grammar
from tests.llm.tiny import tokenizer


def shortest(script: Script) -> str:
    return f"```python\n# Initialize the canvas\ncanvas = Canvas()\n{''.join(script.calls)}```"


def taken(source: str, text: str) -> bool:
    matcher = llguidance.LLMatcher(grammar().tokenizer, source, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    ids = tokenizer().encode(text, add_special_tokens=False)
    return bool(matcher.validate_tokens(ids) == len(ids) and matcher.consume_tokens(ids) and matcher.is_accepting())


def sound(text: str) -> Canvas:
    understood = interpret(text)
    assert understood.notes == ()
    assert understood.canvas is not None
    return understood.canvas


def by_chance(script: Script, budget: int, seed: int) -> str:
    random = torch.Generator().manual_seed(seed)
    end = tokenizer().convert_tokens_to_ids("<|im_end|>")
    constraint = grammar().start(budget, script)
    reply: list[int] = []
    while end not in reply:
        assert len(reply) < budget
        tokens = constraint.forced()
        if not tokens:
            tokens = [int(constraint.mask(torch.randn(len(tokenizer()), generator=random) * 10).argmax())]
        reply += tokens
        for token in tokens:
            if token != end:
                constraint.accept(token)
    assert len(reply) <= budget
    return str(tokenizer().decode(reply[:-1]))


@settings(max_examples=20, deadline=None)
@given(TEXTS)
@example('A":0')
def test_any_prompt_makes_a_script_that_is_a_part_of_the_language(text: str) -> None:
    brief = read(text)
    scripts = first_scripts(brief)
    assert len(scripts) == len(brief.things)
    for script in (scripts[0], scripts[-1]):
        canvas = sound(shortest(script))
        assert taken(script.grammar, shortest(script))
        assert taken(canvas_grammar(), shortest(script))
        assert len(canvas.regions) == len(brief.things) - len(script.dropped)
    said = [region.description for region in sound(shortest(scripts[0])).regions]
    assert said == [sentence(thing.words, 150) for thing in brief.things]


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 300))
def test_random_choices_within_any_budget_make_the_canvas_that_was_asked_for(seed: int, spare: int) -> None:
    script = first_scripts(read("an owl on a stack of books next to a candle, at night"))[0]
    text = by_chance(script, grammar().least_of(script) + spare, seed)
    canvas = sound(text)
    assert [region.description for region in canvas.regions] == ["An owl.", "A stack of books.", "A candle."]
    assert canvas.global_description.description == "An owl on a stack of books next to a candle, at night."
    assert taken(canvas_grammar(), text)


def test_a_script_for_fewer_things_is_taken_if_the_tokens_do_not_suffice() -> None:
    scripts = first_scripts(read("a cat, a dog and a fox"))
    least = [grammar().least_of(script) for script in scripts]
    assert least == sorted(least, reverse=True)
    assert grammar().fitting(scripts, least[0]) is scripts[0]
    assert grammar().fitting(scripts, least[0] - 1) is scripts[1]
    assert scripts[1].dropped == ("a fox",)
    assert grammar().fitting(scripts, 10) is None
    assert grammar().fitting((), 10_000) is None


@settings(max_examples=20, deadline=None)
@given(
    st.one_of(
        TEXTS,
        st.lists(
            st.sampled_from(
                [
                    "add",
                    "remove",
                    "replace",
                    "make",
                    "move",
                    "the",
                    "a",
                    "lake",
                    "heron",
                    "boat",
                    "blue",
                    "bigger",
                    "left",
                    "to",
                    "with",
                    "by",
                    "and",
                    ",",
                    "night",
                    "into",
                    "it",
                    "everything",
                    "instead",
                    "of",
                    "should",
                    "be",
                    "red",
                    "rainbow",
                    "mountains",
                    "snow",
                    "please",
                    "on",
                    "top",
                    "right",
                ]
            ),
            max_size=14,
        ).map(" ".join),
    )
)
def test_any_request_makes_an_edit_that_is_a_part_of_the_language(request: str) -> None:
    (script,) = edit_scripts(REPLY, request)
    assert taken(script.grammar, shortest(script))
    assert sound(shortest(script)).regions


@pytest.mark.parametrize("seed", [1, 2])
def test_an_edit_followed_by_chance_ends_within_its_budget(seed: int) -> None:
    first = shortest(first_scripts(read("a cat and a dog in a meadow"))[0])
    (script,) = edit_scripts(first, "make the cat black, remove the dog and add a rainbow")
    canvas = sound(by_chance(script, grammar().least_of(script), seed))
    assert [region.description for region in canvas.regions] == ["A black cat.", "A rainbow."]
