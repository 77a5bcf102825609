"""The lexicon: the parts of speech of English words, and the kind, usual place and size of what a noun names.

Made from WordNet by `training/lexicon.py`, which also describes the files in its folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

FOLDER = Path(__file__).resolve().parents[2] / "models" / "lexicon"

Kind = Literal[
    "animal", "person", "plant", "food", "building", "nature", "water", "vehicle", "sky", "furniture", "clothing",
    "object", "part", "body", "group", "material", "event", "scene", "place", "time", "weather", "light", "none",
]  # fmt: skip
Place = Literal["ground", "surface", "water", "air", "sky", "held", "worn", "any"]


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun and the usual properties of what it names.

    word: in the singular, unless it has none. size: 0 (an ant) to 4 (a mountain). share: the share of this meaning in
    the uses of the word, 0..1. nearest: the things that the painter can draw which are most similar to it, most similar
    first; empty if there are none.
    """

    word: str
    kind: Kind
    place: Place
    size: int
    share: float
    nearest: tuple[str, ...]


class Lexicon:
    """English nouns and other words, read from `folder` on first use (0.1 s)."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def labels(self) -> dict[str, str]:
        """The names of the things that the painter can draw, by the same in lower case."""
        return {label.lower(): label for label in self._labels}

    def noun(self, word: str) -> Noun | None:
        """The noun that `word`, one word or two with a space between them, is a form of; None if there is none."""
        word = word.lower()
        for form in self._forms(word):
            if form in self._rows:
                return self._read(form)
        return None

    def is_plural(self, word: str) -> bool:
        """Whether a word is the plural of a noun and is not itself a noun in the singular."""
        word = word.lower()
        base = next((form for form in self._forms(word) if form in self._rows), word)
        return base != word

    def singular(self, word: str) -> str:
        """The singular of a plural of a noun, even if that is a noun of its own ("people"); else the word itself."""
        irregular = self._irregular.get(("n", word))
        return irregular or next((form for form in noun_bases(word) if form in self._rows), word)

    def parts_of_speech(self, word: str) -> str:
        """The parts of speech of a word, one letter each, most frequent first: n(oun), v(erb), a(djective), (adve)r(b).
        Empty for an unknown word. A form of a verb counts as the verb."""
        word = word.lower()
        parts = re.sub("[A-Z]", "", self._words.get(word, ""))  # capitals are rare uses
        if not parts:
            plural = next((form for form in noun_bases(word) if "n" in self._words.get(form, "")), "")
            parts = re.sub("[^nv]", "", self._words.get(plural, ""))
        if not parts:
            base = next((form for form in verb_bases(word) if self._is_verb(form)), "")
            parts = "v" if base or self._irregular.get(("v", word)) else ""
        if "n" not in parts and self.noun(word):
            parts += "n"
        return parts

    def verb(self, word: str) -> str | None:
        """The verb that a word is a form of, None if there is none."""
        word = word.lower()
        irregular = self._irregular.get(("v", word))
        bases = [irregular] if irregular else [word, *verb_bases(word)]
        return next((form for form in bases if irregular or self._is_verb(form)), None)

    def _is_verb(self, word: str) -> bool:
        return "v" in self._words.get(word, "").lower()

    def _forms(self, word: str) -> list[str]:
        """A word and the singulars that it may be a plural of."""
        first, blank, last = word.rpartition(" ")
        forms = [last, *noun_bases(last)]
        irregular = self._irregular.get(("n", last))
        if irregular:
            forms.insert(1 if last in self._rows else 0, irregular)
        return [f"{first}{blank}{form}" for form in forms]

    def _read(self, word: str) -> Noun:
        heading, row = self._rows[word]
        kind, place, size = heading.split()
        share, _, nearest = row.partition("\t")
        assert kind in get_args(Kind)
        assert place in get_args(Place)
        names = tuple(self._labels[int(index)] for index in nearest.split())
        return Noun(word, cast(Kind, kind), cast(Place, place), int(size), int(share) / 9, names)

    @cached_property
    def _labels(self) -> list[str]:
        return (self._folder / "labels.txt").read_text(encoding="utf-8").splitlines()

    @cached_property
    def _rows(self) -> dict[str, tuple[str, str]]:
        """For each noun the heading above its row, and the rest of the row."""
        rows = {}
        heading = ""
        for line in (self._folder / "nouns.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                heading = line[2:]
            else:
                word, _, row = line.partition("\t")
                rows[word] = (heading, row)
        return rows

    @cached_property
    def _tables(self) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
        """The parts of speech of words, and the base of each irregular form."""
        words: dict[str, str] = {}
        irregular: dict[tuple[str, str], str] = {}
        for line in (self._folder / "words.txt").read_text(encoding="utf-8").splitlines():
            word, _, entry = line.partition("\t")
            part, equals, base = entry.partition("=")
            if equals:
                irregular[part, word] = base
            else:
                words[word] = entry
        return words, irregular

    @property
    def _words(self) -> dict[str, str]:
        return self._tables[0]

    @property
    def _irregular(self) -> dict[tuple[str, str], str]:
        return self._tables[1]


def noun_bases(word: str) -> list[str]:
    """The possible singulars of a regular plural."""
    bases = []
    if word.endswith("men"):
        bases.append(word[:-3] + "man")
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        bases.append(word[:-1])
        if word.endswith("ves"):
            bases += [word[:-3] + "f", word[:-3] + "fe"]
        if word.endswith("ies"):
            bases.append(word[:-3] + "y")
        if re.search(r"(?:s|x|z|ch|sh|o)es$", word):
            bases.append(word[:-2])
    return bases


def verb_bases(word: str) -> list[str]:
    """The possible verbs of a regular form: "run" and others for "running"."""
    if word.endswith("ing") and len(word) > 4:
        stem = word[:-3]
        bases = _with_e(stem)
        bases.append(word[:-4] + "ie")
    elif word.endswith("ed") and len(word) > 3:
        stem = word[:-2]
        bases = _with_e(stem)
        if word.endswith("ied"):
            bases.append(word[:-3] + "y")
    elif word.endswith("s") and not word.endswith("ss"):
        return noun_bases(word)
    else:
        return []
    if len(stem) > 2 and stem[-1] == stem[-2]:
        bases.append(stem[:-1])
    return bases


def _with_e(stem: str) -> list[str]:
    """A stem with and without the e that the ending may have replaced, the likelier one first: "ride" for "rid", "hold"
    for "hold"."""
    short = re.search(r"[^aeiou][aeiou][^aeiouwxy]$", stem)
    return [stem + "e", stem] if short else [stem, stem + "e"]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The program's lexicon."""
    return Lexicon()
