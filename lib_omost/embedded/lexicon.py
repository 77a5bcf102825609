"""The lexicon: which English words name things that can be seen, and what is usual for them.

Made from WordNet by `training/lexicon.py`, which also says what the files of the folder hold.
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
    """A noun and what is usual for it.

    word: in the singular, unless it has none. size: 0 (an ant) to 4 (a mountain). share: how much of the word's use
    is this meaning, 0..1. nearest: the things that the painter draws which are most like it, the likest first; empty
    where none is.
    """

    word: str
    kind: Kind
    place: Place
    size: int
    share: float
    nearest: tuple[str, ...]


class Lexicon:
    """The nouns and the other words of English, read from `folder` at first use (0.1 s)."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def labels(self) -> dict[str, str]:
        """The names of the things that the painter draws, by the same in small letters."""
        return {label.lower(): label for label in self._labels}

    def noun(self, word: str) -> Noun | None:
        """The noun that a word, or two with a blank between, is a form of."""
        word = word.lower()
        for form in self._forms(word):
            if form in self._rows:
                return self._read(form)
        return None

    def is_plural(self, word: str) -> bool:
        """Whether a word is the plural of a noun, and not itself one in the singular."""
        word = word.lower()
        base = next((form for form in self._forms(word) if form in self._rows), word)
        return base != word

    def parts_of_speech(self, word: str) -> str:
        """Letters of what a word is used as, the most usual first: n(oun), v(erb), a(djective), (adve)r(b). Empty for a
        word that is not known. A form of a verb counts as the verb."""
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
        """The verb that a word is a form of."""
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
        look, row = self._rows[word]
        kind, place, size = look.split()
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
        """A noun to its heading and the rest of its row."""
        rows = {}
        look = ""
        for line in (self._folder / "nouns.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                look = line[2:]
            else:
                word, _, row = line.partition("\t")
                rows[word] = (look, row)
        return rows

    @cached_property
    def _tables(self) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
        """Words to their parts of speech, and irregular forms to their base."""
        words: dict[str, str] = {}
        irregular: dict[tuple[str, str], str] = {}
        for line in (self._folder / "words.txt").read_text(encoding="utf-8").splitlines():
            word, _, said = line.partition("\t")
            part, equals, base = said.partition("=")
            if equals:
                irregular[part, word] = base
            else:
                words[word] = said
        return words, irregular

    @property
    def _words(self) -> dict[str, str]:
        return self._tables[0]

    @property
    def _irregular(self) -> dict[tuple[str, str], str]:
        return self._tables[1]


def noun_bases(word: str) -> list[str]:
    """The singulars that a regular plural may have."""
    bases = []
    if word.endswith("men"):
        bases.append(word[:-3] + "man")
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        if word.endswith("ves"):
            bases += [word[:-3] + "f", word[:-3] + "fe"]
        bases.append(word[:-1])
        if word.endswith("ies"):
            bases.append(word[:-3] + "y")
        if re.search(r"(?:s|x|z|ch|sh|o)es$", word):
            bases.append(word[:-2])
    return bases


def verb_bases(word: str) -> list[str]:
    """The verbs that a word may be a regular form of: "run" and others for "running"."""
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
    """A stem and the stem with the e that its ending took, the likelier first: "ride" for "rid", "hold" for "hold"."""
    short = re.search(r"[^aeiou][aeiou][^aeiouwxy]$", stem)
    return [stem + "e", stem] if short else [stem, stem + "e"]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The program's lexicon."""
    return Lexicon()
