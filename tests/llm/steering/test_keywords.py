"""The guard against keywords that a call does not have, or has had."""

from __future__ import annotations

import torch

from lib_omost.llm.steering.keywords import KeywordGuard
from lib_omost.llm.steering.stretches import CERTAIN

PIECES = ["    ", "desc", "detailed", "detailed_descriptions=", "description='", "title=", "location='", ")", "A fox"]
GLOBAL = "canvas.set_global_description(\n"
REGION = "canvas.add_local_description(\n"


def shunned(text: str) -> set[str]:
    """The pieces that the guard advises against behind a text."""
    pieces = [text, *PIECES]
    guard = KeywordGuard(lambda token: pieces[token].encode())
    guard.accept(0)
    lowered = guard.adjust(torch.zeros(len(pieces)))[1:]
    assert set(lowered.tolist()) <= {0.0, -CERTAIN}
    return {PIECES[at] for at in lowered.nonzero().flatten().tolist()}


def test_a_keyword_comes_once_in_a_call() -> None:
    begun = GLOBAL + "    description='A fox.',\n    "
    assert shunned(begun) == {"desc", "description='", "title=", "location='", "A fox"}
    assert shunned(begun + "detailed_descriptions=[\n        'It runs.',\n    ],\n    ") == {*PIECES} - {"    ", ")"}


def test_each_call_has_its_own_keywords() -> None:
    assert shunned(GLOBAL + "    ") == {"title=", "location='", "A fox"}
    whole = GLOBAL + "    description='A fox.',\n)\n"
    assert shunned(whole + REGION + "    ") == {"title=", "A fox"}
    assert shunned(REGION + "    location='on the left',\n    ") == {"title=", "location='", "A fox"}


def test_a_keyword_that_is_begun_goes_on_to_one_that_is_left() -> None:
    text = REGION + "    description='A fox.',\n    de"
    pieces = [text, "scription", "tailed", "tailed_descriptions=", "pth="]
    guard = KeywordGuard(lambda token: pieces[token].encode())
    guard.accept(0)
    assert guard.adjust(torch.zeros(5)).tolist()[1:] == [-CERTAIN, 0, 0, -CERTAIN]


def test_what_is_said_and_what_is_around_a_call_is_free() -> None:
    assert not shunned("A fox runs, and\n    ")
    assert not shunned(GLOBAL + "    description='A fox.',\n)\n    ")
    assert not shunned(GLOBAL + "    description='")
    assert not shunned(GLOBAL + "    detailed_descriptions=[\n        '")
