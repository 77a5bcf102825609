"""Keeps a small model to the keywords of a call, each of them once, where no grammar does."""

from __future__ import annotations

import re
from collections.abc import Callable

import torch

from ..grammar import GLOBAL, REGION
from .stretches import CERTAIN

CANDIDATES = 48
"""Likeliest tokens that are looked at."""

_CALLS = {
    call.opening.rstrip("\n").encode(): tuple(field.keyword.encode() for field in call.fields)
    for call in (GLOBAL, REGION)
}
_KEYWORD = re.compile(rb" {4}([A-Za-z_]+)(=?)")


class KeywordGuard:
    """For one reply that begins a canvas; sees each of its tokens once, in order.

    spell: the bytes of a token.
    """

    def __init__(self, spell: Callable[[int], bytes]) -> None:
        self._spell = spell
        self._line = b""
        self._left: list[bytes] = []  # keywords that the open call has not named yet

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        *finished, self._line = (self._line + self._spell(token)).split(b"\n")
        for line in finished:
            if line in _CALLS:
                self._left = [*_CALLS[line]]
            elif line == b")":
                self._left = []
            elif (found := _KEYWORD.match(line)) and found[2] and found[1] in self._left:
                self._left.remove(found[1])

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], lower where a token goes on to a keyword that is not left."""
        if not self._left or (self._line.strip(b" ") and not _KEYWORD.fullmatch(self._line)):
            return logits
        logits = logits.clone()
        for token in logits.topk(min(CANDIDATES, logits.numel())).indices.tolist():
            found = _KEYWORD.match(self._line + self._spell(token))
            if found and not any(name == found[1] if found[2] else name.startswith(found[1]) for name in self._left):
                logits[token] -= CERTAIN
        return logits
