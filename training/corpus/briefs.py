"""Random briefs: subjects and their relation, place, time, weather, mood and style."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.corpus import phrasing, setting
from training.corpus.setting import Place, Tone
from training.corpus.things import Thing, by_kind

# The frequency of a kind in this list is its frequency as the main subject.
# fmt: off
MAIN_KINDS = (
    "animal", "animal", "animal", "bird", "bird", "sea", "insect", "person", "person", "fighter", "fighter",
    "dinosaur", "monster", "monster", "fairy", "landcar", "ship", "aircraft", "food", "food", "fruit", "drink",
    "flower", "tree", "building", "building", "object", "object", "toy", "instrument", "machine", "furniture",
    "heavenly", "clothing", "landform",
)
# fmt: on
# fmt: off
EXTRA_KINDS = (
    "bird", "tree", "building", "landform", "water", "heavenly", "weather", "object", "flower", "animal", "person",
    "toy", "object",
)
# fmt: on
# fmt: off
_INDOOR = (
    "food", "fruit", "drink", "furniture", "object", "toy", "instrument", "machine", "clothing",
)
# fmt: on
COLOR_WORDS = {
    "red": ("red", "crimson", "firebrick"),
    "green": ("green", "forestgreen", "mediumseagreen"),
    "blue": ("royalblue", "dodgerblue", "blue"),
    "yellow": ("yellow", "gold"),
    "orange": ("orange", "darkorange"),
    "purple": ("purple", "mediumpurple", "darkviolet"),
    "pink": ("pink", "hotpink", "lightpink"),
    "black": ("black",),
    "white": ("white", "ivory"),
    "gray": ("gray", "dimgray", "slategray"),
    "brown": ("saddlebrown", "sienna", "brown"),
    "golden": ("gold", "goldenrod"),
    "silver": ("silver",),
    "turquoise": ("turquoise", "mediumturquoise"),
}
"""Colour words of prompts and the colour names that a canvas uses for them."""
_SORTS = {
    "sea": ("water",),
    "ship": ("water",),
    "aircraft": ("sky", "land"),
    "heavenly": ("land", "sky", "space"),
    "weather": ("land", "sky"),
}


@dataclass(frozen=True)
class Wish:
    """One subject of a prompt; ``doing`` and ``adjective`` are empty if the prompt does not state them."""

    thing: Thing
    count: int = 1
    adjective: str = ""
    doing: str = ""


@dataclass(frozen=True)
class Brief:
    """What a prompt asks for: subjects, their relation, and the parts of the setting that it names."""

    wishes: tuple[Wish, ...]
    relation: tuple[str, str, str, str, str] | None = None
    place: Place | None = None
    time: Tone | None = None
    weather: Tone | None = None
    mood: Tone | None = None
    style: Tone | None = None


def draw_thing(rng: random.Random, kinds: Sequence[str], rich: float = 0.5) -> Thing:
    """A thing of one of the kinds; with probability ``rich`` one with material specific to it."""
    pool = by_kind(rng.choice(list(kinds)))
    if rng.random() < rich:
        pool = tuple(thing for thing in pool if thing.rich) or pool
    return rng.choice(pool)


def draw_brief(rng: random.Random, most: int = 3, related: float = 0.38) -> Brief:
    """A random request with one to ``most`` subjects; with probability ``related`` two subjects are in a relation."""
    relation = None
    if most > 1 and rng.random() < related:
        relation = rng.choice(phrasing.RELATIONS)
        first, second = _related(rng, relation[4])
        wishes = [_wish(rng, first, doing=False), _wish(rng, second, doing=False)]
    else:
        count = rng.choices(range(1, most + 1), weights=(50, 35, 25, 12, 6)[:most])[0]
        kinds = _INDOOR if rng.random() < 0.18 else MAIN_KINDS
        things = [draw_thing(rng, kinds)]
        while len(things) < count:
            thing = draw_thing(rng, kinds if rng.random() < 0.5 else EXTRA_KINDS)
            if thing not in things:
                things.append(thing)
        wishes = [_wish(rng, thing, doing=count < 3) for thing in things]
    place = None
    if rng.random() < 0.4:
        place = draw_place(rng, wishes) if rng.random() < 0.7 else rng.choice(list(setting.all_places().values()))
    outside = place is None or place.sort in ("land", "water", "sky")
    time = rng.choice(list(setting.all_times().values())) if outside and rng.random() < 0.15 else None
    weather = (
        rng.choice(list(setting.all_weathers().values())) if outside and time is None and rng.random() < 0.12 else None
    )
    mood = rng.choice(list(setting.all_moods().values())) if rng.random() < 0.12 else None
    style = rng.choice(list(setting.all_styles().values())) if rng.random() < 0.15 else None
    return Brief(tuple(wishes), relation, place, time, weather, mood, style)


def _wish(rng: random.Random, thing: Thing, doing: bool) -> Wish:
    count = rng.choice((2, 2, 3, 3, 4, 5, 6)) if rng.random() < 0.12 else 1
    adjective = rng.choice(thing.adjectives) if rng.random() < 0.35 else ""
    if adjective == "" and rng.random() < 0.15:
        adjective = rng.choice(list(COLOR_WORDS))
    doings = thing.doings or thing.kind.doings
    return Wish(thing, count, adjective, rng.choice(doings) if doing and rng.random() < 0.3 else "")


def _related(rng: random.Random, layout: str) -> tuple[Thing, Thing]:
    alive = ("animal", "person", "fighter", "monster", "fairy", "dinosaur", "bird", "machine")
    second = {
        "ride": ("animal", "dinosaur", "monster", "landcar"), "on": ("furniture", "object", "animal", "building"),
        "under": ("tree", "building"), "front": ("building", "landform", "tree"),
        "back": ("tree", "building", "object"), "over": ("building", "landform", "water", "ship"),
        "hold": ("object", "flower", "toy", "fruit", "food"),
        "eat": ("food", "fruit"), "wear": ("clothing",), "play": ("instrument",), "plant": ("flower", "tree"),
        "make": ("building", "ship", "machine", "toy"), "drive": ("landcar", "aircraft", "ship"),
    }.get(layout, alive)  # fmt: skip
    first = {
        "ride": ("person", "fighter", "fairy"),
        "over": ("bird", "aircraft", "monster", "heavenly"),
        "hold": ("person", "animal", "machine", "fairy"),
        "make": ("person", "machine", "animal"),
        "drive": ("person", "animal", "machine"),
    }.get(layout, alive)
    one, two = draw_thing(rng, first, 0.6), draw_thing(rng, second, 0.6)
    return (one, two) if one != two else _related(rng, layout)


def draw_place(rng: random.Random, wishes: Sequence[Wish], outside: bool = False) -> Place:
    """A place that suits the first subject; an open-air one if ``outside``."""
    places = list(setting.all_places().values())
    kinds = [wish.thing.kind.name for wish in wishes]
    if all(kind in _INDOOR for kind in kinds) and not outside:
        sorts: tuple[str, ...] = (
            ("table", "room") if kinds[0] in ("food", "fruit", "drink") else ("room", "table", "land")
        )
    elif any(kind in ("landcar", "building", "landform", "tree") for kind in kinds):
        sorts = ("land",)
    else:
        sorts = _SORTS.get(kinds[0], ("land", "land", "land", "land", "water", "room"))
        if wishes[0].thing.name in (
            "astronaut",
            "alien",
            "robot",
            "spaceship",
            "rocket",
            "ufo",
            "satellite",
            "rover",
            "planet",
        ):
            sorts = ("space", "space", "land")
        if outside:
            sorts = tuple(sort for sort in sorts if sort in ("land", "water", "sky")) or ("land",)
    sort = rng.choice(sorts)
    fitting = [place for place in places if place.sort == sort]
    if kinds[0] == "dinosaur" and rng.random() < 0.5:
        return setting.all_places()["prehistoric valley"]
    if kinds[0] != "sea" and sort == "water":
        fitting = [place for place in fitting if place.name != "underwater"]
    return rng.choice(fitting)
