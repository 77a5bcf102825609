"""Pieces: a tagged sentence split into noun phrases and the words between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .lexicon import Lexicon, Noun
from .words import NUMBERS, Word

MAX_PIECES = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A noun phrase. link: the words and punctuation between it and the previous one, in lower case. words: the phrase,
    up to its head. noun: the lexicon's entry for the head, None if there is none."""

    link: tuple[str, ...]
    words: tuple[Word, ...]
    noun: Noun | None

    @property
    def head(self) -> str:
        return self.words[-1].lower

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def determiner(self) -> str:
        return self.words[0].lower if self.words[0].role == "determiner" else ""

    def count(self, lexicon: Lexicon) -> int:
        """The number in the phrase, or else 2 for a plural and 1 for a singular."""
        for word in self.words:
            if word.role == "number":
                return int(word.lower) if word.lower.isdigit() and len(word.lower) < 4 else NUMBERS.get(word.lower, 2)
        return 2 if lexicon.is_plural(self.head) and self.determiner not in ("a", "an") else 1


def cut(words: Sequence[Word], lexicon: Lexicon) -> list[Piece]:
    """The noun phrases of a text in order, at most `MAX_PIECES`."""
    pieces: list[Piece] = []
    link: list[str] = []
    chunk: list[Word] = []

    def close() -> None:
        nouns = [place for place, word in enumerate(chunk) if word.role == "noun"]
        if nouns:
            end = nouns[-1] + 1
            piece = Piece(tuple(link), tuple(chunk[:end]), _noun(chunk[:end], lexicon))
            pieces.append(piece)
            link.clear()
        elif chunk:
            link.extend(word.lower for word in chunk)
        chunk.clear()

    for place, word in enumerate(words):
        has_noun = any(one.role == "noun" for one in chunk)
        if word.role in ("determiner", "number") and has_noun:
            close()
        if word.role in ("determiner", "number", "adjective", "noun"):
            chunk.append(word)
        elif word.lower in ("and", "&", ",") and chunk and not has_noun and _goes_on(words[place + 1 :]):
            chunk.append(replace(word, role="other"))
        elif word.lower == "'" or (word.lower == "-" and chunk):
            continue
        else:
            close()
            link.append(word.lower)
    close()
    return pieces[:MAX_PIECES]


def _goes_on(ahead: Sequence[Word]) -> bool:
    """Whether another adjective follows an "and" ("a black and white cat")."""
    return bool(ahead) and ahead[0].role == "adjective"


def _noun(chunk: Sequence[Word], lexicon: Lexicon) -> Noun | None:
    if len(chunk) > 1:
        pair = lexicon.noun(f"{chunk[-2].lower} {chunk[-1].lower}")
        if pair is not None:
            return pair
    last = chunk[-1].lower
    for form in (last, last.removesuffix("'s"), last.rpartition("-")[2]):
        found = lexicon.noun(form)
        if found is not None:
            return found
    return None
