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
from ..words import DETERMINERS, NUMBERS, PREPOSITIONS, clean, tag, tokens, word_set

_COUNTS = ("a", "two", "three", "four")
NOTHING = "Nothing."
_BEHIND = frozenset(PREPOSITIONS) | {"and", "who", "that", "which"} | DETERMINERS
_LONGEST = 6
"""Words of the longest name."""

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
    if name := _named(description, words):
        return name, "", 1
    pieces = cut(tag(tokens(clean(description)), words), words)
    piece, count = _subject([_trimmed(piece, words) for piece in pieces], words)
    if piece is None or (noun := _head_noun(piece, words)) is None:
        return None
    if not noun.nearest:
        return "", "", 1
    named = [words.labels[name] for name in _with_attribute(noun, pieces) if name in words.labels]
    label = next(iter(named), noun.nearest[0])
    if noun.word.split()[0] in NUMBERS:
        count = 1  # "two people" are a couple
    if any(words.noun(base) for base in noun_bases(piece.head)):
        if piece.head in words.labels:
            label = words.labels[piece.head]  # "a stack of books"
        if piece.head in label.split():
            count = 1  # "grapes", "french fries"
    return label, _tint(piece, noun, label), max(1, min(4, count))


def subject_words(description: str, words: Lexicon | None = None) -> str:
    """The words for the subject of a description, without article and number: "neon sign" for "Two neon signs hang on a
    wall."; the description itself if it has no noun."""
    words = words or lexicon()
    pieces = cut(tag(tokens(clean(description)), words), words)
    piece, _ = _subject([_trimmed(piece, words) for piece in pieces], words)
    said = [] if piece is None else [word.lower for word in piece.words if word.role in ("adjective", "noun")]
    return " ".join(said) or clean(description).strip(" .,;:!?")


def _named(description: str, words: Lexicon) -> str | None:
    """The thing whose name, of two words or more, starts a description, ignoring adjectives ("a small man walking
    through a wood")."""
    parts = tokens(clean(description).lower())
    parts = parts[1:] if parts[:1] in (["a"], ["an"], ["the"]) else parts
    for first in range(3):
        for end in range(min(first + _LONGEST, len(parts)), first + 1, -1):
            name, after = " ".join(parts[first:end]), "".join(parts[end : end + 1])
            if name in words.labels and (not after[:1].isalpha() or after in _BEHIND or after.endswith("ing")):
                return words.labels[name]
        skipped = "".join(parts[first : first + 1])
        if skipped in COLOR_WORDS or words.parts_of_speech(skipped)[:1] != "a":
            break
    return None


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
        if after is None or after.link != ("of",) or singular not in _CONTAINERS or seen is None or not seen.nearest:
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


def _tint(piece: Piece, noun: Noun, label: str) -> str:
    """The only colour among the words before the head of a phrase; "" if there is none or more than one."""
    named = {*noun.word.split(), *label.split()}
    before = [word.lower for word in piece.words[:-1]]
    found = []
    for shade, word in zip(["", *before], before, strict=False):
        if word in COLOR_WORDS and word not in named:
            tint = _TINTS.get(word, word)
            found.append(f"{shade} {tint}" if f"{shade} {tint}" in _SHADES else tint)
    if len(set(found)) != 1 or (noun.kind == "person" and found[0] in _SKIN):
        return ""
    if label in _NATURAL.get(found[0], frozenset()):
        return ""
    return found[0]
