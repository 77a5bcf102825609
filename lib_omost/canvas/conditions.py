"""What a painter needs of a canvas: region conditions and the coarse colour picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.model import Canvas, GlobalDescription, Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Wording = Literal["sentences", "tags"]
"""Which text of an element comes first in its prompt: its description or its tags."""

COLOR_OPACITY = 0.7
"""Opacity of a region's colour over what lies behind it; defined by the published models' format."""


@dataclass(frozen=True, slots=True)
class RegionCondition:
    """One condition of a picture: sub-prompts and the rectangle to which they apply.

    prefixes: (global description,) for the whole picture and (global description, region's description) for a region;
    "" for an absent one. suffixes: the remaining sub-prompts, none of them empty. color: (red, green, blue), each
    0..255. distance: None for the whole picture, which lies behind every region. weight: multiplies the condition's
    share of attention. negative: a negative prompt for the rectangle, "" for none.
    """

    rect: Rect
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    color: tuple[int, int, int]
    distance: float | None
    weight: float = 1.0
    negative: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "rect": list(self.rect.as_tuple),
            "prefixes": list(self.prefixes),
            "suffixes": list(self.suffixes),
            "color": list(self.color),
            "distance": self.distance,
            "weight": self.weight,
            "negative": self.negative,
        }


def clean_subprompt(text: str) -> str:
    """`text` stripped of commas, full stops and white space, plus one full stop; "" if nothing is left."""
    text = text.strip(" \t\r\n,.")
    return f"{text}." if text else ""


def _suffixes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(prompt for prompt in map(clean_subprompt, texts) if prompt)


def _texts(element: GlobalDescription | Region, wording: Wording, opening: str) -> tuple[str, list[str]]:
    """The main text of an element, after the opening words, and its further texts."""
    details = [*element.detailed_descriptions]
    first, other = element.description, element.tags
    if wording == "tags" and clean_subprompt(other):
        first, details = other, [element.description, *details]
    else:
        details.append(other)
    return clean_subprompt(f"{opening.strip(' ,')}, {first}"), details


def _of_global(scene: GlobalDescription, wording: Wording, opening: str) -> RegionCondition:
    first, details = _texts(scene, wording, opening)
    return RegionCondition(
        rect=Rect.FULL,
        prefixes=(first,),
        suffixes=_suffixes(details),
        color=scene.color,
        distance=None,
    )


def _of_region(scene: GlobalDescription, region: Region, wording: Wording, opening: str) -> RegionCondition:
    first, details = _texts(region, wording, opening)
    return RegionCondition(
        rect=region.rect,
        prefixes=(_texts(scene, wording, "")[0], first),
        suffixes=_suffixes((*details, region.atmosphere, region.style, region.quality_meta)),
        color=region.color,
        distance=region.distance,
        weight=region.weight,
        negative=region.negative_prompt,
    )


def _painted(canvas: Canvas) -> tuple[Region, ...]:
    """The enabled regions, from far to near."""
    return tuple(region for region in canvas.far_to_near() if region.enabled)


def conditions(canvas: Canvas, wording: Wording = "sentences", opening: str = "") -> tuple[RegionCondition, ...]:
    """The conditions of `canvas`: the whole picture first, then its enabled regions from far to near.

    With the wording "tags", an element's tags, if it has any, take the place of its description, for checkpoints that
    were trained on tags. `opening` precedes the main text of each element, for example the score tags that some of
    these checkpoints need.
    """
    scene = canvas.global_description
    regions = (_of_region(scene, region, wording, opening) for region in _painted(canvas))
    return (_of_global(scene, wording, opening), *regions)


def color_picture(conditions: Sequence[RegionCondition], width: int = GRID, height: int = GRID) -> NDArray[np.uint8]:
    """The coarse colour picture, [height, width, 3] in 0..255: the global colour, and on it each region's colour from
    far to near, blended in its rectangle as ``COLOR_OPACITY * color + (1 - COLOR_OPACITY) * behind``. A pixel gets the
    colour of the cell that contains its centre. Colours are rounded once, at the end."""
    import numpy as np

    cells = np.zeros((GRID, GRID, 3), dtype=np.float64)
    for condition in conditions:
        opacity = 1.0 if condition.distance is None else COLOR_OPACITY
        rect = condition.rect
        behind = cells[rect.top : rect.bottom, rect.left : rect.right]
        behind[:] = opacity * np.asarray(condition.color, dtype=np.float64) + (1.0 - opacity) * behind
    rows, columns = ((2 * np.arange(size) + 1) * GRID // (2 * size) for size in (height, width))
    picture: NDArray[np.uint8] = np.rint(cells).astype(np.uint8)[rows[:, None], columns]
    return picture
