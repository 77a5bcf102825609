"""What the embedded painter does not know: subjects that it does not draw, or draws as something else, and places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from lib_omost.canvas.conditions import RegionCondition

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, lexicon, noun_bases
from .gist import drawn_as, subject_words
from .setting import ground_of, setting_gist, unknown_place

_VOWELS = ("a", "e", "i", "o", "u", "x-", "hour")
_CONSONANTS = ("unicorn", "uni", "use", "ukulele", "euro", "one", "ewe")
"""Beginnings of names that sound like a consonant in spite of the first letter."""
CACHED = 64
"""Layouts whose answers are cached."""
MAX_WORDS = 5
"""Words of a subject that are named; of a longer one, the last."""


def unknown(conditions: Sequence[RegionCondition]) -> tuple[str, ...]:
    """The subjects and the place in `conditions` that the painter does not know, each once, such as "shadow" and
    "neon sign (draws a sign)". The lexicon decides it, and no model runs."""
    scene, *regions = conditions
    texts = [condition.prefixes[-1] for condition in regions or [scene]]
    return _named(scene.prefixes[-1], tuple(text for text in texts if text))


@lru_cache(maxsize=CACHED)
def _named(scene: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Cached, because every event of a page asks about the same few layouts."""
    return tuple(dict.fromkeys(_unknown(scene, texts, lexicon())))


def _unknown(scene: str, texts: Sequence[str], words: Lexicon) -> Iterator[str]:
    ground = (setting_gist(scene, words) or "").partition(" ")[0].lower()
    for text in texts:
        drawn, subject = drawn_as(text, words), subject_words(text, words)
        if not subject:
            continue  # nothing but punctuation
        *before, head = subject.split()
        if not drawn and (ground_of(head) or "other") != ground:
            yield _short(subject)
        elif drawn and not (_is_named(head, drawn, words) and not _adds(before, head, drawn, words)):
            yield f"{_short(subject)} (draws {_with_article(drawn, words)})"
    if place := unknown_place(scene, words):
        yield _short(place)


def _is_named(head: str, drawn: str, words: Lexicon) -> bool:
    """Whether the name of what is drawn has the head of the subject in it."""
    noun = words.noun(head)
    forms = {head, *noun_bases(head), *head.split("-"), *(noun.word.split() if noun else ())}
    return not forms.isdisjoint(drawn.lower().split())


def _adds(before: Sequence[str], head: str, drawn: str, words: Lexicon) -> bool:
    """Whether a word before the head makes another thing of it ("neon sign", "kitchen table") and is not drawn.
    Qualities and colours are not counted, since nobody looks for them."""
    for word in before:
        parts = words.parts_of_speech(word)
        pair = word == before[-1] and parts[:1] != "a" and words.noun(f"{word} {head}") is not None
        noun = parts.startswith("n") and "a" not in parts
        if (pair or noun) and word not in COLOR_WORDS and word not in drawn.lower().split():
            return True
    return False


def _with_article(name: str, words: Lexicon) -> str:
    if words.is_plural(name.split()[-1]):
        return name
    vowel = name.lower().startswith(_VOWELS) and not name.lower().startswith(_CONSONANTS)
    return f"{'an' if vowel else 'a'} {name}"


def _short(words: str) -> str:
    return " ".join(words.split()[-MAX_WORDS:])[:60]
