"""From a canvas to what a painter needs: regional conditions and the coarse colour picture."""

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
"""What a painter is told first of each region: its description, or its tags."""

COLOR_OPACITY = 0.7
"""How much of a region's colour covers what lies behind it; the value that the published models' format defines."""


@dataclass(frozen=True, slots=True)
class RegionCondition:
    """One condition of a picture: sub-prompts and where they hold.

    `prefixes` is (global description,) for the whole picture and (global description, own description) for a region;
    an entry that was not written is "". `suffixes` are the remaining sub-prompts, none of them empty. `color` is (red,
    green, blue), each 0..255. `distance` is None for the whole picture, which lies behind every region. `weight`
    multiplies what attention gives the condition; `negative` says what it shall not show where it holds, or is "".
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
    """`text` without commas, full stops and blanks at its ends, and then with one full stop; "" if nothing is left."""
    text = text.strip(" \t\r\n,.")
    return f"{text}." if text else ""


def _suffixes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(prompt for prompt in map(clean_subprompt, texts) if prompt)


def _texts(element: GlobalDescription | Region, wording: Wording, opening: str) -> tuple[str, list[str]]:
    """What an element is called, after the opening words, and what else is said of it."""
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
    """The regions that are not switched off, from far to near."""
    return tuple(region for region in canvas.far_to_near() if region.enabled)


def conditions(canvas: Canvas, wording: Wording = "sentences", opening: str = "") -> tuple[RegionCondition, ...]:
    """The conditions of `canvas`: the whole picture first, then its regions from far to near, but for those that are
    switched off.

    With the wording "tags" an element's tags, if it has any, stand where its description stands else, for checkpoints
    that were trained on tags. `opening` is put before what each element is called, such as the score words that some of
    these checkpoints ask for.
    """
    scene = canvas.global_description
    regions = (_of_region(scene, region, wording, opening) for region in _painted(canvas))
    return (_of_global(scene, wording, opening), *regions)


def color_picture(conditions: Sequence[RegionCondition], width: int = GRID, height: int = GRID) -> NDArray[np.uint8]:
    """The coarse colour picture, [height, width, 3] in 0..255: the global colour, then from far to near
    `COLOR_OPACITY * colour + (1 - COLOR_OPACITY) * what is there` in each region's rectangle. A pixel has the colour of
    the cell that its centre lies in, and colours are rounded once, after the last region."""
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
