"""Layout: candidate places for the things of a brief, chosen so that regions overlap only for a reason.

Each thing gets up to `CHOICES` places: a location, an offset and an area of the vocabulary. Whichever of them the model
chooses, two regions overlap by at most a third of the smaller one, unless one thing holds, rides or carries the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...canvas.geometry import Rect
from ...canvas.vocabulary import AREAS, LOCATIONS, OFFSETS, rect_of
from .brief import Link, Relation, Thing

MAX_OVERLAP = 0.33
"""Maximum overlap of unrelated regions, as a share of the smaller one."""
CHOICES = 3
"""Number of places of one thing that the model chooses from."""
SLACK = 5.0
"""How much more than the best place another candidate may cost."""
CLOSE: frozenset[Relation] = frozenset({"holding", "riding", "in", "on", "under"})
"""Relations that allow a larger overlap."""
_CLOSE = (CLOSE - {"under"}) | {"sheltered"}
_ROUNDS = 4
_Relation = Relation | Literal["sheltered"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the words of the vocabulary, and its rectangle in cells."""

    location: str
    offset: str
    area: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Placement:
    """The candidate places of a thing, best first, and its distance to the viewer."""

    spots: tuple[Spot, ...]
    distance: float


def overlap(one: Rect, other: Rect) -> float:
    """The overlap of two rectangles as a share of the smaller one, 0..1."""
    both = one.intersection(other)
    return both.area / max(1, min(one.area, other.area)) if both else 0.0


@lru_cache(maxsize=1)
def all_spots() -> tuple[Spot, ...]:
    """One spot for each rectangle that the vocabulary can express, with the simplest words for it."""
    found: dict[Rect, Spot] = {}
    for offset in OFFSETS:
        for location in LOCATIONS:
            for area in AREAS:
                rect = rect_of(location, offset, area)
                found.setdefault(rect, Spot(location, offset, area, rect))
    return tuple(found.values())


def arrange(
    things: Sequence[Thing],
    links: Sequence[Link],
    taken: Sequence[Rect] = (),
    wanted: str = "",
    anchor: tuple[Relation, Rect] | None = None,
) -> list[Placement]:
    """A placement for each thing. taken: rectangles of the regions that do not change. wanted: the location that the
    user asked for ("left", "top right"), or an empty string. anchor: how the first thing stands to one of `taken`."""
    count = len(things) + len(taken)
    relations = {(link.one, link.other): _exact(link, things) for link in links}
    order = sorted(range(len(things)), key=lambda index: (_depends_on_another(index, links), -things[index].size))
    single = [_single_costs(thing, count, wanted) for thing in things]
    chosen: dict[int, Spot] = {}

    def cost(index: int, spot: Spot) -> float:
        total = single[index][spot]
        for rect in taken:
            if anchor and index == 0 and rect == anchor[1]:
                pair = (rect, spot.rect) if anchor[0] == "holding" else (spot.rect, rect)
                total += 2 * _relation_cost(anchor[0], *pair)
            else:
                total += _overlap_cost(spot.rect, rect)
        for other, place in chosen.items():
            if other == index:
                continue
            relation = relations.get((index, other)) or relations.get((other, index))
            first = (index, other) in relations
            pair = (spot.rect, place.rect) if first else (place.rect, spot.rect)
            total += _relation_cost(relation, *pair) if relation else _overlap_cost(spot.rect, place.rect)
        return total

    for _ in range(_ROUNDS):
        for index in order:
            chosen[index] = min(single[index], key=lambda spot: cost(index, spot))
    spots: dict[int, list[Spot]] = {index: [chosen[index]] for index in order}
    for index in order:
        best = cost(index, chosen[index])
        for spot in sorted(single[index], key=lambda spot: cost(index, spot)):
            if len(spots[index]) == CHOICES or cost(index, spot) > best + SLACK:
                break
            if spot not in spots[index] and all(
                _compatible(relations, index, spot, other, place)
                for other in order
                if other != index
                for place in spots[other]
            ):
                spots[index].append(spot)
    return [Placement(tuple(spots[index]), _distance(index, things, links)) for index in range(len(things))]


def _exact(link: Link, things: Sequence[Thing]) -> _Relation:
    """The relation of a link; "sheltered" for what is under something that stands on the ground and is larger, such as
    a tree or a bridge: it stands in front of the foot of that."""
    one, other = things[link.one], things[link.other]
    shelter = other.place in _STANDS and other.kind not in ("animal", "person") and other.size >= max(2, one.size - 1)
    return "sheltered" if link.relation == "under" and shelter else link.relation


def _depends_on_another(index: int, links: Sequence[Link]) -> bool:
    """Whether the place of a thing depends on another thing: it is held by that, or rides on it, or is in it."""
    return any(
        (link.other == index and link.relation == "holding")
        or (link.one == index and link.relation in ("riding", "in", "under"))
        for link in links
    )


def _compatible(relations: dict[tuple[int, int], _Relation], index: int, spot: Spot, other: int, place: Spot) -> bool:
    relation = relations.get((index, other)) or relations.get((other, index))
    if relation in _CLOSE:
        first, second = (spot, place) if (index, other) in relations else (place, spot)
        return _relation_cost(relation, first.rect, second.rect) < 12
    return overlap(spot.rect, place.rect) <= MAX_OVERLAP


def _single_costs(thing: Thing, count: int, wanted: str) -> dict[Spot, float]:
    """The cost of each spot for a thing, regardless of the other things; the cheapest 260 spots."""
    costs = {spot: _single_cost(thing, spot, count, wanted) for spot in all_spots()}
    return dict(sorted(costs.items(), key=lambda pair: pair[1])[:260])


def _single_cost(thing: Thing, spot: Spot, count: int, wanted: str) -> float:
    rect = spot.rect
    x, y = (rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2
    equal_share = 8100 / (count + 0.6)
    ideal = equal_share * (0.62, 0.75, 0.9, 1.05, 1.2)[thing.size] if count > 1 else 3600 + 500 * thing.size
    area = rect.area if thing.count > 1 else 1.2 * min(rect.width, rect.height) ** 2
    cost = 14 * abs(area - ideal) / ideal
    level, weight = _LEVELS.get(thing.place, (48, 0.2))
    stands = thing.place in _STANDS and count > 1
    cost += weight * abs((y + min(rect.width, rect.height) / 2 if stands else y) - (_FLOOR if stands else level))
    ratio = rect.width / rect.height
    tall = thing.kind in ("person", "plant") or (thing.kind == "building" and thing.size == 4)
    ideal_ratio = (
        1.7 if thing.count > 3 else 1.3 if thing.count > 1 or thing.kind == "vehicle" else 0.75 if tall else 1.0
    )
    cost += 5 * abs(ratio - ideal_ratio) / ideal_ratio
    cost += 0.05 * abs(x - 45) if count == 1 else 0.0
    cost += 0 if spot.offset == "no offset" else 0.7
    if wanted:
        asked = set(wanted.replace("-", " ").split())
        has = {"left"} if x < 36 else {"right"} if x > 54 else set()
        has |= {"top"} if y < 36 else {"bottom"} if y > 54 else set()
        has |= {"center"} if 36 <= x <= 54 and 36 <= y <= 54 else set()
        cost += 60 * len(asked - has)
    return cost


_LEVELS = {"sky": (20, 0.9), "air": (28, 0.35), "ground": (52, 0.5), "water": (62, 0.5), "surface": (60, 0.5)}
"""The best height for the centre of a thing, in cells from the top, and the cost of each cell of deviation."""
_STANDS = frozenset({"ground", "surface"})
"""Places on which several things stand side by side: not their centres but their lower ends are at one height."""
_FLOOR = 80


def _overlap_cost(one: Rect, other: Rect) -> float:
    share = overlap(one, other)
    return 10 * share + (400 * (share - MAX_OVERLAP) + 40 if share > MAX_OVERLAP else 0)


def _relation_cost(relation: _Relation, one: Rect, other: Rect) -> float:
    """The cost of two rectangles for things that are in a relation. Painters show a thing as high as wide in the middle
    of its rectangle, so the square there counts."""
    dx, dy = abs(_middle(other) - _middle(one)), _lower_end(other) - _lower_end(one)
    mine, its = (float(min(rect.width, rect.height)) for rect in (one, other))
    share = overlap(one, other)
    match relation:
        case "holding":  # at the side of the holder, half as large, a little higher than his feet
            cost = 0.5 * abs(dx - 0.45 * mine) + 0.4 * abs(dy + 0.15 * mine) + 30 * max(0.0, its / mine - 0.6)
            return cost + (60 * (share - 0.6) if share > 0.6 else 0)
        case "riding":  # upon the upper half of the mount, which stays in sight
            cost = 0.6 * dx + 0.6 * abs(dy - 0.5 * its) + 40 * max(0.0, mine / its - 0.75)
            return cost + 20 * max(0.0, 0.5 - mine / its) + 80 * max(0.0, share - 0.6)
        case "on":
            cost = 0.4 * dx + 0.6 * abs(dy - 0.8 * its) + 30 * max(0.0, mine / its - 1.2)
            return cost + 80 * max(0.0, share - 0.5)
        case "in":
            return 0.3 * (dx + abs(dy)) + 10 * max(0.0, one.area / max(1, other.area) - 0.5)
        case "sheltered":
            cost = 0.6 * dx + 0.5 * abs(dy) + 40 * max(0.0, mine / its - 0.6)
            return cost + 30 * max(0.0, 0.4 - mine / its)
        case "under":
            return 0.4 * dx + 1.0 * max(0.0, 28 - _below(other, one)) + _overlap_cost(one, other)
        case "over":
            return 0.3 * dx + 1.0 * max(0.0, 28 - _below(one, other)) + _overlap_cost(one, other)
        case _:
            return 0.05 * (dx + abs(dy)) + _overlap_cost(one, other)


def _middle(rect: Rect) -> float:
    return (rect.left + rect.right) / 2


def _lower_end(rect: Rect) -> float:
    """Where the square in the middle of a rectangle ends."""
    return (rect.top + rect.bottom + min(rect.width, rect.height)) / 2


def _below(upper: Rect, lower: Rect) -> float:
    """How much lower the centre of a rectangle is than that of another."""
    return (lower.top + lower.bottom - upper.top - upper.bottom) / 2


def _distance(index: int, things: Sequence[Thing], links: Sequence[Link]) -> float:
    """Distance to the viewer by kind and size; a thing that is held, rides on another or stands in front of it is
    nearer than that."""
    thing = things[index]
    distance = {"sky": 40.0, "nature": 18.0, "building": 12.0, "water": 15.0, "scene": 16.0}.get(thing.kind)
    if distance is None:
        distance = 20.0 if thing.place == "sky" else 3.0 + 1.2 * thing.size
    for link in links:
        if index == link.one and link.relation in ("riding", "on", "under", "before", "in"):
            distance = min(distance, _distance_of(things[link.other]) - 1.0)
        elif index == link.other and link.relation in ("holding", "behind"):
            distance = min(distance, _distance_of(things[link.one]) - 1.0)
    return round(max(1.0, distance) + 0.1 * index, 1)


def _distance_of(thing: Thing) -> float:
    return {"sky": 40.0, "nature": 18.0, "building": 12.0, "water": 15.0, "scene": 16.0}.get(
        thing.kind, 20.0 if thing.place == "sky" else 3.0 + 1.2 * thing.size
    )
