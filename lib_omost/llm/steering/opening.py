"""Helps a small model to begin a canvas, where no grammar does: the first lines are the same in all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from lib_omost.canvas.model import Canvas, GlobalDescription
from lib_omost.canvas.writer import write

from .stretches import CERTAIN

OPENING = "".join(write(Canvas(GlobalDescription(""))).partition("description='")[:2])
"""What comes before the first words of its own."""


class OpeningBias:
    """For one reply that begins a canvas; sees each of its tokens once, in order.

    spell: the bytes of a token. opening: the tokens of `OPENING`.
    """

    def __init__(self, spell: Callable[[int], bytes], opening: Sequence[int]) -> None:
        self._spell = spell
        self._tokens: dict[bytes, int] = {}  # the token that comes behind a beginning of the opening
        text = b""
        for token in opening:
            self._tokens[text] = token
            text += spell(token)
        self._written: bytes | None = b""  # None when it is no beginning of the opening

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        if self._written is not None:
            self._written += self._spell(token)
            if not any(beginning.startswith(self._written) for beginning in self._tokens):
                self._written = None

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], higher for the token that goes on with the opening."""
        if self._written not in self._tokens:
            return logits
        logits = logits.clone()
        logits[self._tokens[self._written]] += CERTAIN
        return logits
