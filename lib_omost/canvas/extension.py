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

import ast
import math
from dataclasses import replace

from lib_omost.canvas.arguments import Arguments
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.limits import MAX_REGIONS, MAX_WEIGHT, MIN_WEIGHT
from lib_omost.canvas.literals import NotUnderstoodError, items_of, number_of
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.snapping import Phrases, nearest_phrases

_SWITCHES = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}


def read_rect(arguments: Arguments) -> Rect | None:
    """The rectangle of a call; None where there is none, or none that can be meant."""
    argument = arguments.present("rect")
    if argument is None or argument.node is None:
        return None
    written = arguments.written(argument)

    def dropped(reason: str) -> Rect | None:
        message = f"The value of 'rect' is {reason}; the place is taken from the phrases."
        arguments.note(argument.line, "dropped", written, "", message)
        return None

    items = items_of(argument.node)
    if items is None or len(items) != 4:
        return dropped("not a list of four numbers (top, bottom, left, right)")
    try:
        numbers = [number_of(item)[0] for item in items]
    except NotUnderstoodError as reason:
        return dropped(f"{reason}, not a list of four numbers (top, bottom, left, right)")
    if not all(map(math.isfinite, numbers)):
        return dropped("not a list of four finite numbers")
    edges = [max(0, min(GRID, round(number))) for number in numbers]
    top, bottom = sorted(edges[:2])
    left, right = sorted(edges[2:])
    rect = Rect(top, bottom, left, right)
    if not rect.area:
        return dropped("an empty rectangle")
    if list(rect.as_tuple) != numbers:
        made = str(list(rect.as_tuple))
        message = f"A rectangle is [top, bottom, left, right] in whole cells of 0..{GRID}; it was taken as {made}."
        arguments.note(argument.line, "corrected", written, made, message)
    return rect


def read_phrases(arguments: Arguments, rect: Rect | None) -> Phrases:
    """The three phrases of a call; where a rectangle is given, its nearest phrases stand for absent ones."""
    nearest = dict(zip(("location", "offset", "area"), nearest_phrases(rect), strict=True)) if rect else {}
    location, offset, area = (
        nearest[name] if nearest and arguments.present(name) is None else arguments.phrase(name)
        for name in ("location", "offset", "area")
    )
    return location, offset, area


def read_weight(arguments: Arguments) -> float:
    """The weight of a call, MIN_WEIGHT..MAX_WEIGHT; 1 where there is none."""
    argument = arguments.present("weight")
    if argument is None or argument.node is None:
        return 1.0
    written = arguments.written(argument)
    try:
        number, quoted = number_of(argument.node)
    except NotUnderstoodError as reason:
        message = f"The value of 'weight' is {reason}, not a number; the region has its usual weight."
        arguments.note(argument.line, "dropped", written, "", message)
        return 1.0
    if math.isnan(number):
        number = 1.0
    bounded = min(max(number, MIN_WEIGHT), MAX_WEIGHT)
    if bounded != number or quoted:
        message = f"A weight is a number between {MIN_WEIGHT:g} and {MAX_WEIGHT:g}; it was taken as {bounded:g}."
        arguments.note(argument.line, "corrected", written, f"{bounded:g}", message)
    return bounded


def read_enabled(arguments: Arguments) -> bool:
    """Whether the region of a call is painted; True where nothing is said."""
    argument = arguments.present("enabled")
    if argument is None or argument.node is None:
        return True
    if isinstance(argument.node, ast.Constant) and isinstance(argument.node.value, bool):
        return argument.node.value
    written = arguments.written(argument)
    meant = _SWITCHES.get(written.strip().casefold())
    if meant is None:
        message = "The value of 'enabled' is not True or False; the region is painted."
        arguments.note(argument.line, "dropped", written, "", message)
        return True
    arguments.note(argument.line, "corrected", written, str(meant), f"The switch 'enabled' was taken as {meant}.")
    return meant


def is_extended(region: Region) -> bool:
    """Whether anything of the extension is set."""
    return region != replace(region, free_rect=None, weight=1.0, negative_prompt="", enabled=True)


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
            rect = old.free_rect if still else None
            regions[index] = replace(
                regions[index], free_rect=rect, weight=old.weight, negative_prompt=old.negative_prompt
            )
    described = {region.description for region in regions}
    for old in before.regions:
        if not old.enabled and old.description not in described and len(regions) < MAX_REGIONS:
            regions.append(old)
    return replace(canvas, regions=tuple(regions))


def _plain(region: Region) -> Region:
    location, offset, area = nearest_phrases(region.rect) if region.free_rect else _phrases(region)
    return replace(
        region,
        location=location,
        offset=offset,
        area=area,
        free_rect=None,
        weight=1.0,
        negative_prompt="",
        enabled=True,
    )


def _phrases(region: Region) -> Phrases:
    return region.location, region.offset, region.area
