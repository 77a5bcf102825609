"""Scene: the description of the whole picture after an edit."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ...canvas.model import Canvas
from ...llm.grammar import INDENT, quoted
from .brief import Setting
from .change import Change
from .mentions import noun_of
from .palette import colors_of, setting_colors
from .reader import read
from .rewording import recolored, substituted, with_added, with_setting, without
from .script import bare, either, free_items, items, plain, sentence
from .sentences import BACKGROUND


class SceneRevision:
    """The global description of a canvas after changes that leave out the regions `gone`. free: see `script`."""

    def __init__(self, canvas: Canvas, changes: Sequence[Change], gone: Collection[int], free: bool = False) -> None:
        self._canvas = canvas
        self._free = free
        self._changes = changes
        self._gone = gone

    def call(self) -> tuple[str, str]:
        """The global description's rule and shortest text after the changes."""
        scene = self._canvas.global_description
        description, details, tags = scene.description, list(scene.detailed_descriptions), scene.tags
        colors: tuple[str, ...] = (scene.color_name,)
        setting = ""
        adding = [change for change in self._changes if change.kind == "add"]
        for change in self._changes:
            nouns = [noun_of(self._canvas.regions[at].description) for at in change.targets]
            match change.kind:
                case "remove":
                    for noun in nouns:
                        left = self._left() or [thing.words for one in adding for thing in one.things]
                        description = without(description, noun, left, self._settings(description))
                        details = [text for text in details if not _mentions(text, noun)]
                        tags = ", ".join(tag for tag in tags.split(", ") if not _mentions(tag, noun))
                case "replace":
                    words = change.things[0].words
                    if len(nouns) == len(self._canvas.regions) > 1:
                        description = with_setting(words, ", ".join(self._settings(description)))
                        nouns = []
                    for noun in nouns:
                        description = substituted(description, noun, words)
                        details = [text for text in details if not _mentions(text, noun)]
                        tags = ", ".join(bare(words) if _mentions(tag, noun) else tag for tag in tags.split(", "))
                case "recolor":
                    if change.old:
                        details, colors = [], colors_of(change.value)
                    for noun in [change.old] if change.old else nouns:
                        description = recolored(description, noun, change.value)
                        details = [recolored(text, noun, change.value) for text in details]
                        tags = recolored(tags, noun, change.value)
                case "add" if change is adding[0]:
                    new = [thing.words for one in adding for thing in one.things]
                    if self._left():
                        description = with_added(description, new)
                    tags = ", ".join([tags, *map(bare, new)])
                case "whole":
                    setting = change.value
                    if change.old:
                        description = substituted(description, change.old, setting)
                    else:
                        description = with_setting(description, setting)
                    details = []
                    tags = f"{tags}, {setting}"
                    colors = colors_of(setting) or setting_colors([Setting("time", setting)])
                case _:
                    pass
        return _global_call(description, details, tags, colors, setting, self._free)

    def _left(self) -> list[str]:
        """The descriptions of the regions that stay."""
        return [region.description for at, region in enumerate(self._canvas.regions) if at not in self._gone]

    def _settings(self, description: str) -> list[str]:
        return [one.words for one in read(description).settings if one.kind != "style"]


def _global_call(
    description: str, details: Sequence[str], tags: str, colors: Sequence[str], setting: str, free: bool
) -> tuple[str, str]:
    head = (
        "\n# Set a global description for the canvas\ncanvas.set_global_description(\n"
        f"{INDENT}description='{sentence(description)}',\n{INDENT}detailed_descriptions=[\n"
    )
    kept = "".join(f"{INDENT * 2}'{plain(text)}',\n" for text in details if plain(text))
    opened: list[tuple[str, str]] = []
    if not kept:
        first: Sequence[str] = (
            [f"{plain(setting)[:1].upper()}{plain(setting)[1:]}, "]
            if setting.startswith(("at ", "in "))
            else BACKGROUND
        )
        opened = free_items() if free else items([first, ["The light is "]])
    tail = f"{INDENT}],\n{INDENT}tags='{plain(tags).strip(', ')[:700] or 'scene'}',\n{INDENT}HTML_web_color_name='"
    end = "',\n)\n"
    rule = " ".join([quoted(head + kept), *(one for one, _ in opened), quoted(tail), either(colors), quoted(end)])
    least = head + kept + "".join(text for _, text in opened) + tail + max(colors, key=len) + end
    return rule, least


def _mentions(text: str, noun: str) -> bool:
    noun = noun.rpartition(" ")[2]
    stem = re.sub(r"(?:es|s)$", "", noun.lower())
    return bool(re.search(rf"\b{re.escape(stem)}(?:e?s)?\b", text.lower()))
