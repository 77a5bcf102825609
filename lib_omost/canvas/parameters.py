"""The parameters of the two methods: other spellings of their names, and what stands for a missing one."""

from __future__ import annotations

from collections.abc import Callable

from lib_omost.canvas.beginnings import plain_name
from lib_omost.canvas.correction import Match, match_area, match_location, match_offset, mend_typo
from lib_omost.canvas.vocabulary import DEFAULT_AREA, DEFAULT_LOCATION, DEFAULT_OFFSET

# Other spellings of the parameters' names, without case and underscores.
_ALIASES = {
    "HTML_web_color_name": "htmlwebcolorname htmlwebcolourname htmlwebcolor htmlcolorname htmlcolor webcolorname "
    "webcolor colorname colourname color colour",
    "distance_to_viewer": "distancetoviewer distancetotheviewer distance viewerdistance",
    "detailed_descriptions": "detaileddescriptions detaileddescription detaildescriptions",
    "description": "description descriptions",
    "quality_meta": "qualitymeta quality",
    "tags": "tags tag",
    **{name: name for name in ["location", "offset", "area", "atmosphere", "style", "rect", "weight", "enabled"]},
    "negative_prompt": "negativeprompt negative",
}

EXTENSION: dict[str, str] = {"rect": "list[int]", "weight": "float", "negative_prompt": "str", "enabled": "bool"}
"""Parameters of `add_local_description` that only this program has, with their types; see extension.py."""
TEXTS = frozenset(
    ["description", "detailed_descriptions", "tags", "atmosphere", "style", "quality_meta", "negative_prompt"]
)
"""Parameters that take a text or a list of texts."""
PHRASES: dict[str, tuple[Callable[[str], Match], str]] = {
    "location": (match_location, DEFAULT_LOCATION),
    "offset": (match_offset, DEFAULT_OFFSET),
    "area": (match_area, DEFAULT_AREA),
}
"""Parameters that take a phrase, with what matches it and what stands for it."""
MEANINGS = {
    "location": "a location",
    "offset": "an offset",
    "area": "an area",
    "distance_to_viewer": "a distance",
    "HTML_web_color_name": "a colour",
}
"""What a parameter says, for a person."""


def parameter_named(written: str, parameters: tuple[str, ...]) -> str | None:
    """The one of `parameters` that a name means; None if it means none of them."""
    if written in parameters:
        return written
    known = {alias: name for name in parameters for alias in _ALIASES[name].split()}
    # The extension is written by programs and by people who know it: no misspelt word is taken for a part of it.
    usual = {alias: name for alias, name in known.items() if name not in EXTENSION}
    return known.get(plain_name(written)) or mend_typo(plain_name(written), usual)
