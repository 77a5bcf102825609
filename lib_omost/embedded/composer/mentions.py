"""Mentions: which regions a request refers to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, Noun, lexicon
from ..pieces import Piece, cut
from ..words import clean, tag, tokens, word_set

_BESIDE = re.compile(r"\b(?:next to|near|beside|behind|in front of|on|in|under|over|above) (?:the|a|an) [\w' -]+")
_EMPTY = (
    word_set(
        """
    make with move left right side upper lower from into that this want should could would more some please
    picture scene image look like bigger smaller color colour change turn paint background behind front there
    """
    )
    | COLOR_WORDS
)
_GENERAL = {
    "bird": ("animal", "air"), "animal": ("animal", ""), "creature": ("animal", ""), "beast": ("animal", ""),
    "fish": ("animal", "water"), "boat": ("vehicle", "water"), "vessel": ("vehicle", "water"),
    "plane": ("vehicle", "sky"), "aircraft": ("vehicle", "sky"), "vehicle": ("vehicle", ""), "person": ("person", ""),
    "man": ("person", ""), "woman": ("person", ""), "guy": ("person", ""), "building": ("building", ""),
    "plant": ("plant", ""), "flower": ("plant", "ground"),
}  # fmt: skip
"""The kind and place of what a general noun refers to ("the bird" for a seagull)."""
_PERSON = re.compile(r"\b(?:he|she|him|her)\b(?! \w+'s)")


def noun_of(description: str) -> str:
    """The subject of a region's description: its first noun, with the nouns before it ("cherry tree")."""
    pieces = cut(tag(tokens(clean(description)), lexicon()), lexicon())
    if not pieces:
        return description.strip(" .").rpartition(" ")[2].lower()
    nouns: list[str] = []
    for word in reversed(pieces[0].words):
        if word.role != "noun" and not (nouns and word.role == "adjective" and _modifies(word.lower)):
            break
        nouns.insert(0, word.lower)
    return " ".join(nouns)


def _modifies(word: str) -> bool:
    """Whether a word tagged as an adjective is a noun modifier ("a cherry tree")."""
    return word not in COLOR_WORDS and lexicon().noun(word) is not None


class Mentions:
    """Finds the regions, given by their descriptions, that a text refers to."""

    def __init__(self, regions: Sequence[str], words: Lexicon) -> None:
        self._words = words
        self._pieces = [_first_piece(text, words) for text in regions]
        self.texts = [text.lower() for text in regions]
        self._heads = [piece.head if piece else "" for piece in self._pieces]

    def of(self, text: str) -> tuple[int, ...]:
        """The regions that a text refers to: by their noun, else by another word. Owners ("the fox's hat") and
        reference points ("next to the fox") count only if there is no other match."""
        for part in (_BESIDE.sub(" ", text), text):
            found = self.named(part)
            if found:
                return found
        if found := self._alike(text):
            return found
        long = set(re.findall(r"[a-z]{4,}", text)) - _EMPTY
        return tuple(at for at, words in enumerate(self.texts) if long & set(re.findall(r"[a-z]{4,}", words)))[:1]

    def _alike(self, text: str) -> tuple[int, ...]:
        """The one region of something that is drawn as a noun of the text is ("the gulls" for seagulls)."""
        nouns = [self._words.noun(word) for word in re.findall(r"[a-z][a-z'-]{2,}", text)]
        looks = {noun.nearest[0] for noun in nouns if noun and noun.nearest and noun.kind in ("animal", "person")}
        known = [piece.noun if piece else None for piece in self._pieces]
        found = [at for at, noun in enumerate(known) if noun and noun.nearest and noun.nearest[0] in looks]
        if not found:
            general = {noun.word: _GENERAL[noun.word] for noun in nouns if noun and noun.word in _GENERAL}
            found = [at for at, noun in enumerate(known) if noun and _is_one_of(noun, general)]
        return tuple(found) if len(found) == 1 else ()

    def named(self, text: str) -> tuple[int, ...]:
        """The regions whose noun a text contains."""
        parts = [re.sub(r"'s?$", "", word) for word in re.findall(r"[a-z][a-z'-]*", text)]
        forms = {form for word in parts for form in self._bases(word)}
        return tuple(at for at, head in enumerate(self._heads) if head and self._bases(head) & forms)

    def _bases(self, word: str) -> set[str]:
        noun = self._words.noun(word)
        return {word} | ({noun.word} if noun else {word.removesuffix("s")})

    def persons(self, text: str) -> tuple[int, ...]:
        """The first person among the regions, if a text says "he" or "she"."""
        nouns = [piece.noun if piece else None for piece in self._pieces]
        found = [at for at, noun in enumerate(nouns) if noun and noun.kind == "person"]
        return tuple(found[:1]) if _PERSON.search(text) else ()

    def count(self, at: int) -> int:
        """The number of things in a region, by its description."""
        piece = self._pieces[at]
        return piece.count(self._words) if piece else 1


def _is_one_of(noun: Noun, general: Mapping[str, tuple[str, str]]) -> bool:
    return any(
        word in noun.nearest or (noun.kind == kind and place in ("", noun.place))
        for word, (kind, place) in general.items()
    )


def _first_piece(description: str, words: Lexicon) -> Piece | None:
    """The phrase for the subject of a description: the second one in "a herd of cows"."""
    pieces = cut(tag(tokens(clean(description)), words), words)
    if not pieces:
        return None
    grouped = len(pieces) > 1 and pieces[1].link == ("of",) and pieces[0].noun and pieces[0].noun.kind == "group"
    return pieces[1] if grouped else pieces[0]
