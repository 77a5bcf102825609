"""Counts: requests for another number of what a region shows."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..lexicon import Lexicon
from ..words import NUMBERS
from .brief import Thing
from .change import Change
from .cues import ONE_OF, ONLY, REMOVE
from .mentions import Mentions

ThingsOf = Callable[[str], tuple[Thing, ...]]
"""The new things in a text."""

NUMBER = "|".join([*NUMBERS, r"\d+"])
_COUNTED = re.compile(rf"^(?:a single|{NUMBER}) [\w' -]+$")
_UPON = re.compile(r" (?:in|at|on|under|from|near|behind|above|below|beside|over|next to) .*")
_FURTHER = re.compile(r"\b(?:more|another|additional|extra|further|second|third)\b")


def new_number(lower: str, mentions: Mentions, things_of: ThingsOf, words: Lexicon) -> Change | None:
    """Another number of things that a region shows."""
    if found := ONE_OF.search(lower):
        targets = mentions.of(found["old"]) if REMOVE.search(lower) else ()
        left = mentions.count(targets[0]) - 1 if targets else 0
        if left < 1:
            return None
        noun = re.sub(r"^(?:the|those|these|my) ", "", _UPON.sub("", found["old"]))
        if left == 1:
            noun = _singular(noun, words)
        things = things_of(f"{'one' if left == 1 else left} {noun}")
        return Change("replace", targets, things[:1]) if things else None
    if _FURTHER.search(lower):
        return None
    text = ONLY.sub("", lower).removeprefix("a single ")
    text = f"one {text}" if "a single " in lower else text
    if not _COUNTED.match(text) or (text == lower and not re.match(rf"(?:{NUMBER}) ", lower)):
        return None
    targets = mentions.of(_UPON.sub("", text))
    things = things_of(text)
    return Change("replace", targets[:1], things[:1]) if targets and things else None


def _singular(noun: str, words: Lexicon) -> str:
    *before, last = noun.split()
    found = words.noun(last)
    return " ".join([*before, found.word if found else last])
