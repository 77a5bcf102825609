"""How many tokens the parts of a canvas take at the most, counted with the tokenizer of one model.

A model may not use the shortest tokenisation of a text, hence a quarter more tokens than the tokenizer needs. The costs
tell whether the rest of a budget suffices to end a canvas.
"""

from __future__ import annotations

from collections.abc import Callable

from ..canvas.fields import Color, FieldSpec, Number, Phrase, Texts
from .grammar import CLOSING, GLOBAL, INDENT, OPENING, REGION, CallGrammar
from .guidance import Script

MARGIN = 8
"""Tokens in reserve for the unforeseeable: an unfinished character, a separate blank."""
SHORTEST = 2
"""Tokens of a text of one word."""
TERSE = 14
"""Tokens of a short but meaningful text."""


class Costs:
    """The costs in tokens with one tokenizer; tokens: how many it makes of a text.

    canvas: the smallest budget with which a complete canvas is guaranteed.
    """

    def __init__(self, tokens: Callable[[str], int]) -> None:
        self._tokens = tokens
        self._least = {call.method: self._rests(call, SHORTEST) for call in (GLOBAL, REGION)}
        self._terse = {call.method: self._rests(call, TERSE) for call in (GLOBAL, REGION)}
        opening = self._count(OPENING) + self._count("canvas = Canvas()\n")
        self.canvas = opening + self.rest(GLOBAL, 0) + self.rest(REGION, 0) + self._count(CLOSING) + 1 + 2 * MARGIN

    def rest(self, call: CallGrammar, field: int, *, terse: bool = False) -> int:
        """Tokens of a call from its field number `field` to its end, including the method's name if `field` is 0; with
        texts of one word, or short ones if `terse`."""
        return (self._terse if terse else self._least)[call.method][field]

    def calls(self, script: Script) -> tuple[int, ...]:
        """Tokens of each call of a script."""
        return tuple(self._count(call) for call in script.calls)

    def script(self, script: Script) -> int:
        """The smallest budget with which a complete canvas of the script is guaranteed."""
        opening = self._count(OPENING) + self._count("# Initialize the canvas\ncanvas = Canvas()\n")
        return opening + sum(self.calls(script)) + self._count(CLOSING) + 1 + 3 * MARGIN

    def _rests(self, call: CallGrammar, text: int) -> tuple[int, ...]:
        """Tokens from each field of a call to its end, with `text` tokens in each text."""
        costs = [self._count(")\n")]
        for field in reversed(call.fields):
            costs.append(costs[-1] + self._field(field, text))
        costs[-1] += self._count(f"\n{call.opening}")
        return tuple(reversed(costs))

    def _field(self, field: FieldSpec, text: int) -> int:
        name = f"{INDENT}{field.keyword}="
        match field.kind:
            case Phrase(values=values) | Color(values=values):
                return self._count(name) + max(self._count(f"'{value}',\n") for value in values)
            case Number():
                return self._count(f"{name}999.9,\n") + 1
            case Texts():
                return self._count(f"{name}[\n{INDENT * 2}'',\n{INDENT}],\n") + text
            case _:
                return self._count(f"{name}'',\n") + text

    def _count(self, text: str) -> int:
        return self._tokens(text) * 5 // 4 + 1
