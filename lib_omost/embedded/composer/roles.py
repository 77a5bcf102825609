"""Roles: whether a phrase of a prompt names a thing, an attribute of one, or the setting."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..lexicon import Lexicon
from ..pieces import Piece
from ..words import word_set
from .brief import Thing
from .lead import MEDIUM
from .relations import ABROAD, RELATIONS, preposition_of

_STYLE = re.compile(
    rf"\b(?:{MEDIUM}|style|noir|macro|minimalis[mt]|surreal(?:ism)?|cyberpunk|steampunk|anime|manga|pixel|realistic"
    r"|photorealistic|impressionis[mt]|baroque|cinematic|dramatic|moody|vintage|retro|4k|8k|hd|3d|art|lighting|light"
    r"|melancholic|atmosphere|mood|colou?rs?|palette|quality|detailed|life)\b",
    re.IGNORECASE,
)
_WORN = word_set("in with wearing and , dressed sporting has having")
_THINGS = word_set("animal person plant food building nature water vehicle sky furniture clothing object group place")
_INSIDE = word_set("in inside at within")
_WATERS = word_set("wave waves sea ocean water surface")
_UPON = word_set("in on at into across")
_FACING = word_set("overlooking facing")


def kind_of(piece: Piece) -> str:
    """The kind of a phrase's noun, or "unknown"."""
    return piece.noun.kind if piece.noun else "unknown"


def is_setting(piece: Piece, link: Sequence[str], after: bool, words: Lexicon) -> bool:
    """Whether a phrase is the place, time, weather or style. after: whether a thing precedes it."""
    kind, preposition = kind_of(piece), preposition_of(link)
    if not piece.determiner and set(link) <= {","} and _STYLE.search(piece.text) and link:
        return True  # ", oil painting"
    if not _FACING.isdisjoint(link) and kind in ("water", "nature", "scene", "place"):
        return after
    match kind:
        case "scene":
            moved = piece.determiner and not preposition and any(word.isalpha() and word != "and" for word in link)
            near = preposition in ("in front of", "behind", "next to", "beside")
            return not (moved or near) and (preposition in ABROAD or after or not piece.determiner)
        case "time" | "weather" | "light":
            return True
        case "place":
            return preposition != "" or piece.determiner not in ("a", "an")
        case "building":
            return preposition in _INSIDE and after
        case "part":
            return preposition in ("by", "at", "through") and after
        case "none":
            if preposition in ("in", "on", "at"):
                return bool(_STYLE.search(piece.text)) or "background" in piece.text.lower()
        case "unknown":
            if not piece.determiner and preposition in ("in", "over", "at", "above"):
                return not words.is_plural(piece.head)  # "over Cappadocia"
        case "water" | "nature" | "sky":
            if preposition in ("under", "underneath", "beneath", "below") and piece.noun and piece.noun.word in _WATERS:
                return after
            return after and _is_vast(piece, preposition)
    if piece.determiner and after and _is_done_to(link):
        return False  # a robot painting a portrait
    return kind in ("none", "unknown") and not preposition and bool(_STYLE.search(piece.text))


def _is_done_to(link: Sequence[str]) -> bool:
    """Whether the words before a phrase are a verb, whose object it is."""
    return link[-1:] != () and link[-1].isalpha() and link[-1].endswith(("ing", "es", "ed"))


def _is_vast(piece: Piece, preposition: str) -> bool:
    """Whether a phrase for water, land or sky is where the things are ("in the sea", but "a castle on a hill")."""
    noun = piece.noun
    if noun is None:
        return False
    if noun.kind == "water":
        return preposition in ABROAD and noun.size > 1
    if noun.kind == "nature":
        some = piece.determiner in ("a", "an") and preposition == "on"
        return preposition in _UPON and noun.size == 4 and noun.place == "ground" and not some
    return preposition in ("on", "in", "across") and noun.word in ("sky", "moon", "planet", "earth", "world")


def is_attribute(piece: Piece, link: Sequence[str], bearer: Thing, listed: bool) -> bool:
    """Whether a phrase is what the thing before it wears or has. listed: whether it follows another attribute."""
    if kind_of(piece) == "clothing":
        alive = bearer.kind in ("person", "animal", "group", "none")
        return set(link) <= _WORN and (alive or "wearing" in link) and (link[-1:] != (",",) or listed)
    if kind_of(piece) in ("body", "part", "material", "light", "none"):
        return preposition_of(link) == "with" or (listed and set(link) <= {"and", ","})
    return False


def is_thing(piece: Piece, after: bool, words: Lexicon) -> bool:
    """Whether a phrase that is neither setting nor attribute names a thing. after: whether a thing precedes it."""
    kind = kind_of(piece)
    if kind in _THINGS or (kind == "scene" and after) or (kind == "body" and not after):
        return True
    if kind == "body" and piece.determiner in ("a", "an"):  # a fly on a nose
        return preposition_of(piece.link) in RELATIONS
    if kind == "part":  # under a stone arch
        return piece.determiner in ("a", "an") and (not after or preposition_of(piece.link) in RELATIONS)
    if kind == "none" and piece.determiner and after and _is_done_to(piece.link):
        return piece.noun is not None and bool(piece.noun.nearest)
    if kind == "unknown" and not words.parts_of_speech(piece.head):
        return bool(piece.determiner) or not after or len(piece.words) > 1 or words.is_plural(piece.head)
    return False
