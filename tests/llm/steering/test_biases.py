"""Which helps a reply gets."""

from __future__ import annotations

from collections.abc import Sequence

from lib_omost.llm.base import Message
from lib_omost.llm.steering import biases
from tests.scripted import REPLY


def helps(*texts: str) -> set[str]:
    """The kinds of help for the last of `texts`, which are prompts and replies in alternation."""
    messages = [Message("assistant" if at % 2 else "user", text) for at, text in enumerate(texts)]

    def encode(text: str) -> Sequence[int]:
        return list(text.encode())

    return {type(bias).__name__ for bias in biases(messages, lambda token: bytes([token]), encode)}


def test_a_first_canvas_is_helped_with_its_form_and_its_things() -> None:
    assert helps("a castle") == {"LoopGuard", "OpeningBias", "KeywordGuard", "SubjectGuard", "CrowdGuard"}


def test_an_edit_copies_and_what_is_added_finds_its_place() -> None:
    assert helps("a castle", REPLY, "make it night") == {"LoopGuard", "CopyBias"}
    assert helps("a castle", REPLY, "add a full moon") == {"LoopGuard", "CopyBias", "SubjectGuard", "CrowdGuard"}
