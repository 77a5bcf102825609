"""WordNet's files as Debian's package ``wordnet-base`` installs them, read into plain values (no torch).

Format: https://wordnet.princeton.edu/documentation/wndb5wn
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDER = Path("/usr/share/wordnet")
_PARTS = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}


@dataclass(frozen=True, slots=True)
class Synset:
    """A synset. file: the number of its lexicographer file (5 animals, 6 artifacts, 20 plants and so on). parents: the
    offsets of its hypernyms."""

    offset: int
    file: int
    words: tuple[str, ...]
    parents: tuple[int, ...]
    gloss: str


@dataclass(frozen=True, slots=True)
class Sense:
    """A sense of a word and its frequency in the tagged texts."""

    synset: Synset
    count: int


class WordNet:
    """The nouns with their hypernyms, and the words of the other parts of speech. folder: holds data.noun and so on."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self.synsets = {synset.offset: synset for synset in self._read_synsets()}
        self._counts = self._read_counts()
        self.nouns = {
            word: tuple(
                Sense(self.synsets[offset], self._counts.get((1, word, number), 0))
                for number, offset in enumerate(offsets, 1)
            )
            for word, offsets in self._read_index("noun")
        }

    def words(self, part: str) -> Iterator[tuple[str, int]]:
        """The words of "verb", "adj" or "adv" with their frequencies."""
        for word, offsets in self._read_index(part):
            kinds = (_PARTS[part], 5) if part == "adj" else (_PARTS[part],)
            numbers = range(1, len(offsets) + 1)
            yield word, sum(self._counts.get((kind, word, number), 0) for kind in kinds for number in numbers)

    def irregular(self, part: str) -> Iterator[tuple[str, str]]:
        """Irregular forms of "noun" or "verb" with their base."""
        for line in (self._folder / f"{part}.exc").read_text(encoding="utf-8").splitlines():
            form, base, *_ = line.split()
            yield form, base

    def ancestors(self, offset: int) -> dict[int, int]:
        """The synset and all its hypernyms, each with the number of steps to it."""
        steps = {offset: 0}
        ahead = [offset]
        for place in ahead:
            for parent in self.synsets[place].parents:
                if parent not in steps:
                    steps[parent] = steps[place] + 1
                    ahead.append(parent)
        return steps

    @cached_property
    def information(self) -> dict[int, float]:
        """Information content of a synset, 0 for the root to 1 for one without hyponyms (N. Seco, T. Veale, J. Hayes,
        "An intrinsic information content metric for semantic similarity in WordNet", ECAI 2004)."""
        below: dict[int, int] = defaultdict(int)
        for offset in self.synsets:
            for ancestor in self.ancestors(offset):
                below[ancestor] += 1
        whole = math.log(len(self.synsets))
        return {offset: 1 - math.log(below[offset]) / whole for offset in self.synsets}

    def _read_synsets(self) -> Iterator[Synset]:
        for line in (self._folder / "data.noun").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue
            fields, _, gloss = line.partition(" | ")
            parts = fields.split()
            end = 4 + 2 * int(parts[3], 16)
            pointers = parts[end + 1 :]
            parents = [int(pointers[at + 1]) for at in range(0, 4 * int(parts[end]), 4) if pointers[at] in ("@", "@i")]
            yield Synset(int(parts[0]), int(parts[1]), tuple(parts[4:end:2]), tuple(parents), gloss.strip())

    def _read_index(self, part: str) -> Iterator[tuple[str, list[int]]]:
        for line in (self._folder / f"index.{part}").read_text(encoding="utf-8").splitlines():
            if not line.startswith("  "):
                parts = line.split()
                yield parts[0], [int(offset) for offset in parts[-int(parts[2]) :]]

    def _read_counts(self) -> dict[tuple[int, str, int], int]:
        """For each (part of speech, word, sense number) its frequency."""
        counts = {}
        for line in (self._folder / "cntlist.rev").read_text(encoding="utf-8").splitlines():
            key, number, count = line.split()
            word, _, rest = key.partition("%")
            counts[int(rest[0]), word, int(number)] = int(count)
        return counts


def is_common(word: str, senses: Sequence[Sense]) -> bool:
    """Whether a word is in lower case and not a technical term."""
    forms = {form for sense in senses for form in sense.synset.words if form.lower() == word}
    return word in forms and not re.search(r"(?:aceae|idae|ales|_family|_genus|_order)$", word)
