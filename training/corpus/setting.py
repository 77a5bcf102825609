"""Reads the tables of places and of moods into values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from training.corpus import moods, places


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A region that shows part of the place, behind or in front of the subjects."""

    description: str
    color: str
    sentences: tuple[str, ...]
    tags: str

    @property
    def foreground(self) -> bool:
        return "foreground" in self.tags


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a scene. ``sort`` is land, water, sky, space, room or table."""

    name: str
    phrase: str
    sort: str
    colors: tuple[str, ...]
    grounds: tuple[str, ...]
    nears: tuple[str, ...]
    backdrops: tuple[Backdrop, ...]


@dataclass(frozen=True, slots=True)
class Tone:
    """A time, weather, mood or style, and what it adds to the whole picture."""

    name: str
    words: tuple[str, ...]
    senses: tuple[str, ...]
    sentences: tuple[str, ...]
    color: str | None = None
    tags: str = ""


def _parts(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark) if part.strip())


@cache
def all_places() -> dict[str, Place]:
    """Every place by name."""
    found: dict[str, Place] = {}
    grounds: list[str] = []
    nears: list[str] = []
    backdrops: list[Backdrop] = []
    head: list[str] = []

    def close() -> None:
        if head:
            name, phrase, sort, colors = head
            found[name] = Place(
                name, phrase, sort, tuple(colors.split()), tuple(grounds), tuple(nears), tuple(backdrops)
            )

    for line in places.TEXT.strip().splitlines():
        mark, text = line[0], line[2:].strip()
        if line[1] != " ":
            close()
            head = list(_parts(line, "|"))
            grounds, nears, backdrops = [], [], []
        elif mark == "_":
            grounds.append(text)
        elif mark == "~":
            nears.append(text)
        else:
            description, color, *sentences, tags = _parts(text, "|")
            backdrops.append(Backdrop(description, color, tuple(sentences), tags))
    close()
    return found


def _rows(text: str) -> list[tuple[str, ...]]:
    return [_parts(line, "|") for line in text.strip().splitlines()]


@cache
def all_moods() -> dict[str, Tone]:
    """Moods: ``words`` are adjectives, ``senses`` complete "a sense of" in the atmosphere."""
    return {name: Tone(name, _parts(w, ","), _parts(s, ","), _parts(t, ";")) for name, w, s, t in _rows(moods.MOODS)}


@cache
def all_times() -> dict[str, Tone]:
    return {name: Tone(name, (), (), _parts(t, ";"), color, tags) for name, t, color, tags in _rows(moods.TIMES)}


@cache
def all_weathers() -> dict[str, Tone]:
    return {name: Tone(name, (), (), _parts(t, ";"), color, tags) for name, t, color, tags in _rows(moods.WEATHERS)}


@cache
def all_styles() -> dict[str, Tone]:
    """Styles: ``words`` are pairs of adjectives, ``senses`` what the style focuses on."""
    return {name: Tone(name, _parts(w, ","), _parts(f, ","), (t,)) for name, w, f, t in _rows(moods.STYLES)}


@cache
def all_qualities() -> tuple[str, ...]:
    return tuple(moods.QUALITIES.strip().splitlines())
