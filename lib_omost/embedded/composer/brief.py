"""Brief: what a prompt asks to see, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..lexicon import Kind, Place

Relation = Literal["on", "under", "behind", "before", "beside", "holding", "riding", "in", "over"]
SettingKind = Literal["place", "time", "weather", "style"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that is to be seen.

    words: as the user says it, with what it wears or has ("an old wizard with a long beard"). head: its noun as the
    user says it ("wizard"). count: 1, a number that is said, or 2 for a plural without one. attributes: what it wears
    or has, in the user's words. doing: what the prompt says of it beyond that ("riding a horse"). kind, place, size:
    as in the lexicon; place is "sky" also for what the prompt puts there.
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
    """How a thing stands to another, by their indices: things[one] is `relation` things[other]."""

    one: int
    relation: Relation
    other: int


@dataclass(frozen=True, slots=True)
class Setting:
    """Where, when, under what sky or in what style, in the user's words ("in a misty forest")."""

    kind: SettingKind
    words: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What a prompt asks for. text: the prompt without "draw me a picture of". english: whether the reader knows enough
    of its words to say that."""

    text: str
    things: tuple[Thing, ...] = ()
    links: tuple[Link, ...] = ()
    settings: tuple[Setting, ...] = ()
    english: bool = True
