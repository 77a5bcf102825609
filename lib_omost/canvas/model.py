"""What a canvas is: values that cannot be half right.

Texts are normalised when a value is made (see `clean_text`), so that a canvas that came from a reply and the same
canvas written and read again are equal.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.limits import (
    MAX_DISTANCE,
    MAX_LIST_ITEMS,
    MAX_REGIONS,
    MAX_TEXT_CHARS,
    MAX_WEIGHT,
    MIN_DISTANCE,
    MIN_WEIGHT,
)
from lib_omost.canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS, rect_of

# Control characters but newline and tab mean nothing in a prompt; half a surrogate pair cannot be encoded.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str) -> str:
    """`text` without blanks at its ends, without control characters and lone surrogates (each becomes a blank), and
    at most MAX_TEXT_CHARS long. Applying it twice changes nothing more."""
    return _UNWANTED.sub(" ", text).strip()[:MAX_TEXT_CHARS].rstrip()


def _clean(value: GlobalDescription | Region, names: tuple[str, ...]) -> None:
    for name in names:
        object.__setattr__(value, name, clean_text(getattr(value, name)))
    texts = tuple(text for text in map(clean_text, value.detailed_descriptions) if text)
    if len(texts) > MAX_LIST_ITEMS:
        raise ValueError(f"{len(texts)} detailed descriptions are more than {MAX_LIST_ITEMS}")
    object.__setattr__(value, "detailed_descriptions", texts)


def _check(name: str, value: str, table: dict[str, Any]) -> None:
    if value not in table:
        raise ValueError(f"{value!r} is not a known {name}")


@dataclass(frozen=True, slots=True)
class GlobalDescription:
    """What the whole picture shows. Raises ValueError for a colour that is not in `vocabulary.COLORS`."""

    description: str
    detailed_descriptions: tuple[str, ...] = ()
    tags: str = ""
    color_name: str = "gray"

    def __post_init__(self) -> None:
        _clean(self, ("description", "tags"))
        _check("colour", self.color_name, COLORS)

    @property
    def color(self) -> tuple[int, int, int]:
        """(red, green, blue), each 0..255."""
        return COLORS[self.color_name]

    def to_json(self) -> dict[str, Any]:
        return {
            "description": self.description,
            "detailed_descriptions": list(self.detailed_descriptions),
            "tags": self.tags,
            "color": list(self.color),
            "color_name": self.color_name,
        }


@dataclass(frozen=True, slots=True)
class Region:
    """One element of the picture and where it stands.

    `distance` orders regions only (MIN_DISTANCE..MAX_DISTANCE, larger is farther). The last four fields are this
    program's extension of the language (see extension.py): `free_rect` holds the exact cells where they are not those
    of the three phrases, `weight` (MIN_WEIGHT..MAX_WEIGHT) multiplies what the painter's attention gives the region,
    `negative_prompt` says what the region shall not show, and a region that is not `enabled` is not painted.
    Raises ValueError for a phrase or a colour that is not in the vocabulary, for an empty rectangle, and for a distance
    or a weight out of range.
    """

    location: str
    offset: str
    area: str
    distance: float
    description: str
    detailed_descriptions: tuple[str, ...] = ()
    tags: str = ""
    atmosphere: str = ""
    style: str = ""
    quality_meta: str = ""
    color_name: str = "gray"
    free_rect: Rect | None = None
    weight: float = 1.0
    negative_prompt: str = ""
    enabled: bool = True

    def __post_init__(self) -> None:
        _clean(self, ("description", "tags", "atmosphere", "style", "quality_meta", "negative_prompt"))
        _check("location", self.location, LOCATIONS)
        _check("offset", self.offset, OFFSETS)
        _check("area", self.area, AREAS)
        _check("colour", self.color_name, COLORS)
        distance = float(self.distance)
        if not (math.isfinite(distance) and MIN_DISTANCE <= distance <= MAX_DISTANCE):
            raise ValueError(f"distance {distance} is not within {MIN_DISTANCE}..{MAX_DISTANCE}")
        object.__setattr__(self, "distance", distance)
        weight = float(self.weight)
        if not (math.isfinite(weight) and MIN_WEIGHT <= weight <= MAX_WEIGHT):
            raise ValueError(f"weight {weight} is not within {MIN_WEIGHT}..{MAX_WEIGHT}")
        object.__setattr__(self, "weight", weight)
        if self.free_rect is not None and not self.free_rect.area:
            raise ValueError("a region covers at least one cell")
        if self.free_rect == rect_of(self.location, self.offset, self.area):
            object.__setattr__(self, "free_rect", None)

    @property
    def rect(self) -> Rect:
        """The cells it covers; never empty."""
        return self.free_rect or rect_of(self.location, self.offset, self.area)

    @property
    def color(self) -> tuple[int, int, int]:
        """(red, green, blue), each 0..255."""
        return COLORS[self.color_name]

    def to_json(self) -> dict[str, Any]:
        return {
            "location": self.location,
            "offset": self.offset,
            "area": self.area,
            "rect": list(self.rect.as_tuple),
            "distance": self.distance,
            "description": self.description,
            "detailed_descriptions": list(self.detailed_descriptions),
            "tags": self.tags,
            "atmosphere": self.atmosphere,
            "style": self.style,
            "quality_meta": self.quality_meta,
            "color": list(self.color),
            "color_name": self.color_name,
            "free_form": self.free_rect is not None,
            "weight": self.weight,
            "negative_prompt": self.negative_prompt,
            "enabled": self.enabled,
        }


@dataclass(frozen=True, slots=True)
class Canvas:
    """A global description and its regions, in the order in which they were written (at most MAX_REGIONS)."""

    global_description: GlobalDescription
    regions: tuple[Region, ...] = ()

    def __post_init__(self) -> None:
        if len(self.regions) > MAX_REGIONS:
            raise ValueError(f"{len(self.regions)} regions are more than {MAX_REGIONS}")
        object.__setattr__(self, "regions", tuple(self.regions))

    def far_to_near(self) -> tuple[Region, ...]:
        """The regions from the farthest to the nearest; equal distances keep the order in which they were written."""
        return tuple(sorted(self.regions, key=lambda region: -region.distance))

    def to_json(self) -> dict[str, Any]:
        return {
            "global": self.global_description.to_json(),
            "regions": [region.to_json() for region in self.regions],
        }


NoteKind = Literal["corrected", "dropped", "defaulted"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a reply that was not taken as written.

    `line` counts from 1 in the whole reply. `written` quotes the reply, `made` says what stands in its place (empty
    when nothing does), `message` is one sentence for a person.
    """

    line: int
    kind: NoteKind
    written: str
    made: str
    message: str

    def to_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "kind": self.kind,
            "written": self.written,
            "made": self.made,
            "message": self.message,
        }


def as_json(canvas: Canvas) -> dict[str, Any]:
    """`canvas` as the JSON object that the command line prints: `{"global": {...}, "regions": [...]}`."""
    return canvas.to_json()
