"""The brief: what a prompt asks for, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..lexicon import Kind, Place

Relation = Literal["on", "under", "behind", "before", "beside", "holding", "riding", "in", "over"]
SettingKind = Literal["place", "time", "weather", "style"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that the picture should show.

    words: the user's words, with what it wears or has ("an old wizard with a long beard"). head: its noun ("wizard").
    count: 1, the number in the prompt, or 2 for a plural without one. attributes: what it wears or has, in the user's
    words. doing: its activity ("riding a horse"). kind, place, size: as in the lexicon, but place is "sky" for anything
    that the prompt puts there.
    """

    words: str
    head: str
    kind: Kind
    place: Place
    size: int
    count: int = 1
    attributes: tuple[str, ...] = ()
    doing: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A relation of two things, by their indices: things[one] is `relation` things[other]."""

    one: int
    relation: Relation
    other: int


@dataclass(frozen=True, slots=True)
class Setting:
    """The place, time, weather or style, in the user's words ("in a misty forest")."""

    kind: SettingKind
    words: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What a prompt asks for. text: the prompt without "draw me a picture of". english: whether the prompt seems to be
    English."""

    text: str
    things: tuple[Thing, ...] = ()
    links: tuple[Link, ...] = ()
    settings: tuple[Setting, ...] = ()
    english: bool = True
