"""What this program adds to the language, and how it stays out of the models' way.

`add_local_description` takes four more keywords. They are optional, stand behind the usual ones, and are written by
`writer.write` only where they say something::

    rect=[10, 55, 0, 42],          # top, bottom, left, right: grid cells, half-open, 0..90; x to the right, y down
    weight=1.5,                    # 0.1..10: multiplies what the painter's attention gives the region; 1 if absent
    negative_prompt='a mast',      # what shall not be seen where the region is
    enabled=False,                 # the region is kept, but not painted

`rect` holds in place of the three phrases, which may then be left out. The published models never saw these keywords,
so `plain` takes them out of what a model is shown, and `carried` brings them back into what it answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lib_omost.canvas.fields import specs
from lib_omost.canvas.limits import MAX_REGIONS
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.snapping import Phrases, nearest_phrases


def is_extended(region: Region) -> bool:
    """Whether anything of the extension is set."""
    return any(getattr(region, row.attribute) != row.default for row in specs(type(region)) if row.extension)


def plain(canvas: Canvas) -> Canvas:
    """`canvas` in the published models' own language: nearest phrases in place of free rectangles, no weights and
    negative prompts, and without the regions that are switched off."""
    return replace(canvas, regions=tuple(_plain(region) for region in canvas.regions if region.enabled))


def carried(canvas: Canvas, before: Canvas) -> Canvas:
    """`canvas`, which a model made of `plain(before)`, with what the model could not see.

    A region that the model kept (the same description, at the same place) is the exact region again; one that it moved
    keeps its weight and negative prompt. Regions that were switched off are there again, still off, as long as there
    is room for them and the model did not describe the same anew.
    """
    regions = list(canvas.regions)
    taken: set[int] = set()
    for old in before.regions:
        if not (is_extended(old) and old.enabled):
            continue
        shown = _plain(old)
        same = [i for i, new in enumerate(regions) if i not in taken and new.description == old.description]
        still = [i for i in same if _phrases(regions[i]) == _phrases(shown)]
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


def _plain(region: Region) -> Region:
    location, offset, area = nearest_phrases(region.rect) if region.free_rect else _phrases(region)
    defaults: dict[str, Any] = {row.attribute: row.default for row in specs(type(region)) if row.extension}
    return replace(region, location=location, offset=offset, area=area, **defaults)


def _phrases(region: Region) -> Phrases:
    return region.location, region.offset, region.area
