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
    # A text never has more tokens than its parts and the spaces between them together.
    room = capacity - count(prefix) - 1 if prefix else capacity
    texts = _fill([piece for text in rest for piece in _split(text, count, room)], count, room)
    shown = whole if len(whole) <= 60 else f"{whole[:57]}..."
    notice = f"“{shown}” has {count(whole)} tokens, more than the {capacity} that can be read at once; "
    return Prose(tuple(f"{prefix} {text}".strip() for text in texts), (f"{notice}it is read in {len(texts)} parts.",))


def _fill(pieces: Sequence[str], count: Count, room: int) -> list[str]:
    """The pieces joined in order, each text as long as the room allows. Counts every piece once."""
    texts: list[list[str]] = []
    used = 0
    for piece in pieces:
        length = count(piece) + 1
        if not texts or used + length > room + 1:
            texts.append([])
            used = 0
        texts[-1].append(piece)
        used += length
    return [" ".join(text) for text in texts]


def _split(text: str, count: Count, room: int) -> list[str]:
    """`text` in pieces that fit into the room: whole, else at clauses, else at words, else in halves."""
    if count(text) <= room or len(text) == 1:
        return [text]
    for parts in (_CLAUSE.split(text), text.split()):
        if len(parts) > 1:
            return _fill([piece for part in parts for piece in _split(part, count, room)], count, room)
    half = len(text) // 2
    return [*_split(text[:half], count, room), *_split(text[half:], count, room)]
