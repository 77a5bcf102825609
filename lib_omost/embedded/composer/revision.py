"""Revision: the script of an edited canvas, made from the previous reply and the requested changes.

Regions that do not change are copied word for word. In the others the model chooses only what changes: the shade of a
colour, a place in the requested direction, the text of a new region.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...canvas.colors import match_color
from ...canvas.model import Canvas
from ...canvas.stream import interpret
from ...canvas.writer import write
from ...llm.grammar import INDENT, quoted
from ...llm.guidance import Script
from .brief import Setting
from .changes import Change, noun_of, read_changes
from .layout import Placement, Spot, arrange
from .moves import candidate_spots
from .palette import colors_of, setting_colors
from .reader import read
from .rewording import recolored, substituted, with_added, with_setting, without
from .script import bare, copied, either, items, plain, region_call, sentence, whole

_CALL = re.compile(r"^(?:#[^\n]*\n)*canvas\.(?:set_global|add_local)_description\(\n.*?^\)\n", re.DOTALL | re.MULTILINE)


def edit_scripts(reply: str, request: str) -> list[Script]:
    """Scripts of the edited canvas, at most one; none if the previous reply has no canvas with regions."""
    canvas = interpret(reply).canvas
    if canvas is None or not canvas.regions:
        return []
    texts = _calls(reply, canvas)
    changes = read_changes(request, [region.description for region in canvas.regions])
    return [_Revision(canvas, texts, changes).script()]


def _calls(reply: str, canvas: Canvas) -> list[str]:
    """The text of each call with its comments: from the reply, or from the writer if the reply cannot be split."""
    count = 1 + len(canvas.regions)
    for text in (reply.replace("\r\n", "\n"), write(canvas)):
        found = [
            match[0].removeprefix("# Initialize the canvas\ncanvas = Canvas()\n\n") for match in _CALL.finditer(text)
        ]
        if len(found) == count and interpret(_whole(found)).canvas == canvas:
            return found
    raise AssertionError("the text of the writer can be split")


def _whole(calls: Sequence[str]) -> str:
    return "```python\ncanvas = Canvas()\n\n" + "\n".join(calls) + "```"


class _Revision:
    def __init__(self, canvas: Canvas, texts: Sequence[str], changes: Sequence[Change]) -> None:
        self._canvas = canvas
        self._head, *self._texts = texts
        self._changes = changes
        self._gone = {at for change in changes if change.kind == "remove" for at in change.targets}
        if len(self._gone) == len(texts) - 1 and not any(change.kind == "add" for change in changes):
            self._gone.discard(min(self._gone))  # a canvas needs at least one region
        self._rects = {at: region.rect for at, region in enumerate(canvas.regions) if at not in self._gone}

    def script(self) -> Script:
        calls = [self._global()]
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
            return region_call(new, Placement(tuple(place), region.distance))
        color = next((change.value for change in changes if change.kind == "recolor"), "")
        if color:
            text = recolored(text, self._noun(at), color)
        return _with_choices("\n" + text, spots, colors_of(color) or ((match_color(color).value,) if color else ()))

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
        placements = arrange(things, links, taken, [change.value] * len(things))
        start = len(self._rects) + 100
        for number, placement in enumerate(placements):
            self._rects[start + number] = placement.spots[0].rect
        return [region_call(thing, placement) for thing, placement in zip(things, placements, strict=True)]

    def _global(self) -> tuple[str, str]:
        """The global description's rule and shortest text after the changes."""
        scene = self._canvas.global_description
        description, details, tags = scene.description, list(scene.detailed_descriptions), scene.tags
        colors: tuple[str, ...] = (scene.color_name,)
        setting = ""
        adding = [change for change in self._changes if change.kind == "add"]
        for change in self._changes:
            nouns = [self._noun(at) for at in change.targets]
            match change.kind:
                case "remove":
                    for noun in nouns:
                        left = [thing for at, thing in enumerate(self._described()) if at not in self._gone]
                        settings = [one.words for one in read(description).settings if one.kind != "style"]
                        description = without(description, noun, left, settings)
                        details = [text for text in details if not _mentions(text, noun)]
                        tags = ", ".join(tag for tag in tags.split(", ") if not _mentions(tag, noun))
                case "replace":
                    for noun in nouns:
                        words = change.things[0].words
                        description = substituted(description, noun, words)
                        details = [text for text in details if not _mentions(text, noun)]
                        tags = ", ".join(bare(words) if _mentions(tag, noun) else tag for tag in tags.split(", "))
                case "recolor":
                    for noun in nouns:
                        description = recolored(description, noun, change.value)
                        details = [recolored(text, noun, change.value) for text in details]
                        tags = recolored(tags, noun, change.value)
                case "add" if change is adding[0]:
                    new = [thing.words for one in adding for thing in one.things]
                    description = with_added(description, new)
                    tags = ", ".join([tags, *map(bare, new)])
                case "whole":
                    setting = change.value
                    description = with_setting(description, setting)
                    details = []
                    tags = f"{tags}, {setting}"
                    colors = setting_colors([Setting("time", setting)])
                case _:
                    pass
        return _global_call(description, details, tags, colors, setting)

    def _described(self) -> list[str]:
        return [region.description for region in self._canvas.regions]


def _global_call(
    description: str, details: Sequence[str], tags: str, colors: Sequence[str], setting: str
) -> tuple[str, str]:
    head = (
        "\n# Set a global description for the canvas\ncanvas.set_global_description(\n"
        f"{INDENT}description='{sentence(description)}',\n{INDENT}detailed_descriptions=[\n"
    )
    kept = "".join(f"{INDENT * 2}'{plain(text)}',\n" for text in details if plain(text))
    opened: list[tuple[str, str]] = []
    if not kept:
        first = (
            [f"{plain(setting)[:1].upper()}{plain(setting)[1:]}, "]
            if setting.startswith(("at ", "in "))
            else ["The background is "]
        )
        opened = items([first, ["The light ", "The air "]])
    tail = f"{INDENT}],\n{INDENT}tags='{plain(tags).strip(', ')[:700] or 'scene'}',\n{INDENT}HTML_web_color_name='"
    end = "',\n)\n"
    rule = " ".join([quoted(head + kept), *(one for one, _ in opened), quoted(tail), either(colors), quoted(end)])
    least = head + kept + "".join(text for _, text in opened) + tail + max(colors, key=len) + end
    return rule, least


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


def _mentions(text: str, noun: str) -> bool:
    noun = noun.rpartition(" ")[2]
    stem = re.sub(r"(?:es|s)$", "", noun.lower())
    return bool(re.search(rf"\b{re.escape(stem)}(?:e?s)?\b", text.lower()))
