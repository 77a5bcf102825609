"""Has a small model give each thing that a prompt names a region of its own.

Where the comment of a new region is begun, the words of the prompt that no region shows yet become likelier; where it
names one of them, an "and" becomes less likely, so that the next one gets its own region. As long as a thing is
missing, the end of the canvas becomes less likely, and likelier when none is: what a small model invents beyond is
seldom worth the wait. And the description of a region is helped to say what its comment said. A model that is sure
of something else writes it all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import torch

from .requests import EMPTY, content_words, things
from .stretches import COMMENT

NAMING = 2.5
"""Nats for a word of the prompt that no region shows yet."""
JOINING = 2.5
"""Nats against an "and", or another of them, behind the first; and against saying there where it stands: "on the right
of the field" is what the location is for, and makes a small painter draw the field."""
LEAVING = 2.5
"""Nats against ending the canvas while a thing of the prompt has no region."""
ENOUGH = 1.5
"""Nats for ending it when all of them have one, and there are two at least."""
CANDIDATES = 48
"""Likeliest tokens that are looked at."""

_ASKING = """
    background beautiful create describe draw drawing foreground generate hello illustration image imagine made making
    need painted painting photo photograph poster render scene see showing sketch style tell thanks view what who why
"""
"""Words of prompts, beside those that name nothing in requests, that are not to be seen in the picture."""
_DESCRIPTION = b"    description='"
_AND = re.compile(rb" (?:and|with)\b|,")
_WHERE = re.compile(rb" (?:on|to|at|in)\b")


class SubjectGuard:
    """For one reply that begins a canvas or adds to one; sees each of its tokens once, in order.

    spell: the bytes of a token. prompt: what the user asked, or what is to be added.
    """

    def __init__(self, spell: Callable[[int], bytes], prompt: str) -> None:
        self._spell = spell
        self._line = b""
        self._words = content_words(prompt) - content_words(_ASKING)
        self._missing = set(self._words)
        self._things = things(prompt) & self._words
        self._regions = 0
        self._title = b""  # the description that the comment announced
        self._boundary = False  # whether a call has just been closed

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        *finished, self._line = (self._line + self._spell(token)).split(b"\n")
        for line in finished:
            if line.startswith(COMMENT):
                self._missing -= self._said(line)
                self._regions += 1
                title = line[len(COMMENT) :].rstrip(b".")
                self._title = _DESCRIPTION + title[:1].upper() + title[1:]
        if finished:
            self._boundary = finished[-1] == b")"

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], higher where a token begins a word that is missing."""
        if self._boundary and not self._line and self._things:
            # A thing may have its region by another word, and is not waited for without end.
            waits = self._things & self._missing and self._regions <= len(self._things)
            nats = LEAVING if waits else -ENOUGH if self._regions > 1 else 0.0
            return self._lowered(logits, lambda piece: piece.startswith(b"`"), nats)
        if self._title and self._line.startswith(_DESCRIPTION):
            return self._lowered(logits, lambda piece: self._title.startswith(self._line + piece), -NAMING)
        if not self._missing or not self._line.startswith(COMMENT[:-1]):
            return logits
        said = self._said(self._line)
        if said & (self._things or self._words):
            others = self._things & self._missing - said
            shunned = (_AND, _WHERE) if self._missing - said else (_WHERE,)
            return self._lowered(
                logits,
                lambda piece: any(words.match(piece) for words in shunned) or self._names(self._line + piece, others),
                JOINING,
            )
        # A word that is begun is to be finished.
        inside = self._names(self._line, self._missing) and not said & self._missing
        return self._lowered(
            logits,
            lambda piece: not (inside and piece.startswith(b" ")) and self._names(self._line + piece, self._missing),
            -NAMING,
        )

    def _lowered(self, logits: torch.Tensor, concerns: Callable[[bytes], bool], nats: float) -> torch.Tensor:
        """Logits, lower by `nats` for the likely tokens whose bytes are concerned."""
        logits = logits.clone()
        for token in logits.topk(min(CANDIDATES, logits.numel())).indices.tolist():
            if concerns(self._spell(token)):
                logits[token] -= nats
        return logits

    def _said(self, comment: bytes) -> set[str]:
        return content_words(comment[len(COMMENT) :].decode(errors="replace"))

    def _names(self, line: bytes, words: set[str]) -> bool:
        """Whether the line ends with one of the words or its beginning."""
        found = re.search(r"\w{2,}\Z", line[len(COMMENT) :].decode(errors="replace").lower())
        if found is None or found[0] in EMPTY:
            return False
        begins = any(word.startswith(found[0][:7]) for word in words)
        return begins or bool(content_words(found[0]) & words)
