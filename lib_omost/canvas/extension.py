"""This program's extension of the language, and how it is hidden from the models.

`add_local_description` takes four more keywords. They are optional, follow the usual ones, and `writer.write` omits
those that have their default value::

    rect=[10, 55, 0, 42],          # top, bottom, left, right: grid cells, half-open, 0..90; x to the right, y down
    weight=1.5,                    # 0.1..10: multiplies the region's share of attention; 1 if absent
    negative_prompt='a mast',      # what must not appear in the region
    enabled=False,                 # the region is kept, but not painted

`rect` overrides the three phrases, which may then be omitted. The published models were not trained with these
keywords, so `without_extension` removes them before a model sees a canvas, and `restore_extension` puts them back into
the canvas that the model returns.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lib_omost.canvas.fields import specs
from lib_omost.canvas.limits import MAX_REGIONS
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.snapping import Phrases, nearest_phrases

MAX_ARTICLE = 3
"""Length of words that are no sign of the same subject, such as articles."""


def is_extended(region: Region) -> bool:
    """Whether any field of the extension differs from its default."""
    return any(getattr(region, row.attribute) != row.default for row in specs(type(region)) if row.extension)


def without_extension(canvas: Canvas) -> Canvas:
    """`canvas` in the published models' language: nearest phrases in place of free rectangles, no weights or negative
    prompts, and no disabled regions."""
    return replace(canvas, regions=tuple(_without_extension(region) for region in canvas.regions if region.enabled))


def restore_extension(canvas: Canvas, before: Canvas) -> Canvas:
    """`canvas`, which a model made from `without_extension(before)`, with the hidden values restored.

    A region that the model kept (same description and placement) gets all of them back, also if it was only described
    anew ("a red boat", "a blue boat"); one that it moved keeps its weight and negative prompt. Disabled regions return,
    still disabled, unless the canvas is full or the model added a region with the same description.
    """
    regions = list(canvas.regions)
    taken: set[int] = set()
    known = {old.description for old in before.regions}
    for old in before.regions:
        if not (is_extended(old) and old.enabled):
            continue
        shown = _without_extension(old)
        same = [i for i, new in enumerate(regions) if i not in taken and new.description == old.description]
        still = [i for i in same if _phrases(regions[i]) == _phrases(shown)]
        if not same:
            still = [
                i
                for i, new in enumerate(regions)
                if i not in taken
                and new.description not in known
                and _phrases(new) == _phrases(shown)
                and _words(new) & _words(old)
            ]
        for index in (still or same)[:1]:
            taken.add(index)
            kept: dict[str, Any] = {
                row.attribute: getattr(old, row.attribute) for row in specs(type(old)) if row.extension
            }
            regions[index] = replace(regions[index], **kept if still else {**kept, "free_rect": None})
    described = {region.description for region in regions}
    for old in before.regions:
        if not old.enabled and old.description not in described and len(regions) < MAX_REGIONS:
            regions.append(old)
    return replace(canvas, regions=tuple(regions))


def _without_extension(region: Region) -> Region:
    location, offset, area = nearest_phrases(region.rect) if region.free_rect else _phrases(region)
    defaults: dict[str, Any] = {row.attribute: row.default for row in specs(type(region)) if row.extension}
    return replace(region, location=location, offset=offset, area=area, **defaults)


def _words(region: Region) -> set[str]:
    """The words of the description that can name its subject."""
    return {word for word in re.findall(r"\w+", region.description.casefold()) if len(word) > MAX_ARTICLE}


def _phrases(region: Region) -> Phrases:
    return region.location, region.offset, region.area
