"""Layouts for measuring adherence: four tasks after LMD, and scenes of two to five things.

The tasks are those of Lian et al. 2023, "LLM-grounded Diffusion" (https://arxiv.org/abs/2305.13655), section 4: count,
attributes, negation and places. All layouts are drawn from fixed lists with a fixed seed, so they are the same
everywhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from lib_omost.canvas import Canvas, GlobalDescription, Region
from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.snapping import nearest_phrases
from lib_omost.canvas.vocabulary import rect_of

TASKS = ("count", "attributes", "negation", "places", "scenes")
EACH = 25
"""Layouts of each of the four tasks."""
SCENES = 100

_THINGS = tuple(
    "cat dog horse cow sheep elephant bird boat car bus bicycle train chair bench table lamp clock umbrella "
    "vase bottle cup apple pear banana cake pizza book laptop suitcase teddy-bear".replace("-", " ").split(" ")
)
_COLORS = ("red", "green", "blue", "yellow", "white", "black")
_SETTINGS = ("A quiet park", "A wide beach", "A city square", "A bright living room", "A snowy field", "A wooden table")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that a layout asks for: its name, its colour or "", and its rectangle."""

    thing: str
    color: str
    rect: Rect

    @property
    def phrase(self) -> str:
        return f"a {self.color} {self.thing}" if self.color else f"a {self.thing}"


@dataclass(frozen=True, slots=True)
class Case:
    """A layout with what has to be found in its picture, and what must not be (`absent`)."""

    task: str
    number: int
    canvas: Canvas
    wanted: tuple[Wanted, ...]
    absent: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """The layout as one prompt."""
        return f"{self.canvas.global_description.description} {' '.join(f'{one.phrase}.' for one in self.wanted)}"


def cases(each: int = EACH, scenes: int = SCENES) -> list[Case]:
    """All layouts, in a fixed order."""
    rng = random.Random(20260101)
    makers = {"count": _count, "attributes": _attributes, "negation": _negation, "places": _places}
    made = [makers[task](rng, number) for task in TASKS[:4] for number in range(each)]
    return made + [_scene(rng, number) for number in range(scenes)]


def _case(task: str, number: int, rng: random.Random, wanted: list[Wanted], absent: tuple[str, ...] = ()) -> Case:
    setting = rng.choice(_SETTINGS)
    said = f"{setting} without any {absent[0]}." if absent else f"{setting}."
    regions = []
    for place, one in enumerate(wanted):
        location, offset, area = nearest_phrases(one.rect)
        regions.append(
            Region(location, offset, area, 10.0 - place, one.phrase.capitalize() + ".", color_name=one.color or "gray")
        )
    canvas = Canvas(GlobalDescription(said, (), "", "white"), tuple(regions))
    placed = tuple(Wanted(one.thing, one.color, region.rect) for one, region in zip(wanted, regions, strict=True))
    return Case(task, number, canvas, placed, absent)


def _row(count: int, rng: random.Random) -> list[Rect]:
    """Rectangles side by side, with a margin between them."""
    width = 90 // count
    top = rng.randrange(15, 30)
    return [Rect(top, top + 45, width * place + 2, width * (place + 1) - 2) for place in range(count)]


def _count(rng: random.Random, number: int) -> Case:
    thing = rng.choice(_THINGS)
    return _case("count", number, rng, [Wanted(thing, "", rect) for rect in _row(rng.randrange(2, 5), rng)])


def _attributes(rng: random.Random, number: int) -> Case:
    colors = rng.sample(_COLORS, 2)
    things = [rng.choice(_THINGS)] * 2 if rng.random() < 0.5 else rng.sample(_THINGS, 2)
    return _case("attributes", number, rng, list(map(Wanted, things, colors, _row(2, rng))))


def _negation(rng: random.Random, number: int) -> Case:
    thing, absent = rng.sample(_THINGS, 2)
    return _case("negation", number, rng, [Wanted(thing, "", Rect(25, 75, 20, 70))], (absent,))


def _places(rng: random.Random, number: int) -> Case:
    things = rng.sample(_THINGS, 2)
    places = rng.choice((("on the left", "on the right"), ("on the top", "on the bottom")))
    rects = [rect_of(place, "no offset", "a medium-sized square area") for place in places]
    return _case("places", number, rng, [Wanted(thing, "", rect) for thing, rect in zip(things, rects, strict=True)])


def _scene(rng: random.Random, number: int) -> Case:
    count = rng.randrange(2, 6)
    cells = rng.sample([(row, column) for row in range(2) for column in range(3)], count)
    things = rng.sample(_THINGS, count)
    wanted = []
    for thing, (row, column) in zip(things, cells, strict=True):
        rect = Rect(45 * row + 3, 45 * row + 42, 30 * column + 1, 30 * column + 29)
        wanted.append(Wanted(thing, rng.choice(("", *_COLORS)), rect))
    return _case("scenes", number, rng, wanted)
