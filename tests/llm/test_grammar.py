"""What the grammar takes and what it refuses, asked of llguidance itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import llguidance
import pytest

from lib_omost.canvas.model import Canvas, GlobalDescription, Region
from lib_omost.canvas.writer import write
from lib_omost.llm.constrain import CanvasGrammar
from lib_omost.llm.grammar import MAX_REGIONS, canvas_grammar
from tests.llm.tiny import tokenizer

TRANSCRIPT = Path(__file__).parents[3] / "shared" / "data" / "transcript.md"

LAKE = Region(
    location="on the bottom-left",
    offset="slightly to the upper-right",
    area="a large horizontal area",
    distance=12.5,
    description="A quiet lake.",
    detailed_descriptions=("The water is still.", "Reeds hide the boat’s rope.", "It isn't deep."),
    tags="lake, reeds",
    atmosphere="Calm.",
    style="Painterly.",
    quality_meta="Detailed.",
    color_name="steelblue",
)
SCENE = GlobalDescription("A lake at dawn.", ("Mist rises over it.",), "lake, dawn, mist", "lightgray")
REPLY = write(Canvas(SCENE, (LAKE, LAKE)))


@cache
def grammar() -> CanvasGrammar:
    return CanvasGrammar(tokenizer(), len(tokenizer()), tokenizer().eos_token_id)


def taken(text: str) -> bool:
    """Whether the grammar takes the whole text and asks for nothing more."""
    matcher = llguidance.LLMatcher(grammar().tokenizer, canvas_grammar(), log_level=0)
    ids = tokenizer().encode(text, add_special_tokens=False)
    return matcher.validate_tokens(ids) == len(ids) and matcher.consume_tokens(ids) and matcher.is_accepting()


def test_a_canvas_as_it_is_written_is_taken() -> None:
    assert taken(REPLY)


@pytest.mark.skipif(not TRANSCRIPT.exists(), reason="the published transcript is not part of the repository")
def test_both_published_replies_are_taken_token_for_token() -> None:
    replies = re.findall(r"```python\n.*?\n```", TRANSCRIPT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(replies) == 2
    assert all(taken(reply) for reply in replies)


WRONG = (
    ("'steelblue'", "'steel'"),
    ("'steelblue'", "'#4682b4'"),
    ("'on the bottom-left'", "'somewhere'"),
    ("'slightly to the upper-right'", "'far away'"),
    ("'a large horizontal area'", "'all of it'"),
    ("=12.5", "=-1.0"),
    ("=12.5", "=0"),
    ("=12.5", "=nan"),
    ("    offset='slightly to the upper-right',\n", ""),
    ("    style='Painterly.',\n", "    style='',\n"),
    ("'Calm.'", "'Calm.\\n'"),
    ("'Calm.'", '"Calm."'),
    ("'Calm.'", "'```'"),
    ("'Calm.'", "'Calm.' + 'x'"),
    ("'Calm.'", "__import__('os')"),
    ("    ],\n", "    ]\n"),
    ("canvas = Canvas()", "canvas = Other()"),
    ("```python", "```"),
)
"""What stands in a sound reply, and what would make it none."""


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_what_is_not_the_language_is_refused(old: str, new: str) -> None:
    assert old in REPLY
    assert not taken(REPLY.replace(old, new))


def test_at_least_one_region_and_not_too_many() -> None:
    assert not taken(write(Canvas(SCENE, ())))
    assert taken(write(Canvas(SCENE, (LAKE,) * MAX_REGIONS)))
    assert not taken(write(Canvas(SCENE, (LAKE,) * (MAX_REGIONS + 1))))


def test_texts_are_bounded() -> None:
    assert taken(REPLY.replace("'Calm.'", f"'{'a' * 240}'"))
    assert not taken(REPLY.replace("'Calm.'", f"'{'a' * 241}'"))
