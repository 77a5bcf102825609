"""A scene as values: its elements, setting and tone, and how each becomes a sentence.

Every sentence is a template that is filled with the element's values, so that an edit of one value changes exactly the
sentences about it, and every other sentence stays word for word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lib_omost.canvas.model import Canvas, GlobalDescription, Region
from training.corpus import grammar
from training.corpus.setting import Place
from training.corpus.things import Thing

SIDES = {
    "in the center": ("in the center of the picture", "in the middle of the scene", "at the heart of the picture"),
    "on the left": ("on the left side of the picture", "on the left", "toward the left of the scene"),
    "on the right": ("on the right side of the picture", "on the right", "toward the right of the scene"),
    "on the top": ("at the top of the picture", "in the upper part of the scene", "high above everything else"),
    "on the bottom": ("at the bottom of the picture", "in the lower part of the scene", "close to the lower edge"),
    "on the top-left": ("in the upper left of the picture", "in the top-left corner", "high on the left"),
    "on the top-right": ("in the upper right of the picture", "in the top-right corner", "high on the right"),
    "on the bottom-left": ("in the lower left of the picture", "in the bottom-left corner", "low on the left"),
    "on the bottom-right": ("in the lower right of the picture", "in the bottom-right corner", "low on the right"),
}


@dataclass(frozen=True)
class Seat:
    """The place of an element."""

    location: str
    offset: str
    area: str
    distance: float


@dataclass
class Element:
    """A future region. ``thing`` is None for a backdrop, whose ``title`` and sentences are complete texts."""

    seat: Seat
    color: str
    title: str
    sentences: list[str]
    tags: list[str]
    atmosphere: str
    style: str
    quality: str
    thing: Thing | None = None
    count: int = 1
    adjective: str = ""
    doing: str = ""
    gender: str = "it"
    side: int = 0

    @property
    def noun(self) -> str:
        """The noun in its number: "fox" or "foxes"."""
        assert self.thing is not None
        return self.thing.name if self.count == 1 else self.thing.plural

    @property
    def phrase(self) -> str:
        """The noun with adjective and article or number: "a red fox", "three red foxes", "a group of foxes"."""
        noun = f"{self.adjective} {self.noun}".strip()
        if noun in ("sun", "moon"):
            return f"the {noun}"
        if self.count == 1:
            return grammar.article(noun)
        return f"{grammar.NUMBERS.get(self.count, 'many')} {noun}"

    def fill(self, template: str) -> str:
        """Fill {a} {is} {has} {s} {doing} {side} {n} {its} {it} in a template and make it a sentence."""
        one = self.count == 1
        doing = grammar.pronouns(self.doing, self.gender) if one else grammar.several(self.doing)
        values = {
            "a": self.phrase if self.thing else "",
            "n": self.noun if self.thing else "",
            "is": "is" if one else "are",
            "has": "has" if one else "have",
            "s": "s" if one else "",
            "doing": doing,
            "side": SIDES[self.seat.location][self.side],
        }
        text = re.sub(r"\{(\w+)\}", lambda match: values[match[1]], template)
        text = grammar.pronouns(text, self.gender) if one else grammar.several(text)
        return grammar.sentence(text)

    def region(self) -> Region:
        return Region(
            location=self.seat.location,
            offset=self.seat.offset,
            area=self.seat.area,
            distance=self.seat.distance,
            description=self.fill(self.title),
            detailed_descriptions=tuple(self.fill(text) for text in self.sentences),
            tags=", ".join(
                dict.fromkeys(self.fill(tag)[:-1].lower() if "{" in tag else tag for tag in self.tags if tag)
            ),
            atmosphere=self.atmosphere,
            style=self.style,
            quality_meta=self.quality,
            color_name=self.color,
        )


def _inner(text: str) -> str:
    """A filled sentence as part of another one."""
    return text[0].lower() + text[1:-1]


@dataclass
class Scene:
    """A whole picture. ``title`` holds {items}, {place}, {when}; ``openings`` are for one subject and for several."""

    elements: list[Element]
    place: Place
    title: str
    openings: tuple[str, str]
    color: str
    when: str = ""
    grounds: list[str] = field(default_factory=list)
    light: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    style: list[str] = field(default_factory=list)
    mood: list[str] = field(default_factory=list)
    place_tags: list[str] = field(default_factory=list)
    light_tags: list[str] = field(default_factory=list)
    mood_tags: list[str] = field(default_factory=list)
    style_tags: list[str] = field(default_factory=list)
    added_tags: list[str] = field(default_factory=list)

    @property
    def subjects(self) -> list[Element]:
        """The elements that are things, not backdrops."""
        return [element for element in self.elements if element.thing]

    def listing(self) -> str:
        return grammar.listing(list(dict.fromkeys(element.phrase for element in self.subjects)))

    def _fill(self, template: str) -> str:
        subjects = self.subjects
        main = subjects[0] if subjects else None
        text = template.replace("{items}", self.listing() if subjects else "an empty place")
        text = text.replace("{when}", f" {self.when}" if self.when else "").replace("{place}", self.place.phrase)
        if main is not None:
            rest = grammar.listing(list(dict.fromkeys(element.phrase for element in subjects[1:])))
            others = grammar.listing(list(dict.fromkeys(element.phrase for element in subjects[2:])))
            text = text.replace("{rest}", rest).replace("{others}", f", with {others}" if others else "")
            text = re.sub(r"<(.*?)>", lambda match: _inner(main.fill(match[1])), text)
        return grammar.sentence(text)

    def canvas(self) -> Canvas:
        """The scene as a canvas."""
        sentences = [self._fill(self.openings[len(self.subjects) > 1]), *self.added]
        sentences += [*map(grammar.sentence, self.grounds), *map(grammar.sentence, self.light)]
        sentences += [*map(grammar.sentence, self.style), *map(grammar.sentence, self.mood)]
        tags = [f"{element.adjective} {element.noun}".strip() for element in self.subjects]
        tags += self.added_tags + self.place_tags + self.light_tags + self.style_tags + self.mood_tags
        head = GlobalDescription(self._fill(self.title), tuple(sentences), ", ".join(dict.fromkeys(tags)), self.color)
        return Canvas(head, tuple(element.region() for element in self.elements))
