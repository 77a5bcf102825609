"""Gist: the subject of a region's description, in simple words that the painter's reader knows.

A gist is a number, a colour and a thing: the thing that the lexicon lists for the head noun of the description. If the
lexicon does not list the head noun, there is no gist and the reader gets the description itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, Noun, lexicon, noun_bases
from ..pieces import Piece, cut
from ..words import DETERMINERS, NUMBERS, PREPOSITIONS, Word, clean, tag, tokens, word_set

_COUNTS = ("a", "two", "three", "four")
NOTHING = "Nothing."
_BEHIND = frozenset(PREPOSITIONS) | {"and", "who", "that", "which"} | DETERMINERS
_LONGEST = 6
"""Words of the longest name."""
_SKIPPED = 4
"""Maximum number of adjectives before a name."""
_ARTICLES = ("a", "an", "the")
_SHADED = frozenset({"light", "dark", "bright", "pale", "deep"})

_TINTS = {
    "crimson": "red", "scarlet": "red", "maroon": "dark red", "burgundy": "dark red", "ginger": "orange",
    "amber": "orange", "gold": "golden", "emerald": "green", "lime": "light green", "olive": "dark green",
    "teal": "turquoise", "cyan": "turquoise", "navy": "dark blue", "lilac": "violet", "lavender": "violet",
    "magenta": "pink", "ivory": "white", "grey": "gray", "beige": "brown", "bronze": "brown", "copper": "brown",
    "rusty": "brown",
}  # fmt: skip
"""Colours that the painter knows under another name."""
_SHADES = {f"{shade} {color}" for color in ("blue", "green") for shade in ("light", "dark")} | {"dark red"}
_NATURAL_TABLE = {
    "red": "fox, apple, rose, heart, cherries, strawberry, tomato, lobster, ladybug, boot, maple leaf, fire "
    "engine, chili pepper",
    "orange": "fox, cat, orange, carrot, pumpkin, tiger, lantern, autumn leaves, basketball",
    "golden": "crown, coin, dog, trophy, bell, star, sun, key, honey pot, full moon",
    "yellow": "sun, star, moon, lemon, banana, taxi, cheese, chick, sunflower, corn, full moon, light bulb",
    "green": "tree, frog, dragon, turtle, crocodile, snake, lizard, cactus, cucumber, broccoli, clover, herb, "
    "tent, tractor, alien, pine tree, palm tree, bell pepper, leafy green, T-Rex, sauropod",
    "blue": "whale, dolphin, fish, gem, blue car, water drop, wave",
    "pink": "pig, flamingo, lotus, hibiscus, cherry blossom",
    "brown": "bear, horse, deer, moose, beaver, hedgehog, owl, boar, ox, bison, mammoth, bread, potato, log, "
    "basket, chair, door, box, coat, teddy bear, ladder",
    "black": "raven, bat, spider, ant, ninja, black cat, top hat",
    "white": "sheep, swan, rabbit, dove, ghost, skull, snowman, cloud, egg, daisy, polar bear",
    "gray": "wolf, elephant, mouse, rhinoceros, raccoon, koala, shark, seal, rock, warrior",
    "silver": "warrior, sword, ring, gear, airplane, spoon, kitchen knife",
}
_NATURAL = {color: frozenset(names.split(", ")) for color, names in _NATURAL_TABLE.items()}
"""The natural colours of things. Those are not tinted, because a tint would make them look flat."""
_SKIN = frozenset({"white", "black", "gray", "brown", "yellow"})
"""Colours that, for a person, describe skin or hair and not the whole figure."""

_CONTAINERS = word_set(
    """
    portrait picture image photo photograph painting drawing sketch vase view close-up closeup statue sculpture figure
    silhouette figurine shape kind sort lot lots number group row bunch pile stack heap pair couple bowl plate glass cup
    mug slice piece tray dish dozen dozens crowd herd flock swarm pack school bouquet cluster band colony army team line
    parade caravan queue troop gang
    """
)
"""Nouns after which "of" introduces the subject, if that is a thing ("a bowl of cherries")."""
_PICTURES = word_set("portrait picture image photo photograph painting drawing sketch view close-up closeup")
_DISHES = word_set("bowl plate glass cup mug slice piece tray dish")
"""Nouns that are counted in place of what is in them ("a bowl of noodles")."""
_COUNTED = {"pair": 2, "couple": 2} | dict.fromkeys(
    word_set(
        """
        lot lots number group row pile stack heap bunch dozen dozens crowd herd flock swarm pack school cluster band
        colony army team line parade caravan queue troop gang
        """
    ),
    3,
)


def thing_text(thing: str, tint: str = "", count: int = 1) -> str:
    """The reader's text for a thing, by its name in the atlas, in a colour or none, 1 to 4 times."""
    words = (_COUNTS[count - 1], tint, thing)
    text = " ".join(word for word in words if word)
    return f"{text[:1].upper()}{text[1:]}."


def thing_gist(description: str, words: Lexicon | None = None) -> str | None:
    """The gist of a region's description; None if the lexicon does not list its subject."""
    words = words or lexicon()
    if named := _named(description, words):
        return named
    pieces = cut(_headed(tag(tokens(clean(description)), words), words), words)
    piece, count = _subject([_trimmed(piece, words) for piece in pieces], words)
    if piece is None or (noun := _head_noun(piece, words)) is None:
        return None
    if not noun.nearest:
        return NOTHING
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
    return thing_text(
        label, _tint(before, noun.kind, label, {*noun.word.split(), *label.split()}), max(1, min(4, count))
    )


def _named(description: str, words: Lexicon) -> str | None:
    """The gist of a description that begins with the name of a thing, of two words or more, perhaps in the plural and
    after a number and adjectives ("two small men walking through a wood")."""
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
    named = set(label.lower().split())
    kind = next((noun.kind for word in label.lower().split() if (noun := words.noun(word))), "none")
    head = list(takewhile(lambda word: word not in PREPOSITIONS, span))
    if any(words.is_plural(word) and word not in named for word in head):
        count = max(2, count)
    return thing_text(label, _tint(before, kind, label, named), max(1, min(4, count)))


def _lead(parts: Sequence[str], words: Lexicon) -> tuple[int, int]:
    """How many words of a description precede the adjectives of its subject ("a picture of two"), and the number."""
    place, count = 0, 1
    while place < len(parts):
        noun, grouped = words.noun(parts[place]), parts[place + 1 : place + 2] == ["of"]
        if grouped and noun and noun.word in _CONTAINERS - _DISHES:
            count, place = max(count, _COUNTED.get(noun.word, 1)), place + 2
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


def _headed(tagged: Sequence[Word], words: Lexicon) -> list[Word]:
    """The words of a description, with the last of the adjectives before its first verb or preposition as its noun if
    they have none ("the young and the *brave* at the gate", "one gentle *eccentric* is standing")."""
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
        shown = seen is not None and (bool(seen.nearest) or singular in _PICTURES or singular in _COUNTED)
        if after is None or after.link != ("of",) or singular not in _CONTAINERS or not shown:
            return piece, least if served else max(least, piece.count(words))
        served = singular in _DISHES
        least = max(least, _COUNTED.get(singular, 1), piece.count(words))
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


def _tint(before: Sequence[str], kind: str, label: str, named: Collection[str]) -> str:
    """The only colour among the words before the head of a phrase, "" if there is none or more than one. kind: of the
    noun. named: words that are part of a name."""
    found = []
    for shade, word in zip(["", *before], before, strict=False):
        if word in COLOR_WORDS and word not in named:
            tint = _TINTS.get(word, word)
            found.append(f"{shade} {tint}" if f"{shade} {tint}" in _SHADES else tint)
    if len(set(found)) != 1 or (kind == "person" and found[0] in _SKIN):
        return ""
    if label in _NATURAL.get(found[0], frozenset()):
        return ""
    return found[0]
