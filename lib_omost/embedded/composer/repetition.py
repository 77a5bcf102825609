"""Repetition: keeps the sentences of a list, and the tags of a line, from saying the same again.

While a word of a list is written, the tokens that would make it a word which the list has said already become much less
likely; so they do for a word of the same canvas's other lists, a little. What is fixed is not concerned.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import torch

from ..words import word_set

LISTED = 9.0
"""Nats against a content word that the same list has said."""
ELSEWHERE = 1.0
"""Nats against one that another list of the reply has said."""
CANDIDATES = 40
"""Likeliest tokens that are looked at."""
_OPEN = ("        '", "    tags='", "    atmosphere='", "    style='", "    quality_meta='")
_WORD = re.compile(r"[^\W\d_]{4,}")


class RepetitionGuard:
    """For one reply; sees each of its tokens once, in order. spell: the bytes of a token."""

    def __init__(self, spell: Callable[[int], bytes]) -> None:
        self._spell = spell
        self._line = b""
        self._listed: set[str] = set()
        self._elsewhere: set[str] = set()

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        *finished, self._line = (self._line + self._spell(token)).split(b"\n")
        for line in finished:
            text = line.decode(errors="replace")
            if text.startswith(_OPEN):
                self._listed |= stems(text.partition("'")[2])
            elif text.startswith(("canvas.", ")")):
                self._elsewhere |= self._listed
                self._listed = set()

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], lowered for tokens that would repeat a word."""
        line = self._line.decode(errors="replace")
        if not line.startswith(_OPEN):
            return logits
        text = line.partition("'")[2]
        own = stems(text.rpartition(" ")[0])
        begun = re.search(r"[^\W\d_]*\Z", text)
        assert begun is not None
        lowered = logits
        for token in logits.topk(min(CANDIDATES, logits.numel())).indices.tolist():
            piece = self._spell(token).decode(errors="replace")
            made = piece.strip() if piece.startswith(" ") else begun[0] + piece
            cost = self._cost(made, own)
            if cost:
                if lowered is logits:
                    lowered = logits.clone()
                lowered[token] -= cost
        return lowered

    def _cost(self, made: str, own: set[str]) -> float:
        found = stems(made)
        if found & (self._listed | own):
            return LISTED
        return ELSEWHERE if found & self._elsewhere else 0.0


def stems(text: str) -> set[str]:
    """The longer words of a text, without their plural, six letters of each."""
    found = (word.lower() for word in _WORD.findall(text))
    return {re.sub(r"(?:es|s)$", "", word)[:6] for word in found if word not in _SMALL}


_SMALL = word_set(
    """
    with from this that have into over under there their they them then than very like where while which its
    """
)
