"""Edits by hand, as values: reading them from the browser, and applying them to the chat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib_omost.canvas import Canvas, GlobalDescription, Rect, Region, nearest_phrases, restore_extension
from lib_omost.canvas.extension import is_extended
from lib_omost.canvas.fields import Cells, Color, FieldSpec, FormInput, Number, Phrase, Switch, Text, Texts, specs
from lib_omost.canvas.geometry import GRID
from lib_omost.canvas.limits import MAX_LIST_ITEMS, MAX_REGIONS, MAX_TEXT_CHARS
from lib_omost.canvas.losses import losses
from lib_omost.canvas.vocabulary import AREAS, LOCATIONS, OFFSETS, rect_of

from .conversation import Conversation
from .entries import NoticeEntry, Reply, bounded

KEPT = "Free placements, weights, negative prompts and switches that were set by hand were kept for the same regions."

LOST = "The edit wrote the code anew, without {}. The code as it was is kept as another version of this reply."


@dataclass(frozen=True, slots=True)
class Edit:
    """An edited canvas; `turn` is the index in the chat of the reply that it comes from, if any, and `extra` are the
    indices of regions to repaint although they did not change. number: counts the edits of one page, from 1; 0 if it
    is not known."""

    canvas: Canvas
    turn: int | None = None
    extra: tuple[int, ...] = ()
    number: int = field(default=0, compare=False)


def canvas_json(canvas: Canvas) -> dict[str, Any]:
    """`canvas` as JSON for the editor, with all of its texts and values."""
    return {
        "global": _element_json(canvas.global_description),
        "regions": [_element_json(region) for region in canvas.regions],
    }


def _element_json(element: GlobalDescription | Region) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for row in specs(type(element)):
        value = getattr(element, row.attribute)
        if isinstance(row.kind, Cells):
            assert isinstance(element, Region)
            made |= {"rect": list(element.rect.as_tuple), "free": value is not None}
        else:
            made[row.attribute] = list(value) if isinstance(row.kind, Texts) else value
    return made


def form_json(element: type) -> dict[str, Any]:
    """The editor's form for `GlobalDescription` or `Region`: its lines, each a list of fields, and the values of a
    blank element, except those of its placement, which the editor chooses."""
    rows = [row for row in specs(element) if row.form is not None]
    lines: dict[int, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row.form.line, row.form.column)):  # type: ignore[union-attr]
        assert row.form is not None
        lines.setdefault(row.form.line, []).append(_input_json(row, row.form))
    blank = {
        "free" if isinstance(row.kind, Cells) else row.attribute: False if isinstance(row.kind, Cells) else row.default
        for row in specs(element)
    }
    return {"lines": list(lines.values()), "blank": blank}


def _input_json(row: FieldSpec, form: FormInput) -> dict[str, Any]:
    """One field of the form; `kind` is the function of editor_panel.js that draws it."""
    item: dict[str, Any] = {"name": row.attribute, "label": form.label, "note": form.note}
    match row.kind:
        case Text():
            return item | {"kind": "text", "rows": form.rows, "most": MAX_TEXT_CHARS}
        case Texts():
            return item | {"kind": "texts", "rows": form.rows, "most": MAX_TEXT_CHARS * MAX_LIST_ITEMS}
        case Number(low=low, high=high):
            return item | {"kind": "number", "low": low, "high": high}
        case Color():
            return item | {"kind": "color"}
        case Switch():
            return item | {"kind": "check"}
        case Cells():
            return item | {"kind": "free", "name": "free"}
        case Phrase(values=values):
            return item | {"kind": "phrase", "values": list(values)}


def read_edit(value: Any, region: type[Region] = Region) -> Edit | None:
    """Read an edit from the browser; None if it is not a canvas. `region` is `Region` or a subclass with more fields.

    The value is untrusted: invalid parts become defaults, and lengths and counts are limited to those of a canvas.
    """
    if not isinstance(value, dict) or not isinstance(value.get("global"), dict):
        return None
    regions = value.get("regions")
    items = [item for item in regions if isinstance(item, dict)] if isinstance(regions, list) else []
    turn = value.get("turn")
    scene = value["global"]
    canvas = Canvas(
        GlobalDescription(**{row.attribute: _value(row, scene) for row in specs(GlobalDescription)}),
        tuple(_region(item, region) for item in items[:MAX_REGIONS]),
    )
    extra = tuple(index for index, item in enumerate(items[:MAX_REGIONS]) if item.get("repaint") is True)
    number = value.get("number")
    return Edit(canvas, turn if type(turn) is int and turn >= 0 else None, extra, number if type(number) is int else 0)


def extra_regions(chat: Conversation, edit: Edit | None) -> tuple[int, ...]:
    """The `extra` regions of `edit` if it belongs to the canvas of the chat."""
    return edit.extra if edit is not None and _belongs(chat, edit) else ()


def applied(chat: Conversation, edit: Edit | None) -> Conversation:
    """`chat` with the edit applied to its canvas, and a sentence about what the code lost by being written anew. An
    edit of another reply than the one that the canvas comes from is ignored."""
    if edit is None or not _belongs(chat, edit):
        return chat
    after = chat.with_canvas(edit.canvas)
    if after is chat or not chat.code():
        return after
    index = chat.turn()
    source = None if index is None else chat.entries[index]
    comments = isinstance(source, Reply) and source.by_hand  # those of a composer say nothing of their own
    lost = losses(chat.code(), after.code(), comments=comments)
    return after + NoticeEntry(LOST.format("; ".join(lost))) if lost else after


def _belongs(chat: Conversation, edit: Edit) -> bool:
    return edit.turn is None or chat.continues(edit.turn)


def carry_over(chat: Conversation, before: Canvas | None) -> Conversation:
    """`chat`, whose last reply continues from the canvas `before`, with the extended fields that were set by hand there
    (see canvas/extension.py) and a sentence that says so."""
    canvas = chat.canvas() if before is not None and any(map(is_extended, before.regions)) else None
    if canvas is None or before is None or canvas == before or (made := restore_extension(canvas, before)) == canvas:
        return chat
    return chat.with_canvas(made) + NoticeEntry(KEPT)


def _region(item: Mapping[str, Any], region: type[Region]) -> Region:
    rect = _rect(item.get("rect"))
    phrases = [item.get(name) for name in ("location", "offset", "area")]
    if not all(isinstance(phrase, str) and phrase in table for phrase, table in zip(phrases, _TABLES, strict=True)):
        phrases = list(nearest_phrases(rect or Rect(15, 75, 15, 75)))
    location, offset, area = map(str, phrases)
    if rect is not None and not item.get("free") and rect != rect_of(location, offset, area):
        location, offset, area = nearest_phrases(rect)
    values = {row.attribute: _value(row, item) for row in specs(region)}
    return region(**values | {"location": location, "offset": offset, "area": area})


_TABLES = (LOCATIONS, OFFSETS, AREAS)


def _value(row: FieldSpec, item: Mapping[str, Any]) -> Any:
    """The value of one field, or its default if the browser's is invalid."""
    value = item.get(row.attribute)
    match row.kind:
        case Text():
            return bounded(value)
        case Texts():
            texts = [bounded(text).strip() for text in value[: 2 * MAX_LIST_ITEMS]] if isinstance(value, list) else []
            return tuple(text for text in texts if text)[:MAX_LIST_ITEMS]
        case Number(low=low, high=high):
            return _number(value, low, high, row.default)
        case Phrase(values=values) | Color(values=values):
            return value if isinstance(value, str) and value in values else row.default
        case Switch():
            return value if isinstance(value, bool) else row.default
        case Cells():
            return _rect(item.get("rect")) if item.get("free") is True else None


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
