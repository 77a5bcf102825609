"""From a canvas to what a painter needs: regional conditions and the coarse colour picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.model import Canvas, GlobalDescription, Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


def _of_global(scene: GlobalDescription) -> RegionCondition:
    return RegionCondition(
        rect=Rect.FULL,
        prefixes=(clean_subprompt(scene.description),),
        suffixes=_suffixes((*scene.detailed_descriptions, scene.tags)),
        color=scene.color,
        distance=None,
    )


def _of_region(scene: GlobalDescription, region: Region) -> RegionCondition:
    texts = (*region.detailed_descriptions, region.tags, region.atmosphere, region.style, region.quality_meta)
    return RegionCondition(
        rect=region.rect,
        prefixes=(clean_subprompt(scene.description), clean_subprompt(region.description)),
        suffixes=_suffixes(texts),
        color=region.color,
        distance=region.distance,
        weight=region.weight,
        negative=region.negative_prompt,
    )


def _painted(canvas: Canvas) -> tuple[Region, ...]:
    """The regions that are not switched off, from far to near."""
    return tuple(region for region in canvas.far_to_near() if region.enabled)


def conditions(canvas: Canvas) -> tuple[RegionCondition, ...]:
    """The conditions of `canvas`: the whole picture first, then its regions from far to near, but for those that are
    switched off."""
    scene = canvas.global_description
    return (_of_global(scene), *(_of_region(scene, region) for region in _painted(canvas)))


def color_picture(canvas: Canvas) -> NDArray[np.uint8]:
    """The coarse colour picture, [GRID, GRID, 3] in 0..255: the global colour, then from far to near
    `COLOR_OPACITY * colour + (1 - COLOR_OPACITY) * what is there` in each region's rectangle. A region that is switched
    off leaves no colour."""
    import numpy as np

    picture = np.empty((GRID, GRID, 3), dtype=np.float64)
    picture[:] = canvas.global_description.color
    for region in _painted(canvas):
        rect = region.rect
        cells = picture[rect.top : rect.bottom, rect.left : rect.right]
        cells *= 1.0 - COLOR_OPACITY
        cells += COLOR_OPACITY * np.asarray(region.color, dtype=np.float64)
    return np.rint(picture).astype(np.uint8)
