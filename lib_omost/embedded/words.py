"""Words: a text split into tokens, each with its role in the sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .colors import COLOR_WORDS
from .lexicon import Lexicon

MAX_CHARS = 1200
"""Maximum number of characters of a request that are parsed; the model still receives all of it."""

Role = Literal["determiner", "number", "preposition", "and", "verb", "adjective", "noun", "pronoun", "stop", "other"]


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


DETERMINERS = word_set(
    """
    a an the some my his her its their our your this these those every each another any
    """
)
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
_MANY = ("lots of", "a lot of", "plenty of", "tons of", "loads of", "dozens of", "hundreds of", "thousands of")
NUMBERS = (
    {word: number for number, word in enumerate(_NUMBERS.split(), 1)}
    | {
        "several": 3,
        "many": 4,
        "few": 3,
        "both": 2,
        "dozen": 12,
    }
    | dict.fromkeys(_MANY, 4)
)
_LONG_PREPOSITIONS = (
    "in front of", "on top of", "out of", "next to", "close to", "in the middle of", "in the center of",
    "on the edge of", "at the edge of", "at the foot of", "on the side of", "instead of", "made of", "full of",
    "in between", "far behind", "on the back of", "away from", "up from", "down from",
)  # fmt: skip
_SHORT_PREPOSITIONS = """
    with without of in on onto at by near beside besides behind under underneath beneath below above over
    through across along among amongst between around inside within into from against towards toward past for
    to off during before after as like amid beyond outside atop alongside upon up down via called named
"""
PREPOSITIONS = (*_LONG_PREPOSITIONS, *_SHORT_PREPOSITIONS.split())
"""Those of several words come first, since the longest match wins."""
_CONJUNCTIONS = word_set("and or but while where who which that plus & then when so")
_PRONOUNS = word_set(
    """
    it him her them he she they itself himself herself themselves me us you i we something
    """
)
_COPULAS = word_set("is are was were be being been has have had can could should would will do does")
_PLAIN = word_set("very so too more most less really quite just only also all not no there here")
_IRREGULAR_PARTICIPLES = word_set("stuck made seen drawn lit built worn hung lost stood grown torn wound shut set")
_POSTURES = word_set(
    "hanging standing sitting lying leaning resting sleeping floating flying swimming walking running waiting"
)
"""Participles that are rarely nouns."""
_STANCES = word_set("stands sits lies hangs sleeps floats rests waits kneels")
_NOUNS_IN_ING = word_set(
    """
    building painting wedding evening morning lightning ceiling clothing king ring wing
    """
)

_TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Word:
    """A token: its text, the same in lower case, and its role."""

    text: str
    lower: str
    role: Role


def clean(text: str) -> str:
    """`text` on one line with straight quotes, cut between words if it is longer than `MAX_CHARS`."""
    text = re.sub(r"[‘’‛′`´]", "'", text)
    text = re.sub(r"[“”„«»]", '"', text)
    text = re.sub(r"[–—]", ", ", text)
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffd\u2028\u2029]", " ", text).split())
    return text if len(text) <= MAX_CHARS else text[:MAX_CHARS].rpartition(" ")[0] or text[:MAX_CHARS]


def tokens(text: str) -> list[str]:
    """The words and punctuation marks of a cleaned text; a preposition or number of several words is one token."""
    found = _TOKEN.findall(text)
    joined: list[str] = []
    place = 0
    while place < len(found):
        taken = 1
        for phrase in (*_LONG_PREPOSITIONS, *_MANY):
            size = phrase.count(" ") + 1
            if " ".join(found[place : place + size]).lower() == phrase:
                taken = size
                break
        joined.append(" ".join(found[place : place + taken]))
        place += taken
    return joined


_PREPOSITIONS = frozenset(PREPOSITIONS)


def tag(found: Sequence[str], lexicon: Lexicon) -> list[Word]:
    """The words with their roles, which depend on the lexicon and on the neighbouring words."""
    words: list[Word] = []
    for place, text in enumerate(found):
        lower = text.lower()
        before = words[-1].role if words else "stop"
        after = found[place + 1].lower() if place + 1 < len(found) else ""
        words.append(Word(text, lower, _role(lower, before, words, after, lexicon)))
    return words


def _role(lower: str, before: Role, words: Sequence[Word], after: str, lexicon: Lexicon) -> Role:
    simple = _simple_role(lower)
    if (
        simple == "preposition"
        and lower in ("like", "past", "as", "up", "down")
        and before in ("determiner", "adjective")
    ):
        simple = None
    if simple == "pronoun" and lower == "her" and (lexicon.noun(after) or "a" in lexicon.parts_of_speech(after)):
        return "determiner"
    if (
        lower == "can"
        and before in ("noun", "adjective", "determiner")
        and _simple_role(after) in ("stop", "preposition", "and")
    ):
        return "noun"  # a trash can
    if simple is not None:
        return simple
    parts = lexicon.parts_of_speech(lower)
    noun = lexicon.noun(lower)
    ahead = _simple_role(after)
    if before == "noun" and not lower.endswith("ing") and lexicon.noun(f"{words[-1].lower} {lower}"):
        return "noun"  # a bus stop
    closes = not after or ahead in ("stop", "determiner", "number", "preposition", "and", "pronoun")
    behind_noun = before in ("noun", "pronoun") or (before == "adjective" and closes and _has_noun(words))
    if (
        noun
        and noun.kind in ("person", "animal")
        and after.endswith("ing")
        and lexicon.verb(after)
        and not lexicon.noun(after)
    ):
        closes = True  # an alien selling
    if noun and noun.kind != "none" and after in _POSTURES and before in ("determiner", "number", "adjective"):
        return "noun"  # a swing hanging
    if lower.endswith("ing") and len(lower) > 4 and lexicon.verb(lower):
        if lower in _POSTURES and before == "noun":
            return "verb"
        if (lower in _NOUNS_IN_ING and not (behind_noun and ahead in ("determiner", "number"))) or (
            noun and noun.kind != "none" and before in ("determiner", "adjective") and closes
        ):
            return "noun"
        if behind_noun or (before in ("stop", "and", "other") and closes):
            return "verb" if not (lexicon.noun(f"{lower} {after}")) else "adjective"
        return "verb" if closes and before != "determiner" else "adjective"
    participle = (lower.endswith("ed") and lexicon.verb(lower) not in (None, lower)) or lower in _IRREGULAR_PARTICIPLES
    if participle and "n" not in parts[:1]:
        return "verb" if behind_noun and closes else "adjective"
    if behind_noun and ahead in ("determiner", "pronoun") and lexicon.verb(lower) and lower.endswith("s"):
        return "verb"  # a dog chases a cat
    if behind_noun and closes and parts[:1] == "v" and not (noun and noun.kind != "none") and lower.endswith("s"):
        return "verb"
    if behind_noun and _is_singular(words) and "v" in parts and lexicon.is_plural(lower):
        return "verb"  # a hunter watches
    if behind_noun and lower in _STANCES:
        return "verb"
    if parts.startswith("a") and (not closes or (lower in COLOR_WORDS and after == "and")):
        return "adjective"
    if noun is None and "n" not in parts and parts[:1] in ("a", "r") and parts:
        return "adjective"
    if noun is None and parts == "v":
        return "verb"
    return "noun"


def _is_singular(words: Sequence[Word]) -> bool:
    """Whether the current phrase began with "a" or "an"."""
    begun = next((word for word in reversed(words) if word.role in ("determiner", "preposition")), None)
    return begun is not None and begun.lower in ("a", "an")


def _has_noun(words: Sequence[Word]) -> bool:
    for word in reversed(words):
        if word.role in ("stop", "and", "preposition", "verb", "determiner"):
            return False
        if word.role == "noun":
            return True
    return False


def _simple_role(lower: str) -> Role | None:
    if not lower or not (lower[0].isalnum()):
        return "stop"
    for role, group in _GROUPS:
        if lower in group:
            return role
    return "number" if lower.isdigit() else None


_GROUPS: tuple[tuple[Role, frozenset[str]], ...] = (
    ("determiner", DETERMINERS),
    ("number", frozenset(NUMBERS)),
    ("preposition", _PREPOSITIONS),
    ("and", _CONJUNCTIONS),
    ("pronoun", _PRONOUNS),
    ("verb", _COPULAS),
    ("adjective", _PLAIN),
)
