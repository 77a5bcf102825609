"""Makes the lexicon of the embedded models from WordNet: ``models/lexicon``.

    apt-get install wordnet-base
    python -m training.lexicon

There is one row for each noun that names something visible, a time or a weather, under a heading with its kind, usual
place and size: the word, the share of that meaning among its senses, and the nearest things that the painter can draw.
The painter's things are those of ``training/subjects.py``; ``--labels FILE`` takes others, one row "name|kind|word,
word" each. The other words of English are listed with their parts of speech.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib_omost.embedded.lexicon import noun_bases
from training.nearest import NOTHING, usual_nearest
from training.other_words import other_words
from training.subjects import OWN, SUBJECTS
from training.usual import ROOTS, WORDS, Look, looks
from training.wordnet import FOLDER, Sense, WordNet, is_common

OUT = Path(__file__).resolve().parent.parent / "models" / "lexicon"
NEAREST = 3
SIMILAR = 0.45
"""Minimum similarity of a word and the thing that represents it (D. Lin, "An information-theoretic definition of
similarity", ICML 1998).
"""
VISIBLE = 2.0
"""Weight of senses that name a thing: in prompts they are more frequent than in the tagged texts."""
LEAST_SHARE = 0.2
"""Minimum share of visible things among the senses of a word."""

# The kinds of words that a thing may represent, by the kind of the thing.
_FITTING = {
    "animal": {"animal"}, "person": {"person", "group"}, "plant": {"plant", "food", "scene"}, "food": {"food", "plant"},
    "place": {"building", "nature", "scene", "water", "place"}, "vehicle": {"vehicle"},
    "sky": {"sky", "weather", "nature", "object", "light", "time", "water"},
    "object": {"object", "clothing", "furniture", "part", "body", "group"},
}  # fmt: skip
_EMPTY = {"scene", "time", "weather", "light", "none", "material", "place", "event"}
"""Kinds that are drawn only if a thing has exactly that name."""
_WOMAN, _MAN = re.compile(r"\b(?:woman|female|girl|lady)\b"), re.compile(r"\b(?:man|male|boy)\b")


@dataclass(frozen=True, slots=True)
class Label:
    """A thing that the painter can draw, and other words for it."""

    name: str
    kind: str
    words: tuple[str, ...]
    attracts: bool = True
    """Whether it also stands for words that WordNet says are similar, or only for those of `training/nearest.py`."""


class Maker:
    """Computes the rows. labels: the things that the painter can draw."""

    def __init__(self, net: WordNet, labels: Sequence[Label]) -> None:
        self._net = net
        self._labels = labels
        self._own = looks(WORDS)
        self._roots = {self._root(name): look for name, look in looks(ROOTS).items()}
        self._names = {label.name for label in labels}
        self._direct: dict[str, int] = {}
        for index, label in enumerate(labels):
            self._direct.setdefault(label.name.lower(), index)
        for index, label in enumerate(labels):
            for word in label.words:
                self._direct.setdefault(word.lower(), index)
        self._below = self._anchors()
        self._usual = {word: name for word, name in usual_nearest().items() if name in {NOTHING, *self._direct}}
        self._direct |= {word: self._direct[name] for word, name in self._usual.items() if name != NOTHING}

    def rows(self) -> list[tuple[str, Look, int, list[int]]]:
        """The rows: word, look, share of its visible senses in ninths, and indices of the nearest labels."""
        found = []
        named = {word.replace(" ", "_") for word in self._direct if word.count(" ") < 2}
        told = self._names | {word for word, name in self._usual.items() if name != NOTHING}
        for word in sorted({*self._net.nouns, *self._own, *named}):
            if not re.fullmatch(r"[a-z][a-z'-]+(?:_[a-z'-]+)?", word):
                continue
            if word.endswith("men") and f"{word[:-3]}man" in self._net.nouns:
                continue  # WordNet also lists it as a singular
            senses = self._net.nouns.get(word, ())
            if not senses and self._equals_singular(word):
                continue
            if not (word in self._own or word in named) and self._is_rare_plural(word, senses):
                continue
            if not (word in self._own or word in named) and not is_common(word, senses):
                continue
            look, share = self._look(word, senses)
            if look is None or (look.kind == "none" and word not in self._own):
                continue
            if share < LEAST_SHARE and word.replace("_", " ") not in told:
                continue
            row = (word.replace("_", " "), look, round(9 * share), self._nearest(word, senses, look))
            found.append(row)
        known = {word: row for word, *row in found}
        return [row for row in found if row[0] in self._direct or self._adds_meaning(row, known)]

    def _equals_singular(self, word: str) -> bool:
        """Whether a word is a plural with the same look and thing as its singular."""
        label = self._direct.get(word.replace("_", " "))
        return any(base in self._net.nouns and self._direct.get(base) == label for base in noun_bases(word))

    def _is_rare_plural(self, word: str, senses: Sequence[Sense]) -> bool:
        """Whether a word is above all the plural of a noun, as "rings" is, which also are a gymnast's."""
        own = sum(sense.count for sense in senses)
        singulars = (self._net.nouns.get(base, ()) for base in noun_bases(word))
        return any(sum(sense.count for sense in found) > own for found in singulars)

    def _adds_meaning(self, row: tuple[str, Look, int, list[int]], known: dict[str, list[object]]) -> bool:
        """Whether a name of two words differs from its last word ("oak tree" does not) and is likely in prompts."""
        word, look, _, nearest = row
        *first, last = word.split()
        if not first:
            return bool(nearest) or look.kind not in ("material", "group", "body") or self._counted(word)
        if look.kind in ("material", "body", "group", "part", "none", "place", "time") and not self._counted(word):
            return word.replace(" ", "_") in self._own
        if look.kind in ("plant", "animal", "person") and not self._counted(word) and not nearest:
            return False
        if last not in known:
            return self._counted(word) or look.kind not in ("plant", "animal", "person")
        return known[last][0] != look or known[last][2][:1] != nearest[:1]  # type: ignore[index]

    def _counted(self, word: str) -> bool:
        return any(sense.count for sense in self._net.nouns.get(word.replace(" ", "_"), ()))

    def _root(self, name: str) -> int:
        word, file = name.split(".")
        for sense in self._net.nouns[word]:
            if sense.synset.file == int(file):
                return sense.synset.offset
        raise ValueError(f"{name} is not in WordNet")

    def _look_of(self, offset: int) -> Look:
        steps = self._net.ancestors(offset)
        information = self._net.information
        above = (root for root in self._roots if root in steps)
        return self._roots[min(above, key=lambda root: (steps[root], -information[root], root))]

    def _weights(self, senses: Sequence[Sense]) -> list[tuple[Sense, Look, float]]:
        weighted = []
        for number, sense in enumerate(senses, 1):
            look = self._look_of(sense.synset.offset)
            weight = sense.count + 1 / number
            weighted.append((sense, look, weight if look.kind == "none" else VISIBLE * weight))
        return weighted

    def _look(self, word: str, senses: Sequence[Sense]) -> tuple[Look | None, float]:
        if word in self._own:
            return self._own[word], 1.0
        spoken = word.replace("_", " ")
        name = self._usual.get(spoken, spoken)
        drawn = next((label for label in self._labels if label.name == name), None)
        if spoken in self._direct and not senses:
            return self._look_of_label(self._labels[self._direct[spoken]]), 1.0
        totals: dict[Look, float] = defaultdict(float)
        for _, look, weight in self._weights(senses):
            totals[look] += weight
        seen = {look: weight for look, weight in totals.items() if look.kind != "none"}
        fitting = {look: weight for look, weight in seen.items() if drawn and look.kind in _FITTING[drawn.kind]}
        if drawn and not fitting and all(look.kind in _EMPTY for look in seen):
            return self._look_of_label(drawn), 1.0
        if not seen:
            return None, 0.0
        seen = fitting or seen
        kinds: dict[str, float] = defaultdict(float)
        for look, weight in seen.items():
            kinds[look.kind] += weight * (1.5 if look.kind in ("animal", "person") else 1.0)
        kind = max(kinds, key=kinds.__getitem__)
        best = max((look for look in seen if look.kind == kind), key=seen.__getitem__)
        return best, sum(seen.values()) / sum(totals.values())

    def _look_of_label(self, label: Label) -> Look:
        usual = {"sky": ("sky", 1), "place": ("ground", 4), "person": ("ground", 3), "vehicle": ("ground", 3)}
        kind = "building" if label.kind == "place" else label.kind
        return Look(kind, *usual.get(label.kind, ("any", 1)))

    def _anchors(self) -> dict[int, tuple[int, float]]:
        """For every synset the least specific label below it, and the information content of that."""
        below: dict[int, tuple[int, float]] = {}
        for index, label in enumerate(self._labels):
            if not label.attracts:
                continue
            for rank, word in enumerate((label.name, *label.words)):
                senses = self._net.nouns.get(word.lower().replace(" ", "_"), ())
                weighted = [
                    (weight, sense)
                    for sense, look, weight in self._weights(senses)
                    if look.kind in _FITTING[label.kind]
                ]
                if not weighted:
                    continue
                anchor = max(weighted, key=lambda pair: pair[0])[1].synset.offset
                says = self._net.information[anchor] + 0.02 * (rank > 0)
                for ancestor in self._net.ancestors(anchor):
                    if ancestor not in below or says < below[ancestor][1]:
                        below[ancestor] = (index, says)
        return below

    def _nearest(self, word: str, senses: Sequence[Sense], look: Look) -> list[int]:
        scores: dict[int, float] = defaultdict(float)
        weighted = [(sense, found, weight) for sense, found, weight in self._weights(senses) if found.kind != "none"]
        total = sum(weight for _, _, weight in weighted) or 1.0
        for sense, found, weight in weighted:
            own = 2.0 if found.kind == look.kind else 1.0
            for index, similar in self._similar(sense.synset.offset):
                scores[index] = max(scores[index], own * similar * (0.5 + weight / total))
        if look.kind == "person" and "man" in self._direct:
            gloss = next((sense.synset.gloss for sense, found, _ in weighted if found.kind == "person"), "")
            for said, name in ((_WOMAN, "woman"), (_MAN, "man")):
                if said.search(gloss):
                    scores[self._direct[name]] += 1.6
                    break
            scores[self._direct["man"]] += 0.9
        scores = {index: score for index, score in scores.items() if look.kind in _FITTING[self._labels[index].kind]}
        spoken, last = word.replace("_", " "), word.rpartition("_")[2]
        direct = self._direct.get(spoken, self._direct.get(f"{spoken}s"))
        usual = spoken if direct is not None or spoken in self._usual else last  # a "dining table" is a table
        if self._usual.get(usual) == NOTHING or (direct is None and look.kind in _EMPTY):
            return []
        head = self._direct.get(last)
        if direct is not None:
            scores[direct] = 10.0
        elif last in self._usual:
            scores[self._direct[last]] = 9.0
        elif head is not None and look.kind != "person":  # a "baseball glove" is a glove, a "prairie dog" is no dog
            sure = look.kind != "animal" and look.kind in _FITTING[self._labels[head].kind]
            scores[head] = 9.0 if sure else 1.5
        return sorted(scores, key=lambda index: -scores[index])[:NEAREST]

    def _similar(self, offset: int) -> Iterable[tuple[int, float]]:
        information = self._net.information
        for ancestor in self._net.ancestors(offset):
            if ancestor in self._below:
                index, says = self._below[ancestor]
                similar = 2 * information[ancestor] / max(1e-6, information[offset] + says)
                if similar >= SIMILAR:
                    yield index, min(1.0, similar)


def read_labels(path: Path) -> list[Label]:
    """Rows "name|kind|word, word" of a file."""
    rows = (line.split("|") for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [Label(name, kind, tuple(word.strip() for word in words.split(","))) for name, kind, words in rows]


def _own_labels() -> list[Label]:
    return [Label(s.name, s.kind, s.words, not s.key.startswith(OWN)) for s in SUBJECTS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, default=FOLDER)
    parser.add_argument(
        "--labels", type=Path, help="the things that the painter can draw (default: training/subjects.py)"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    labels = read_labels(options.labels) if options.labels else _own_labels()
    net = WordNet(options.wordnet)
    rows = Maker(net, labels).rows()
    options.out.mkdir(parents=True, exist_ok=True)
    lines, last = [], None
    for word, look, share, nearest in sorted(rows, key=lambda row: (row[1].kind, row[1].place, row[1].size, row[0])):
        if look != last:
            lines.append(f"= {look.kind} {look.place} {look.size}")
            last = look
        lines.append(f"{word}\t{share}\t{' '.join(map(str, nearest))}")
    (options.out / "labels.txt").write_text("".join(f"{label.name}\n" for label in labels), encoding="utf-8")
    (options.out / "nouns.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    other = other_words(net, {word for word, *_ in rows})
    (options.out / "words.txt").write_text("".join(f"{line}\n" for line in other), encoding="utf-8")
    size = sum(path.stat().st_size for path in options.out.glob("*.t*"))
    drawn = sum(bool(nearest) for *_, nearest in rows)
    print(f"{len(rows)} nouns, {drawn} of them can be drawn, {len(other)} other words, {size} bytes")


if __name__ == "__main__":
    main()
