"""Revision: the script of an edited canvas, made from the previous reply and the requested changes.

Regions that do not change are copied word for word. In the others the model chooses only what changes: the shade of a
colour, a place in the requested direction, the text of a new region.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...canvas.colors import match_color
from ...canvas.model import Canvas
from ...canvas.stream import interpret
from ...canvas.writer import write
from ...llm.grammar import INDENT, quoted
from ...llm.guidance import Script
from .change import Change
from .changes import read_changes
from .layout import Placement, Spot, arrange
from .mentions import noun_of
from .moves import candidate_spots
from .palette import colors_of
from .reader import read
from .rewording import recolored
from .scene import SceneRevision
from .script import copied, either, region_call, whole

_CALL = re.compile(r"^canvas\.(?:set_global|add_local)_description\(\n(?:(?!canvas\.)[^\n]*\n)*?\)\n", re.MULTILINE)
"""A call as the writer sets it."""
_DISTANCE = re.compile(r"(?<=^    distance_to_viewer=)[^,\n]+", re.MULTILINE)


def edit_scripts(reply: str, request: str, free: bool = False) -> list[Script]:
    """Scripts of the edited canvas, at most one; none if the previous reply has no canvas with regions. free: see
    `script`."""
    canvas = interpret(reply).canvas
    if canvas is None or not canvas.regions:
        return []
    return [_Revision(canvas, _calls(reply, canvas), changes_of(reply, request), free).script()]


def changes_of(reply: str, request: str) -> tuple[Change, ...]:
    """The changes that a request asks for in the canvas of a reply."""
    canvas = interpret(reply).canvas
    if canvas is None:
        return ()
    regions = [region.description for region in canvas.regions]
    return read_changes(request, regions, canvas.global_description.description)


def _calls(reply: str, canvas: Canvas) -> list[str]:
    """The text of each call with its comments: from the reply, or from the writer if the reply cannot be split."""
    count = 1 + len(canvas.regions)
    for text in (reply.replace("\r\n", "\n"), write(canvas)):
        found = _commented_calls(text)
        if len(found) == count and interpret(_whole(found)).canvas == canvas:
            return found
    raise AssertionError("the text of the writer can be split")


def _commented_calls(text: str) -> list[str]:
    """The calls in `text`, each with the comments right above it."""
    found, end = [], 0
    for match in _CALL.finditer(text):
        start = match.start()
        while start > end and text.startswith("#", line := text.rfind("\n", end, start - 1) + 1 or end):
            start = line
        found.append(text[start : match.end()])
        end = match.end()
    return found


def _whole(calls: Sequence[str]) -> str:
    return "```python\ncanvas = Canvas()\n\n" + "\n".join(calls) + "```"


class _Revision:
    def __init__(self, canvas: Canvas, texts: Sequence[str], changes: Sequence[Change], free: bool) -> None:
        self._canvas = canvas
        self._free = free
        self._head, *self._texts = texts
        self._changes = changes
        self._gone = {at for change in changes if change.kind == "remove" for at in change.targets}
        self._gone |= {at for change in changes if change.kind == "replace" for at in change.targets[1:]}
        if len(self._gone) == len(texts) - 1 and not any(change.kind == "add" for change in changes):
            self._gone.discard(min(self._gone))  # a canvas needs at least one region
        self._rects = {at: region.rect for at, region in enumerate(canvas.regions) if at not in self._gone}

    def script(self) -> Script:
        calls = [SceneRevision(self._canvas, self._changes, self._gone, self._free).call()]
        for at, text in enumerate(self._texts):
            if at not in self._gone:
                calls.append(self._region(at, text))
        for change in self._changes:
            if change.kind == "add":
                calls += self._added(change)
        return whole(calls)

    def _of(self, at: int) -> list[Change]:
        return [change for change in self._changes if at in change.targets and change.kind not in ("add", "remove")]

    def _region(self, at: int, text: str) -> tuple[str, str]:
        """A region's rule and shortest text after the changes."""
        changes = self._of(at)
        region = self._canvas.regions[at]
        new = next((change.things[0] for change in changes if change.kind == "replace"), None)
        if not changes:
            return copied("\n" + text)
        others = [rect for place, rect in self._rects.items() if place != at]
        spots = candidate_spots(region.rect, changes, others)
        if spots:
            self._rects[at] = spots[0].rect
        if new is not None:
            place = spots or [Spot(region.location, region.offset, region.area, region.rect)]
            return region_call(new, Placement(tuple(place), region.distance), self._free)
        color = next((change.value for change in changes if change.kind == "recolor"), "")
        if color:
            text = recolored(text, self._noun(at), color)
        depth = next((change.value for change in changes if change.kind == "depth"), "")
        if depth:
            text = _DISTANCE.sub(repr(self._distance(depth)), text)
        return _with_choices("\n" + text, spots, colors_of(color) or ((match_color(color).value,) if color else ()))

    def _distance(self, depth: str) -> float:
        """A distance before or behind that of all regions."""
        distances = [region.distance for region in self._canvas.regions]
        return max(0.5, round(min(distances) - 1, 1)) if depth == "front" else round(max(distances) + 1, 1)

    def _noun(self, at: int) -> str:
        """The head noun of a region's description, with the nouns before it ("cherry tree")."""
        return noun_of(self._canvas.regions[at].description)

    def _added(self, change: Change) -> list[tuple[str, str]]:
        things = change.things
        taken = list(self._rects.values())
        if len(things) + len(taken) > 12:
            return []
        links = [
            link
            for link in read(", ".join(thing.words for thing in things)).links
            if link.one < len(things) > link.other
        ]
        held = self._rects.get(change.targets[0]) if change.targets else None
        anchor = (change.relation, held) if change.relation and held else None
        placements = arrange(things, links, taken, change.value, anchor)
        if anchor:
            farther = anchor[0] == "behind"
            distance = self._canvas.regions[change.targets[0]].distance + (1.0 if farther else -1.0)
            placements[0] = replace(placements[0], distance=max(0.5, round(distance, 1)))
        start = len(self._rects) + 100
        for number, placement in enumerate(placements):
            self._rects[start + number] = placement.spots[0].rect
        return [region_call(thing, placement, self._free) for thing, placement in zip(things, placements, strict=True)]


def _with_choices(text: str, spots: Sequence[Spot], colors: Sequence[str]) -> tuple[str, str]:
    """A copied call in which the model chooses place and colour."""
    rules: list[str] = []
    least = ""
    rest = text
    place = re.search(r"^ {4}location=.*\n {4}offset=.*\n {4}area=.*\n", rest, re.MULTILINE)
    if spots and place:
        choices = [
            f"{INDENT}location='{spot.location}',\n{INDENT}offset='{spot.offset}',\n{INDENT}area='{spot.area}',\n"
            for spot in spots
        ]
        rules += [quoted(rest[: place.start()]), either(choices)]
        least += rest[: place.start()] + max(choices, key=len)
        rest = re.sub(r"^ {4}rect=.*\n", "", rest[place.end() :], flags=re.MULTILINE)
    color = re.search(r"(?<=^    HTML_web_color_name=')[^'\n]*", rest, re.MULTILINE)
    if colors and color:
        rules += [quoted(rest[: color.start()]), either(colors)]
        least += rest[: color.start()] + max(colors, key=len)
        rest = rest[color.end() :]
    return " ".join([*rules, quoted(rest)]), least + rest
