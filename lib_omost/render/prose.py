"""The text of a condition for models that read whole paragraphs, in as few windows as needed. No torch.

A window is one text that the encoder reads at once. Each repeats the prefix, what the condition is about, and holds as
many of the other sub-prompts as fit, in order. Nothing is dropped: a sub-prompt that does not fit beside the prefix is
split at clauses, else at words, else within words, and a prefix that fills more than half a window is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lib_omost.canvas.conditions import clean_subprompt

Count = Callable[[str], int]
"""The number of tokens of a text."""

_CLAUSE = re.compile(r"(?<=[.,;:!?])\s+")


@dataclass(frozen=True, slots=True)
class Prose:
    """The texts of one condition, at least one; a single empty one if there is nothing to say. notices: sentences for
    the user about texts that were split."""

    texts: tuple[str, ...]
    notices: tuple[str, ...] = ()


def prose(prefixes: Iterable[str], suffixes: Iterable[str], count: Count, capacity: int) -> Prose:
    """The texts of one condition, each of at most `capacity` tokens by `count`."""
    prefix = " ".join(text for text in map(clean_subprompt, prefixes) if text)
    rest = [text for text in map(clean_subprompt, suffixes) if text]
    whole = " ".join([prefix, *rest]).strip()
    if count(whole) <= capacity:
        return Prose((whole,))
    if count(prefix) * 2 > capacity:
        prefix, rest = "", [prefix, *rest]
    pieces = [piece for text in rest for piece in _split(text, prefix, count, capacity)]
    texts = _fill(pieces, prefix, count, capacity)
    shown = whole if len(whole) <= 60 else f"{whole[:57]}..."
    notice = f"“{shown}” has {count(whole)} tokens, more than the {capacity} that can be read at once; "
    return Prose(texts, (f"{notice}it is read in {len(texts)} parts.",))


def _fill(pieces: Sequence[str], prefix: str, count: Count, capacity: int) -> tuple[str, ...]:
    """The pieces joined in order, each text as long as possible and with the prefix."""
    texts: list[str] = []
    held = ""
    for piece in pieces:
        longer = f"{held or prefix} {piece}".strip()
        if held and count(longer) > capacity:
            texts.append(held)
            longer = f"{prefix} {piece}".strip()
        held = longer
    return (*texts, held)


def _split(text: str, prefix: str, count: Count, capacity: int) -> list[str]:
    """`text` in pieces that fit beside the prefix: whole, else at clauses, else at words, else in halves."""

    def length(piece: str) -> int:
        return count(f"{prefix} {piece}".strip())

    for parts in ([text], _CLAUSE.split(text), text.split()):
        pieces = _fill(parts, "", length, capacity)
        if all(length(piece) <= capacity for piece in pieces):
            return list(pieces)
    if len(text) == 1:
        return [text]
    words = text.split()
    parts = words if len(words) > 1 else [text[: len(text) // 2], text[len(text) // 2 :]]
    return [piece for part in parts for piece in _split(part, prefix, count, capacity)]
