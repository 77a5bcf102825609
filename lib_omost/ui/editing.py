"""What people change by hand, as values: from the browser's word to a canvas, and from a canvas into the chat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib_omost.canvas import Canvas, GlobalDescription, Rect, Region, carried, nearest_phrases
from lib_omost.canvas.extension import is_extended
from lib_omost.canvas.geometry import GRID
from lib_omost.canvas.limits import (
    MAX_DISTANCE,
    MAX_LIST_ITEMS,
    MAX_REGIONS,
    MAX_WEIGHT,
    MIN_DISTANCE,
    MIN_WEIGHT,
)
from lib_omost.canvas.vocabulary import (
    AREAS,
    COLORS,
    DEFAULT_COLOR,
    DEFAULT_DISTANCE,
    LOCATIONS,
    OFFSETS,
    rect_of,
)

from .conversation import Conversation, Notice, bounded

KEPT = "Exact cells, weights, negative prompts and switches that were set by hand were kept for the same regions."
TEXTS = ("description", "tags", "atmosphere", "style", "quality_meta", "negative_prompt")


@dataclass(frozen=True, slots=True)
class Edit:
    """A canvas as it was edited; `turn` is the place in the chat of the reply that it comes from, if it has one."""

    canvas: Canvas
    turn: int | None = None


def canvas_json(canvas: Canvas) -> dict[str, Any]:
    """`canvas` as the editor knows it, every text and value of it."""
    scene = canvas.global_description
    return {
        "global": {
            "description": scene.description,
            "detailed_descriptions": list(scene.detailed_descriptions),
            "tags": scene.tags,
            "color_name": scene.color_name,
        },
        "regions": [
            {
                "rect": list(region.rect.as_tuple),
                "location": region.location,
                "offset": region.offset,
                "area": region.area,
                "free": region.free_rect is not None,
                "distance": region.distance,
                **{name: getattr(region, name) for name in TEXTS},
                "detailed_descriptions": list(region.detailed_descriptions),
                "color_name": region.color_name,
                "weight": region.weight,
                "enabled": region.enabled,
            }
            for region in canvas.regions
        ],
    }


def read_edit(value: Any) -> Edit | None:
    """What the browser says was edited; None where it says nothing that could be a canvas.

    It is untrusted: whatever is not sound in it becomes the default, and nothing in it is longer or more than a canvas
    may hold.
    """
    if not isinstance(value, dict) or not isinstance(value.get("global"), dict):
        return None
    regions = value.get("regions")
    items = [item for item in regions if isinstance(item, dict)] if isinstance(regions, list) else []
    turn = value.get("turn")
    scene = value["global"]
    canvas = Canvas(
        GlobalDescription(
            bounded(scene.get("description")), _details(scene), bounded(scene.get("tags")), _color(scene)
        ),
        tuple(_region(item) for item in items[:MAX_REGIONS]),
    )
    return Edit(canvas, turn if type(turn) is int and turn >= 0 else None)


def applied(chat: Conversation, edit: Edit | None) -> Conversation:
    """`chat` with what was edited in its canvas; an edit of another reply than the one that stands there is left
    out."""
    if edit is None or edit.turn not in (None, chat.turn()):
        return chat
    return chat.with_canvas(edit.canvas)


def carry_over(chat: Conversation, before: Canvas | None) -> Conversation:
    """`chat`, whose last reply goes on from the canvas `before`, with what was set by hand in that beyond the models'
    language (see canvas/extension.py), and a sentence that says so."""
    canvas = chat.canvas() if before is not None and any(map(is_extended, before.regions)) else None
    if canvas is None or before is None or canvas == before or (made := carried(canvas, before)) == canvas:
        return chat
    return chat.with_canvas(made) + Notice(KEPT)


def _region(item: Mapping[str, Any]) -> Region:
    rect = _rect(item.get("rect"))
    phrases = [item.get(name) for name in ("location", "offset", "area")]
    if not all(isinstance(phrase, str) and phrase in table for phrase, table in zip(phrases, _TABLES, strict=True)):
        phrases = list(nearest_phrases(rect or Rect(15, 75, 15, 75)))
    location, offset, area = map(str, phrases)
    if rect is not None and not item.get("free") and rect != rect_of(location, offset, area):
        location, offset, area = nearest_phrases(rect)
    return Region(
        location,
        offset,
        area,
        _number(item.get("distance"), MIN_DISTANCE, MAX_DISTANCE, DEFAULT_DISTANCE),
        detailed_descriptions=_details(item),
        color_name=_color(item),
        free_rect=rect if item.get("free") is True else None,
        weight=_number(item.get("weight"), MIN_WEIGHT, MAX_WEIGHT, 1.0),
        enabled=item.get("enabled") is not False,
        **{name: bounded(item.get(name)) for name in TEXTS},
    )


_TABLES = (LOCATIONS, OFFSETS, AREAS)


def _rect(value: Any) -> Rect | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    edges = [round(_number(edge, 0, GRID, 0)) for edge in value]
    top, bottom = sorted(edges[:2])
    left, right = sorted(edges[2:])
    rect = Rect(top, bottom, left, right)
    return rect if rect.area else None


def _number(value: Any, low: float, high: float, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        number = float(value)
    except OverflowError:
        return default
    return min(max(number, low), high) if math.isfinite(number) else default


def _details(item: Mapping[str, Any]) -> tuple[str, ...]:
    value = item.get("detailed_descriptions")
    texts = [bounded(text).strip() for text in value[: 2 * MAX_LIST_ITEMS]] if isinstance(value, list) else []
    return tuple(text for text in texts if text)[:MAX_LIST_ITEMS]


def _color(item: Mapping[str, Any]) -> str:
    name = item.get("color_name")
    return name if isinstance(name, str) and name in COLORS else DEFAULT_COLOR
