"""Palette: suitable colour names of the vocabulary for a thing or a setting."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..colors import COLOR_NAMES
from .brief import Setting

_SETTINGS = (
    (r"night|midnight|moonlight|stars|starry|dark", "midnightblue darkslateblue navy"),
    (r"sunset|dusk|twilight|evening", "darkorange coral indianred salmon"),
    (r"dawn|sunrise|morning", "lightsalmon peachpuff mistyrose lightpink"),
    (r"snow|snowy|winter|ice|arctic|blizzard", "aliceblue lightsteelblue snow azure"),
    (r"storm|stormy|thunderstorm|rain|rainy", "slategray lightslategray dimgray"),
    (r"fog|foggy|mist|misty", "lightgray gainsboro silver"),
    (r"autumn|fall", "peru chocolate sandybrown"),
    (r"space|galaxy|cosmos", "midnightblue black navy"),
    (r"desert|dunes?|savanna", "sandybrown burlywood khaki"),
    (r"forest|jungle|woods", "darkgreen forestgreen darkseagreen"),
    (r"sea|ocean|lake|river|underwater|beach|pier|harbou?r", "skyblue lightskyblue steelblue"),
    (r"meadow|field|fields|park|garden|spring|grass", "lightgreen palegreen darkseagreen"),
    (r"city|street|alley|station", "slategray lightsteelblue lightslategray"),
    (r"room|kitchen|library|tavern|cave|tomb|stage", "saddlebrown sienna rosybrown"),
    (r"sunny|summer|day|noon", "skyblue lightskyblue lightyellow"),
    (r"moon|mars|planet|orbit", "midnightblue darkslateblue slategray"),
    (r"mountains?|hills?|valley|cliff", "lightsteelblue skyblue lightgray"),
)
_DEFAULT = "lightblue lightsteelblue skyblue lightgray gainsboro palegoldenrod wheat mistyrose honeydew"
_KINDS = {
    "person": "peru saddlebrown steelblue darkslateblue firebrick tan rosybrown indianred teal dimgray",
    "animal": "saddlebrown sienna peru tan gray dimgray darkolivegreen burlywood slategray olive",
    "plant": "forestgreen green seagreen olivedrab darkgreen yellowgreen mediumseagreen",
    "food": "tomato goldenrod peru orange burlywood coral sandybrown chocolate",
    "building": "lightgray silver tan rosybrown slategray peru indianred gainsboro",
    "nature": "slategray dimgray darkseagreen sienna lightslategray olivedrab",
    "water": "steelblue skyblue cadetblue lightseagreen royalblue",
    "vehicle": "firebrick steelblue dimgray goldenrod silver darkslategray teal",
    "sky": "lightyellow gold khaki white lightskyblue palegoldenrod",
    "furniture": "saddlebrown peru sienna burlywood rosybrown",
}


def kind_colors(kind: str) -> tuple[str, ...]:
    """Colour names for a thing of a kind; empty if any colour suits it."""
    return tuple(_KINDS.get(kind, "").split())


def colors_of(text: str) -> tuple[str, ...]:
    """Colour names for the first colour in a text; empty if there is none."""
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in COLOR_NAMES:
            return tuple(COLOR_NAMES[word].split())
    return ()


def setting_colors(settings: Iterable[Setting]) -> tuple[str, ...]:
    """Colour names for the whole picture."""
    order = {"time": 0, "weather": 1, "place": 2, "style": 3}
    for setting in sorted(settings, key=lambda one: order[one.kind]):
        for pattern, names in _SETTINGS:
            if re.search(rf"\b(?:{pattern})\b", setting.words.lower()):
                return tuple(names.split())
    return tuple(_DEFAULT.split())
