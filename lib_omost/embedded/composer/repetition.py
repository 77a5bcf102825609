"""Repetition: a logit penalty against repeated words in the sentences of a list.

While the model writes a word of a list, tokens that would complete a word which the list already contains get a large
penalty, and those for a word of the canvas's other lists a small one. Text that the script fixes is not affected.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import torch

from ..words import word_set

LISTED = 9.0
"""Penalty in nats for a content word that the same list already contains."""
ELSEWHERE = 2.5
"""Penalty in nats for one that another list of the reply contains."""
CANDIDATES = 40
"""Number of most likely tokens that are checked."""
_OPEN = ("        '", "    atmosphere='", "    style='", "    quality_meta='")
_WORD = re.compile(r"[^\W\d_]{4,}")


class RepetitionGuard:
    """The penalty for one reply, whose tokens must be passed to `accept` once each and in order. spell: returns the
    bytes of a token."""

    def __init__(self, spell: Callable[[int], bytes]) -> None:
        self._spell = spell
        self._line = b""
        self._listed: set[str] = set()
        self._elsewhere: set[str] = set()

    def accept(self, token: int) -> None:
        """Append a token of the reply."""
        *finished, self._line = (self._line + self._spell(token)).split(b"\n")
        for line in finished:
            text = line.decode(errors="replace")
            if text.startswith(_OPEN):
                self._listed |= stems(text.partition("'")[2])
            elif text.startswith(("canvas.", ")")):
                self._elsewhere |= self._listed
                self._listed = set()

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """`logits`, [vocabulary], lowered for tokens that would repeat a word."""
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
    """The first six letters of each longer word of a text, in the singular."""
    found = (word.lower() for word in _WORD.findall(text))
    return {re.sub(r"(?:es|s)$", "", word)[:6] for word in found if word not in _FUNCTION_WORDS}


_FUNCTION_WORDS = word_set(
    """
    with from this that have into over under there their they them then than very like where while which its
    """
)
