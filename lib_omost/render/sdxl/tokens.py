"""Packing sub-prompts into bags of token ids, for one or more tokenizers. No torch.

The texts of a condition rarely fit into one window of the text encoder, so they are encoded in several bags. Every bag
repeats the prefix (what the condition is about) and holds as many whole suffixes as fit, in order; a bag is
BOS + prefix + suffixes + EOS, padded to ``capacity + 2`` ids. No text is dropped silently:

- a suffix that does not fit beside the prefix is split at clauses, else at words, else between tokens;
- a prefix that leaves too little room is shortened at a clause, and its rest becomes the first suffix;
- without suffixes the prefix alone fills a bag, or several if it is longer;
- if tokenizers disagree about a length, the larger one counts;
- special tokens that are spelled out in a text (``<|endoftext|>``) are ordinary characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lib_omost.canvas.conditions import clean_subprompt

CAPACITY = 75
"""Text tokens in one CLIP window of 77, without BOS and EOS."""

_LEAST_ROOM = 3
"""A prefix is shortened only if it leaves less than one part in this many of the window for a suffix that needs more.
"""

_CLAUSE = re.compile(r"(?<=[.,;:!?])\s+")


class Tokenizer(Protocol):
    """The interface of a transformers tokenizer that is used here."""

    bos_token_id: int
    eos_token_id: int
    pad_token_id: int

    def __call__(self, text: list[str], **options: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Bags:
    """ids[t][b]: the ``capacity + 2`` token ids of bag b for tokenizer t; all tokenizers have the same number of bags.
    notices: sentences for the user about texts that were split."""

    ids: tuple[tuple[tuple[int, ...], ...], ...]
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids[0])


def bags(
    prefixes: Iterable[str], suffixes: Iterable[str], tokenizers: Sequence[Tokenizer], capacity: int = CAPACITY
) -> Bags:
    """The bags of one condition, filled greedily: a new one begins when the next suffix does not fit.

    Texts are cleaned first, and empty ones are left out. `capacity` counts text tokens, without BOS and EOS.
    """
    encode = _Encoder(tokenizers)
    prefix = encode(_join(prefixes))
    rest = [encode(text) for text in map(clean_subprompt, suffixes) if text]
    notices: list[str] = []

    if not rest:
        rest, prefix = [prefix], encode("")
    elif prefix.length + max(piece.length for piece in rest) > capacity:
        room = max(1, capacity // _LEAST_ROOM)
        if capacity - prefix.length < room:
            head, *tail = _split(prefix, capacity - room, encode)
            if tail:
                notices.append(
                    _notice(
                        prefix,
                        capacity - room,
                        "repeated with every part of its prompt; the end of it is read once instead",
                    )
                )
                rest = [encode(" ".join(piece.text for piece in tail)), *rest]
            prefix = head

    filled = _fill(prefix, rest, capacity, encode, notices)
    return _rows(prefix, filled, tokenizers, capacity, notices)


def window(text: str, tokenizers: Sequence[Tokenizer], capacity: int = CAPACITY) -> Bags:
    """The bags of one text, not cleaned and without a prefix, as a negative prompt needs it.

    A text that fits is one bag, which equals the stock pipeline's input; a longer one is split like a long sub-prompt.
    """
    encode = _Encoder(tokenizers)
    notices: list[str] = []
    filled = _fill(encode(""), [encode(text)], capacity, encode, notices)
    return _rows(encode(""), filled, tokenizers, capacity, notices)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with its ids for every tokenizer; its length is that of the longest ids."""

    text: str
    ids: tuple[tuple[int, ...], ...]

    @property
    def length(self) -> int:
        return max(len(row) for row in self.ids)


class _Encoder:
    def __init__(self, tokenizers: Sequence[Tokenizer]) -> None:
        self._tokenizers = tokenizers

    def __call__(self, text: str) -> _Text:
        if not text:
            return _Text("", ((),) * len(self._tokenizers))
        return _Text(text, tuple(self._ids(tokenizer, text) for tokenizer in self._tokenizers))

    @staticmethod
    def _ids(tokenizer: Tokenizer, text: str) -> tuple[int, ...]:
        # verbose=False: texts longer than the window are split into bags, so the tokenizer's warning would mislead.
        options = {"add_special_tokens": False, "split_special_tokens": True, "verbose": False}
        return tuple(tokenizer([text], **options)["input_ids"][0])


def _fill(
    prefix: _Text, texts: Sequence[_Text], capacity: int, encode: Callable[[str], _Text], notices: list[str]
) -> list[list[_Text]]:
    """The texts of each bag, in order; a text that does not fit beside the prefix is split, with a notice."""
    room = capacity - prefix.length
    filled: list[list[_Text]] = [[]]
    used = 0
    for text in texts:
        pieces = _split(text, room, encode)
        if len(pieces) > 1:
            notices.append(_notice(text, room, f"read at once; it is read in {len(pieces)} parts"))
        for piece in pieces:
            if filled[-1] and used + piece.length > room:
                filled.append([])
                used = 0
            filled[-1].append(piece)
            used += piece.length
    return filled


def _rows(
    prefix: _Text, filled: list[list[_Text]], tokenizers: Sequence[Tokenizer], capacity: int, notices: list[str]
) -> Bags:
    def row(t: int, pieces: list[_Text]) -> tuple[int, ...]:
        text = [*prefix.ids[t], *(token for piece in pieces for token in piece.ids[t])]
        padding = [tokenizers[t].pad_token_id] * (capacity - len(text))
        return (tokenizers[t].bos_token_id, *text, tokenizers[t].eos_token_id, *padding)

    ids = tuple(tuple(row(t, pieces) for pieces in filled) for t in range(len(tokenizers)))
    return Bags(ids, tuple(notices))


def _join(texts: Iterable[str]) -> str:
    return " ".join(text for text in map(clean_subprompt, texts) if text)


def _split(text: _Text, room: int, encode: Callable[[str], _Text]) -> list[_Text]:
    """`text` in pieces of at most `room` tokens: at clauses, else at words, else between tokens."""
    if text.length <= room:
        return [text]
    for parts in (_CLAUSE.split(text.text), text.text.split()):
        if len(parts) > 1:
            pieces = _pack(parts, room, encode)
            return [small for piece in pieces for small in _split(piece, room, encode)]
    # One word: it can only be split between tokens.
    count = -(-text.length // room)
    return [_Text(text.text, tuple(row[i * room : (i + 1) * room] for row in text.ids)) for i in range(count)]


def _pack(parts: Sequence[str], room: int, encode: Callable[[str], _Text]) -> list[_Text]:
    """Consecutive parts joined as long as they fit, to give as few pieces as possible."""
    pieces: list[_Text] = []
    held = parts[0]
    for part in parts[1:]:
        if encode(f"{held} {part}").length <= room:
            held = f"{held} {part}"
        else:
            pieces.append(encode(held))
            held = part
    pieces.append(encode(held))
    return pieces


def _notice(text: _Text, room: int, what: str) -> str:
    shown = text.text if len(text.text) <= 60 else f"{text.text[:57]}..."
    return f"“{shown}” has {text.length} tokens, more than the {room} that can be {what}."
