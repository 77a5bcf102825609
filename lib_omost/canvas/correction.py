"""Safe correction of near misses in location, offset and area phrases.

A phrase is corrected only if every word of it is understood and the words agree; otherwise the default is used. A
misspelling is corrected only if it is a single typing mistake in a word of five or more letters and all known words
within one mistake have the same meaning.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from lib_omost.canvas.vocabulary import AREAS, DEFAULT_AREA, DEFAULT_LOCATION, DEFAULT_OFFSET, LOCATIONS, OFFSETS

MIN_TYPO_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of the vocabulary, and how it was found. "defaulted": the text was not, or only partly, understood."""

    value: str
    how: Literal["exact", "corrected", "defaulted"]


def one_typo_apart(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or transposition turns `a` into `b`."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[start:] == b[start + 1 :]
    return a[start + 1 :] == b[start + 1 :] or (
        a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
    )


def correct_typo(word: str, meanings: Mapping[str, str]) -> str | None:
    """The meaning of the known words within one typing mistake of `word`; None if there are none or they differ."""
    if len(word) < MIN_TYPO_LETTERS:
        return None
    near = {
        meaning for known, meaning in meanings.items() if len(known) >= MIN_TYPO_LETTERS and one_typo_apart(word, known)
    }
    return near.pop() if len(near) == 1 else None


_LEFT, _RIGHT, _UP, _DOWN, _CENTRE = "left", "right", "up", "down", "centre"
_DIRECTIONS: dict[str, str] = {
    **dict.fromkeys(["left", "leftmost", "lefthand", "leftward", "leftwards"], _LEFT),
    **dict.fromkeys(["right", "rightmost", "righthand", "rightward", "rightwards"], _RIGHT),
    **dict.fromkeys(["top", "upper", "up", "above", "upward", "upwards", "uppermost", "higher", "upside"], _UP),
    **dict.fromkeys(["bottom", "lower", "down", "below", "downward", "downwards", "lowermost", "beneath"], _DOWN),
    **dict.fromkeys(["center", "centre", "middle", "central", "centered", "centred", "mid"], _CENTRE),
}
_PLACE_FILLERS = (
    "in on at to of the a an and side corner part area region section half third portion edge hand far very most "
    "towards toward along near within inside location position image picture canvas frame scene screen"
)
_SHIFT_FILLERS = (
    "in on to the a an and of side slightly slight little bit somewhat just towards toward more offset shift shifted "
    "moved"
)
_NO_SHIFT = frozenset(["no", "none", "zero", "without", "not", "nil", "null", "0"])
_LARGENESS: dict[str, str] = {
    **dict.fromkeys(["small", "tiny", "little", "smaller", "mini"], "small"),
    **dict.fromkeys(["medium", "mediumsized", "middle", "mid", "moderate", "average", "normal"], "medium-sized"),
    **dict.fromkeys(["large", "big", "huge", "larger", "bigger", "giant"], "large"),
}
_SHAPES: dict[str, str] = {
    **dict.fromkeys(["square", "squared"], "square"),
    **dict.fromkeys(["vertical", "tall", "portrait", "upright"], "vertical"),
    **dict.fromkeys(["horizontal", "wide", "landscape"], "horizontal"),
}
_AREA_FILLERS = "a an the in of area region space sized size box shaped shape rectangle rectangular"
_PLACES: dict[str, str] = {**_DIRECTIONS, **dict.fromkeys(_PLACE_FILLERS.split(), "")}
_SHIFTS: dict[str, str] = {**_DIRECTIONS, **dict.fromkeys(_SHIFT_FILLERS.split(), "")}
_SIZES: dict[str, str] = {**_LARGENESS, **_SHAPES, **dict.fromkeys(_AREA_FILLERS.split(), "")}
_JOINED = re.compile(r"\b(top|bottom|upper|lower|center|centre|middle)(left|right|center|centre|middle)\b")


def _words(text: str) -> list[str]:
    """The lower-case words of `text`, truncated to more than the longest phrase."""
    plain = re.sub(r"[\s_\-‐-―/,.;:!()\[\]'\"‘’“”`]+", " ", text[:120].casefold())
    return _JOINED.sub(r"\1 \2", plain).split()


def _understood(words: list[str], meanings: Mapping[str, str]) -> set[str] | None:
    """The meanings of `words` without fillers, with typing mistakes corrected; None if a word is not understood."""
    found = set()
    for word in words:
        meaning = meanings[word] if word in meanings else correct_typo(word, meanings)
        if meaning is None:
            return None
        found.add(meaning)
    return found - {""}


def _exact(text: str, table: Collection[str]) -> Match | None:
    if text in table:
        return Match(text, "exact")
    plain = " ".join(text.casefold().split())
    return Match(plain, "corrected") if plain in table else None


def _heading(found: set[str] | None) -> tuple[str, str] | None:
    """(vertical, horizontal), each "" if unspecified; None if there is no direction or two contradict."""
    found = found or set()
    vertical, horizontal = found & {_UP, _DOWN}, found & {_LEFT, _RIGHT}
    if len(vertical) > 1 or len(horizontal) > 1 or not found:
        return None
    return "".join(vertical), "".join(horizontal)


def match_location(text: str) -> Match:
    """The nearest location phrase, or DEFAULT_LOCATION."""
    if exact := _exact(text, LOCATIONS):
        return exact
    heading = _heading(_understood(_words(text), _PLACES))
    if heading is None:
        return Match(DEFAULT_LOCATION, "defaulted")
    vertical = {_UP: "top", _DOWN: "bottom"}.get(heading[0], "")
    side = "-".join(part for part in (vertical, heading[1]) if part)
    return Match(f"on the {side}" if side else DEFAULT_LOCATION, "corrected")


def match_offset(text: str) -> Match:
    """The nearest offset phrase, or DEFAULT_OFFSET."""
    if exact := _exact(text, OFFSETS):
        return exact
    words = _words(text)
    if set(words) & _NO_SHIFT:
        calm = set(words) <= _NO_SHIFT | set(_SHIFT_FILLERS.split())
        return Match(DEFAULT_OFFSET, "corrected" if calm else "defaulted")
    heading = _heading(_understood(words, _SHIFTS))
    if heading is None or not any(heading):
        return Match(DEFAULT_OFFSET, "defaulted")
    vertical = {_UP: "upper", _DOWN: "lower"}.get(heading[0], "")
    side = "-".join(part for part in (vertical, heading[1]) if part)
    return Match(f"slightly to the {side}", "corrected")


def match_area(text: str) -> Match:
    """The nearest area phrase. If only a size or only a shape is understood, the default supplies the other half
    ("defaulted"); if neither is, the result is DEFAULT_AREA."""
    if exact := _exact(text, AREAS):
        return exact
    found = _understood(_words(text), _SIZES) or set()
    sizes, shapes = found & set(_LARGENESS.values()), found & set(_SHAPES.values())
    if len(sizes) > 1 or len(shapes) > 1 or not (sizes or shapes):
        return Match(DEFAULT_AREA, "defaulted")
    size, shape = "".join(sizes) or "medium-sized", "".join(shapes) or "square"
    return Match(f"a {size} {shape} area", "corrected" if sizes and shapes else "defaulted")
