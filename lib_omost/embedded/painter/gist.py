"""Gist: the subject of a region's description, in simple words that the painter's reader knows.

A gist is a number, a colour and a thing: the thing that the lexicon lists for the head noun of the description. If the
lexicon does not list the head noun, there is no gist and the reader gets the description itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, Noun, lexicon, noun_bases
from ..pieces import Piece, cut
from ..words import NUMBERS, Word, clean, tag, tokens
from .names import CONTAINERS, COUNTED, DISHES, PICTURES, named
from .tints import tint_of

_COUNTS = ("a", "two", "three", "four")
NOTHING = "Nothing."


def thing_text(thing: str, tint: str = "", count: int = 1) -> str:
    """The reader's text for a thing, by its name in the atlas, in a colour or none, 1 to 4 times."""
    words = (_COUNTS[count - 1], tint, thing)
    text = " ".join(word for word in words if word)
    return f"{text[:1].upper()}{text[1:]}."


def thing_gist(description: str, words: Lexicon | None = None) -> str | None:
    """The gist of a region's description; None if the lexicon does not list its subject."""
    seen = _seen(description, words or lexicon())
    if seen is None:
        return None
    label, tint, count = seen
    return thing_text(label, tint, count) if label else NOTHING


def drawn_as(description: str, words: Lexicon | None = None) -> str | None:
    """The name in the atlas of what is drawn for a region's description: "" for nothing, None if the lexicon does not
    list its subject."""
    seen = _seen(description, words or lexicon())
    return None if seen is None else seen[0]


def _seen(description: str, words: Lexicon) -> tuple[str, str, int] | None:
    """Name, colour and number of what is drawn; the name is "" for nothing. None if the lexicon does not list the
    subject."""
    if found := named(description, words):
        kind = next((noun.kind for word in found.label.lower().split() if (noun := words.noun(word))), "none")
        own = set(found.label.lower().split())
        return found.label, tint_of(found.before, kind, found.label, own), min(4, found.count)
    pieces = cut(_headed(tag(tokens(clean(description)), words), words), words)
    piece, count = _subject([_trimmed(piece, words) for piece in pieces], words)
    if piece is None or (noun := _head_noun(piece, words)) is None:
        return None
    if not noun.nearest:
        return "", "", 1
    label = next(
        (words.labels[name] for name in _with_attribute(noun, pieces) if name in words.labels), noun.nearest[0]
    )
    if noun.word.split()[0] in NUMBERS:
        count = 1  # "two people" are a couple
    if any(words.noun(base) for base in noun_bases(piece.head)):
        if piece.head in words.labels:
            label = words.labels[piece.head]  # "a stack of books"
        if piece.head in label.split():
            count = 1  # "grapes", "french fries"
    before = [word.lower for word in piece.words[:-1]]
    tint = tint_of(before, noun.kind, label, {*noun.word.split(), *label.split()})
    return label, tint, max(1, min(4, count))


def subject_words(description: str, words: Lexicon | None = None) -> str:
    """The words for the subject of a description, without article and number: "neon sign" for "Two neon signs hang on a
    wall."; the description itself if it has no noun."""
    words = words or lexicon()
    pieces = cut(tag(tokens(clean(description)), words), words)
    piece, _ = _subject([_trimmed(piece, words) for piece in pieces], words)
    said = [] if piece is None else [word.lower for word in piece.words if word.role in ("adjective", "noun")]
    return " ".join(said) or clean(description).strip(" .,;:!?")


def _headed(tagged: Sequence[Word], words: Lexicon) -> list[Word]:
    """The words of a description, with the last of the adjectives before its first verb or preposition as its noun if
    they have none ("one gentle *eccentric* is standing")."""
    end = next(
        (at for at, word in enumerate(tagged) if word.role in ("verb", "preposition", "stop", "noun")), len(tagged)
    )
    found = list(tagged)
    last = found[end - 1] if end else None
    noun = words.noun(last.lower) if last and last.lower not in COLOR_WORDS else None
    stopped = end == len(found) or found[end].role != "noun"
    if last and stopped and last.role == "adjective" and noun and noun.nearest:
        found[end - 1] = replace(last, role="noun")
    return found


def _trimmed(piece: Piece, words: Lexicon) -> Piece:
    """A phrase without the words after its noun ("a rainbow overhead")."""
    kept = piece.words
    while len(kept) > 1 and kept[-2].role == "noun" and words.parts_of_speech(kept[-1].lower)[:1] in ("a", "r"):
        kept = kept[:-1]
    return piece if kept == piece.words else replace(piece, words=kept, noun=words.noun(kept[-1].lower))


def _subject(pieces: Sequence[Piece], words: Lexicon) -> tuple[Piece | None, int]:
    """The phrase for the subject of a description, and the number of things."""
    least, served = 1, False
    for piece, after in zip(pieces, [*pieces[1:], None], strict=False):
        noun = words.noun(piece.head)
        singular = noun.word if noun else piece.head
        seen = words.noun(after.head) if after else None
        shown = seen is not None and (bool(seen.nearest) or singular in PICTURES or singular in COUNTED)
        if after is None or after.link != ("of",) or singular not in CONTAINERS or not shown:
            return piece, least if served else max(least, piece.count(words))
        served = singular in DISHES
        least = max(least, COUNTED.get(singular, 1), piece.count(words))
    return None, least


def _head_noun(piece: Piece, words: Lexicon) -> Noun | None:
    """The lexicon's noun for the head of a phrase; a name of two words ("an old grey man") takes precedence."""
    for word in reversed(piece.words[:-1]):
        pair = words.noun(f"{word.lower} {piece.head}")
        if pair is not None and pair.word in words.labels and (word.lower not in COLOR_WORDS or _is_plain(piece)):
            return pair
    last, pair = words.noun(piece.head), piece.noun
    if last and pair and pair.word.split()[0] in COLOR_WORDS and (pair.kind != last.kind or pair.kind == "animal"):
        return last  # a black sheep, a blue fox; but white wine is a kind of wine
    return pair


def _is_plain(piece: Piece) -> bool:
    """Whether a phrase contains exactly one colour, without a shade."""
    named = [word.lower for word in piece.words if word.lower in COLOR_WORDS or word.lower in ("light", "dark")]
    return len(named) == 1


def _with_attribute(noun: Noun, pieces: Sequence[Piece]) -> Iterator[str]:
    """Possible names of a thing with an attribute: "woman with red hair"."""
    for piece in pieces[1:2]:
        if piece.link == ("with",):
            yield from (f"{noun.word} with {word.lower} {piece.head}" for word in reversed(piece.words[:-1]))
