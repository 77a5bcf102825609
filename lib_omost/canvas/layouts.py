"""Layouts in other formats than Canvas code: JSON of this program and of others, and code inside a string or HTML.

Each is converted to Canvas code and interpreted, so errors are corrected and noted as in a reply. Supported are: the
`layout.json` of this program; a JSON object keyed by method or by kind of description; an object of numbered
descriptions; ComfyUI_omost's lists of conditions (https://github.com/huchenlei/ComfyUI_omost); and the same as Python
prints them, such as the result of the original's `Canvas.process`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from lib_omost.canvas.colors import nearest_color
from lib_omost.canvas.conditions import conditions
from lib_omost.canvas.events import Interpretation
from lib_omost.canvas.geometry import GRID
from lib_omost.canvas.limits import MAX_REGIONS, MAX_REPLY_CHARS
from lib_omost.canvas.literals import python_value
from lib_omost.canvas.model import Canvas, GlobalDescription, Region
from lib_omost.canvas.parameters import parameter_named
from lib_omost.canvas.stream import interpret
from lib_omost.canvas.thinking import answer_of
from lib_omost.canvas.vocabulary import COLORS
from lib_omost.canvas.writer import quoted

CACHED = 128
"""Texts whose interpretations are cached."""
MAX_CANDIDATES = 40
"""Brackets of a text at which a JSON value is looked for."""
MAX_PRINTED = 3
"""How many of them may begin a value that Python printed."""
_PRINTED = re.compile(r"[{\[]\s*(?:[{\[]\s*)?'")
_BEGINNING = re.compile(r"[{\[](?=\s*[\"'{\[])")
_TRAILING_COMMA = re.compile(r",(\s*[\]}])")
_GLOBAL = ("global", "global_description", "set_global_description")
_REGIONS = ("regions", "local_descriptions", "add_local_description", "elements")
_DERIVED = frozenset(["pixels", "mask", "color", "free_form", "prefixes", "suffixes"])
"""Members of other formats that can be derived from the rest."""


@lru_cache(maxsize=CACHED)
def read_layout(text: str) -> Interpretation:
    """Interpret `text`: a reply with Canvas code, or one of the other formats. Never raises.

    The latest results are cached, because every event of a page needs the canvas of the same few replies.
    """
    found = interpret(text)
    if found.canvas is not None:
        return found
    for code in (_from_whole_json(text), _from_json(text), _unescaped(answer_of(text))):
        if code and (other := interpret(code)).canvas is not None:
            return other
    return found


def comfy_conditions(canvas: Canvas) -> str:
    """`canvas` as JSON for ComfyUI_omost: a list of {rect, prefixes, suffixes, color}, the whole picture first, then
    the regions from far to near. The format has no weights or negative prompts."""
    value = [
        {
            "rect": list(item.rect.as_tuple),
            "prefixes": [text for text in item.prefixes if text],
            "suffixes": list(item.suffixes),
            "color": list(item.color),
        }
        for item in conditions(canvas)
    ]
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _from_whole_json(text: str) -> str:
    """Canvas code for `text` if all of it is JSON; "" if it is not, or no layout."""
    if len(text) > MAX_REPLY_CHARS or text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return ""
    try:
        return _code(json.loads(text.lstrip("\ufeff")))
    except (ValueError, RecursionError):
        return ""


def _from_json(text: str) -> str:
    """Canvas code for the first JSON in `text` that is a layout; "" if there is none."""
    text = answer_of(text[:MAX_REPLY_CHARS])
    decoder = json.JSONDecoder(strict=False)
    pos = tries = printed = 0
    while tries < MAX_CANDIDATES and (found := _BEGINNING.search(text, pos)):
        tries, pos = tries + 1, found.end()
        for source in (text[found.start() :], _TRAILING_COMMA.sub(r"\1", text[found.start() :])):
            try:
                value, _ = decoder.raw_decode(source)
            except (ValueError, RecursionError):
                continue
            if code := _code(value):
                return code
            break
        else:
            if printed >= MAX_PRINTED or not _PRINTED.match(text, found.start()):
                continue
            printed += 1
            if code := _code(python_value(text[found.start() :])):
                return code
    return ""


def _code(value: Any) -> str:
    if isinstance(value, dict) and isinstance(value.get("bag_of_conditions"), list):
        value = value["bag_of_conditions"]
    if isinstance(value, list):
        items = [item for item in value[: MAX_REGIONS + 1] if isinstance(item, dict)]
        if items and all("prefixes" in item for item in items):
            return _from_conditions(items)
        return _calls(items)
    if not isinstance(value, dict):
        return ""
    scene = next((value[name] for name in _GLOBAL if isinstance(value.get(name), dict)), None)
    regions = next((value[name] for name in _REGIONS if isinstance(value.get(name), list)), None)
    if scene is not None or regions is not None:
        local = [item for item in regions or [] if isinstance(item, dict)]
        return "\n".join([_call(GlobalDescription, scene) if scene else "", *(_call(Region, item) for item in local)])
    return _calls([item for item in value.values() if isinstance(item, dict)])


def _calls(items: Sequence[Mapping[str, Any]]) -> str:
    """Canvas code for a mixed list of descriptions; those with a placement are regions."""
    places = ("location", "offset", "area", "distance_to_viewer", "rect")
    return "\n".join(
        _call(Region if any(name in item for name in places) else GlobalDescription, item)
        for item in items
        if "description" in item
    )


def _from_conditions(items: Sequence[Mapping[str, Any]]) -> str:
    """Canvas code for ComfyUI_omost's conditions, which are ordered from far to near."""
    lines = []
    for number, item in enumerate(items):
        prefixes, suffixes = (
            [text for text in item[name] if isinstance(text, str)] if isinstance(item.get(name), list) else []
            for name in ("prefixes", "suffixes")
        )
        values = {"description": (prefixes or [""])[-1], "detailed_descriptions": suffixes, "color": item.get("color")}
        if number == 0 and len(prefixes) < 2:
            lines.append(_call(GlobalDescription, values))
        else:
            found = item.get("rect") or _rect_of_mask(item.get("mask"))
            rect = {"rect": found} if found else {}
            lines.append(_call(Region, values | rect | {"distance": float(len(items) - number)}))
    return "\n".join(lines)


def _rect_of_mask(mask: Any) -> list[int] | None:
    """The rectangle around the cells of a printed mask that are set; None if it was printed in part only."""
    rows = [row for row in mask if isinstance(row, list)] if isinstance(mask, list) else []
    if not rows or len(rows) != len(mask) or any(len(row) != len(rows[0]) for row in rows):
        return None
    cells = [
        (y, x) for y, row in enumerate(rows) for x, value in enumerate(row) if isinstance(value, int | float) and value
    ]
    if not cells or not all(isinstance(value, int | float) for row in rows for value in row):
        return None
    down, right = GRID / len(rows), GRID / len(rows[0])
    ys, xs = [y for y, _ in cells], [x for _, x in cells]
    edges = min(ys) * down, (max(ys) + 1) * down, min(xs) * right, (max(xs) + 1) * right
    return [round(edge) for edge in edges]


def _call(element: type, item: Mapping[str, Any]) -> str:
    """One call with the members of `item` that are fields of `element`; unknown members are kept, to get a note."""
    names: dict[str, str] = {}  # the member for each keyword: the one with the most exact name
    for name in item:
        row = parameter_named(name, element)
        keyword = row.keyword if row is not None else name
        if row is None and (name in _DERIVED or not name.isidentifier()):
            continue
        if row is not None and name in (row.attribute, row.keyword):
            names[keyword] = name
        else:
            names.setdefault(keyword, name)
    phrases = any(name in item for name in ("location", "offset", "area"))
    if phrases and item.get("free_form") is False:
        names.pop("rect", None)
    method = "set_global_description" if element is GlobalDescription else "add_local_description"
    arguments = "".join(f"    {keyword}={_literal(_named_color(item[name]))},\n" for keyword, name in names.items())
    return f"canvas.{method}(\n{arguments})"


def _named_color(value: Any) -> Any:
    """The name of a numeric colour that is in the vocabulary; any other value unchanged."""
    if isinstance(value, list) and len(value) == 3 and all(type(item) is int and 0 <= item <= 255 for item in value):
        name = nearest_color((value[0], value[1], value[2]))
        return name if list(COLORS[name]) == value else value
    return value


def _literal(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list) and depth < 2:
        return f"[{', '.join(_literal(item, depth + 1) for item in value)}]"
    return repr(value) if isinstance(value, bool | int | float) else "None"


def _unescaped(text: str) -> str:
    """`text` with the escapes of a JSON string or of HTML resolved; "" if it has none."""
    if "&#" in text or "&quot;" in text:
        return html.unescape(text)
    if "\\n" not in text:
        return ""
    start = text.find('"')
    if start >= 0:
        try:
            return str(json.JSONDecoder().raw_decode(text[start:])[0])
        except ValueError:
            pass
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\t", "\t")
