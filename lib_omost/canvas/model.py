"""The canvas as validated values, and the table of its elements' fields (see fields.py).

Texts are normalised when a value is created (see `clean_text`), so a canvas from a reply stays equal when it is written
and read again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from lib_omost.canvas.correction import match_area, match_location, match_offset
from lib_omost.canvas.fields import Cells, Color, FieldSpec, FormInput, Number, Phrase, Switch, Text, Texts, spec, specs
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
from lib_omost.canvas.vocabulary import (
    AREAS,
    COLORS,
    DEFAULT_AREA,
    DEFAULT_COLOR,
    DEFAULT_DISTANCE,
    DEFAULT_LOCATION,
    DEFAULT_OFFSET,
    LOCATIONS,
    OFFSETS,
    rect_of,
)

# Control characters except newline and tab mean nothing in a prompt; a lone surrogate cannot be encoded.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str) -> str:
    """`text` with control characters and lone surrogates replaced by blanks, stripped, and at most MAX_TEXT_CHARS long.
    Idempotent."""
    return _UNWANTED.sub(" ", text).strip()[:MAX_TEXT_CHARS].rstrip()


_DESCRIPTION = spec(Text(), aliases="descriptions", form=FormInput("Description", 1))
_DETAILS = spec(
    Texts(),
    default=(),
    aliases="detaileddescription detaildescriptions",
    form=FormInput("Details", 2, rows=2, note="One a line; each should stand on its own."),
)
_TAGS = spec(Text(800, joiner=", "), aliases="tag", form=FormInput("Tags", 3))
_COLOR = spec(
    Color(),
    keyword="HTML_web_color_name",
    aliases="htmlwebcolourname htmlwebcolor htmlcolorname htmlcolor webcolorname webcolor colorname colourname color "
    "colour",
    form=FormInput("Colour", 4),
)


@dataclass(frozen=True, slots=True)
class GlobalDescription:
    """The description of the whole picture. Raises ValueError for a colour that is not in `vocabulary.COLORS`."""

    description: str = field(metadata=_DESCRIPTION)
    detailed_descriptions: tuple[str, ...] = field(default=(), metadata=_DETAILS)
    tags: str = field(default="", metadata=_TAGS)
    color_name: str = field(default=DEFAULT_COLOR, metadata=_COLOR)

    def __post_init__(self) -> None:
        _check(self)

    @property
    def color(self) -> tuple[int, int, int]:
        """(red, green, blue), each 0..255."""
        return COLORS[self.color_name]

    def to_json(self) -> dict[str, Any]:
        return _fields_json(self)


@dataclass(frozen=True, slots=True)
class Region:
    """One element of the picture and its placement.

    `distance` only orders regions (MIN_DISTANCE..MAX_DISTANCE, larger is farther). The last four fields are this
    program's extension of the language (see extension.py): `free_rect` is the exact rectangle if it differs from that
    of the three phrases, `weight` (MIN_WEIGHT..MAX_WEIGHT) multiplies the region's share of attention,
    `negative_prompt` says what must not appear in the region, and a region that is not `enabled` is not painted.
    Raises ValueError for a phrase or colour that is not in the vocabulary, for an empty rectangle, and for a distance
    or weight out of range.
    """

    location: str = field(metadata=spec(Phrase(LOCATIONS, match_location, "a location"), default=DEFAULT_LOCATION))
    offset: str = field(metadata=spec(Phrase(OFFSETS, match_offset, "an offset"), default=DEFAULT_OFFSET))
    area: str = field(metadata=spec(Phrase(AREAS, match_area, "an area"), default=DEFAULT_AREA))
    distance: float = field(
        metadata=spec(
            Number(MIN_DISTANCE, MAX_DISTANCE, "a distance", refuses_negative=True),
            keyword="distance_to_viewer",
            default=DEFAULT_DISTANCE,
            aliases="distance distancetotheviewer viewerdistance",
            form=FormInput("Depth", 4, 1),
        )
    )
    description: str = field(metadata=_DESCRIPTION)
    detailed_descriptions: tuple[str, ...] = field(default=(), metadata=_DETAILS)
    tags: str = field(default="", metadata=_TAGS)
    atmosphere: str = field(default="", metadata=spec(Text(), form=FormInput("Atmosphere", 6)))
    style: str = field(default="", metadata=spec(Text(), form=FormInput("Style", 6, 1)))
    quality_meta: str = field(default="", metadata=spec(Text(), aliases="quality", form=FormInput("Quality", 6, 2)))
    color_name: str = field(default=DEFAULT_COLOR, metadata=_COLOR)
    free_rect: Rect | None = field(
        default=None,
        metadata=spec(Cells(), keyword="rect", extension=True, form=FormInput("Free placement", 5, 1)),
    )
    weight: float = field(
        default=1.0,
        metadata=spec(Number(MIN_WEIGHT, MAX_WEIGHT, "a weight"), extension=True, form=FormInput("Weight", 4, 2)),
    )
    negative_prompt: str = field(
        default="",
        metadata=spec(
            Text(),
            aliases="negative",
            extension=True,
            form=FormInput("Not in this region", 7, note="A negative prompt for this region only."),
        ),
    )
    enabled: bool = field(
        default=True,
        metadata=spec(Switch("the region is painted"), extension=True, form=FormInput("Paint this region", 5)),
    )

    def __post_init__(self) -> None:
        _check(self)
        if self.free_rect == rect_of(self.location, self.offset, self.area):
            object.__setattr__(self, "free_rect", None)

    @property
    def rect(self) -> Rect:
        """The cells that the region covers; never empty."""
        return self.free_rect or rect_of(self.location, self.offset, self.area)

    @property
    def color(self) -> tuple[int, int, int]:
        """(red, green, blue), each 0..255."""
        return COLORS[self.color_name]

    def to_json(self) -> dict[str, Any]:
        return _fields_json(self)


def _check(element: GlobalDescription | Region) -> None:
    """Normalise every field of `element`. Raises ValueError for an invalid value."""
    for row in specs(type(element)):
        object.__setattr__(element, row.attribute, _checked(row, getattr(element, row.attribute)))


def _checked(row: FieldSpec, value: Any) -> Any:
    match row.kind:
        case Phrase(values=values, meaning=meaning) | Color(values=values, meaning=meaning) if value not in values:
            raise ValueError(f"{value!r} is not {meaning} of the vocabulary")
        case Number(low=low, high=high):
            value = float(value)
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"{row.attribute} {value} is not within {low}..{high}")
        case Text():
            return clean_text(value)
        case Texts():
            texts = tuple(text for text in map(clean_text, value) if text)
            if len(texts) > MAX_LIST_ITEMS:
                raise ValueError(f"{len(texts)} texts of {row.attribute} are more than {MAX_LIST_ITEMS}")
            return texts
        case Cells() if value is not None and not value.area:
            raise ValueError("a region covers at least one cell")
    return value


def _fields_json(element: GlobalDescription | Region) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for row in specs(type(element)):
        value = getattr(element, row.attribute)
        match row.kind:
            case Color():
                made |= {"color": list(COLORS[value]), row.attribute: value}
            case Texts():
                made[row.attribute] = list(value)
            case Cells():
                assert isinstance(element, Region)
                made |= {"rect": list(element.rect.as_tuple), "free_form": value is not None}
            case _:
                made[row.attribute] = value
    return made


@dataclass(frozen=True, slots=True)
class Canvas:
    """A global description and at most MAX_REGIONS regions, in the order of the reply."""

    global_description: GlobalDescription
    regions: tuple[Region, ...] = ()

    def __post_init__(self) -> None:
        if len(self.regions) > MAX_REGIONS:
            raise ValueError(f"{len(self.regions)} regions are more than {MAX_REGIONS}")
        object.__setattr__(self, "regions", tuple(self.regions))

    def far_to_near(self) -> tuple[Region, ...]:
        """The regions from the farthest to the nearest; regions at the same distance keep the order of the reply."""
        return tuple(sorted(self.regions, key=lambda region: -region.distance))

    def to_json(self) -> dict[str, Any]:
        return {
            "global": self.global_description.to_json(),
            "regions": [region.to_json() for region in self.regions],
        }


NoteKind = Literal["corrected", "dropped", "defaulted"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a reply that was not taken literally.

    line: counts from 1 in the whole reply. written: quotes the reply. made: what replaced it, "" if it was dropped.
    message: one sentence for the user.
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
