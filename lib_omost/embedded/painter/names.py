"""Names: the things whose names have several words, and what may precede the name of a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, noun_bases
from ..words import DETERMINERS, NUMBERS, PREPOSITIONS, clean, tokens, word_set

_BEHIND = frozenset(PREPOSITIONS) | {"and", "who", "that", "which"} | DETERMINERS
_LONGEST = 6
"""Words of the longest name."""
_SKIPPED = 4
"""Maximum number of adjectives before a name."""
_ARTICLES = ("a", "an", "the")
_SHADED = frozenset({"light", "dark", "bright", "pale", "deep"})
CONTAINERS = word_set(
    """
    portrait picture image photo photograph painting drawing sketch vase view close-up closeup statue sculpture figure
    silhouette figurine shape kind sort lot lots number group row bunch pile stack heap pair couple bowl plate glass cup
    mug slice piece tray dish dozen dozens crowd herd flock swarm pack school bouquet cluster band colony army team line
    parade caravan queue troop gang
    """
)
"""Nouns after which "of" introduces the subject, if that is a thing ("a bowl of cherries")."""
PICTURES = word_set("portrait picture image photo photograph painting drawing sketch view close-up closeup")
DISHES = word_set("bowl plate glass cup mug slice piece tray dish")
"""Nouns that are counted in place of what is in them ("a bowl of noodles")."""
COUNTED = {"pair": 2, "couple": 2} | dict.fromkeys(
    word_set(
        """
        lot lots number group row pile stack heap bunch dozen dozens crowd herd flock swarm pack school cluster band
        colony army team line parade caravan queue troop gang
        """
    ),
    3,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A thing of the atlas by its name, the words between the number and the name, and the number of things."""

    label: str
    before: tuple[str, ...]
    count: int


def named(description: str, words: Lexicon) -> Named | None:
    """The thing with whose name, of two words or more, a description begins, perhaps in the plural and after a number
    and adjectives ("two small men walking through a wood")."""
    parts = tokens(clean(description).lower())
    first, count = _lead(parts, words)
    before: list[str] = []
    best: tuple[int, str, list[str], list[str]] = (1, "", [], [])
    for start in range(first, min(first + _SKIPPED + 1, len(parts))):
        for size in range(min(_LONGEST, len(parts) - start), best[0], -1):
            span = parts[start : start + size]
            label = _names(words).get(_singulars(span, words)) or _doing(span, words)
            if label and span[-1] not in _ARTICLES and _ends("".join(parts[start + size : start + size + 1]), words):
                best = size, label, span, [*before]
                break
        adjective = parts[start] in COLOR_WORDS | _SHADED or words.parts_of_speech(parts[start])[:1] == "a"
        if parts[start] in _BEHIND or not adjective:
            break
        before.append(parts[start])
    _, label, span, before = best
    if not label:
        return None
    head = takewhile(lambda word: word not in PREPOSITIONS, span)
    if any(words.is_plural(word) and word not in label.lower().split() for word in head):
        count = max(2, count)
    return Named(label, tuple(before), count)


def _lead(parts: Sequence[str], words: Lexicon) -> tuple[int, int]:
    """How many words of a description precede the adjectives of its subject ("a picture of two"), and the number."""
    place, count = 0, 1
    while place < len(parts):
        noun, grouped = words.noun(parts[place]), parts[place + 1 : place + 2] == ["of"]
        if grouped and noun and noun.word in CONTAINERS - DISHES:
            count, place = max(count, COUNTED.get(noun.word, 1)), place + 2
        elif parts[place] in DETERMINERS or parts[place] in NUMBERS:
            count, place = max(count, NUMBERS.get(parts[place], 1)), place + 1
        else:
            break
    return place, count


@lru_cache(maxsize=2)
def _names(words: Lexicon) -> dict[tuple[str, ...], str]:
    """The things with names of two words or more, by `_singulars` of their words."""
    named = {_singulars(tokens(name), words): label for name, label in words.labels.items()}
    return {bases: label for bases, label in named.items() if len(bases) > 1}


def _singulars(parts: Sequence[str], words: Lexicon) -> tuple[str, ...]:
    """Words in the singular, without articles. Only words of names count."""
    used = _used(words)
    forms = ((words.singular(part), *noun_bases(part), part) for part in parts if part not in _ARTICLES)
    return tuple(next((form for form in group if form in used), group[-1]) for group in forms)


@lru_cache(maxsize=2)
def _used(words: Lexicon) -> frozenset[str]:
    """All words of the names of things."""
    return frozenset(part for name in words.labels for part in tokens(name))


def _doing(span: Sequence[str], words: Lexicon) -> str:
    """The thing for somebody and what he does, if the lexicon lists that ("person skiing")."""
    noun = words.noun(" ".join(span)) if len(span) == 2 and span[1].endswith("ing") else None
    return noun.nearest[0] if noun and noun.nearest else ""


def _ends(after: str, words: Lexicon) -> bool:
    """Whether a name may end before the word `after`, or "" at the end of the text."""
    return (
        not after[:1].isalpha()
        or after in _BEHIND
        or "n" not in words.parts_of_speech(after)[:1]
        or after[-3:] == "ing"
    )
