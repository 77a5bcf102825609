"""The coarse layout, drawn while the reply streams.

Every region is laid over those behind it with seven tenths of its colour, far to near, in the browser: the very law of
the coarse colour picture, so what is seen is what the painter can start from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lib_omost.canvas import Canvas, Interpretation
from lib_omost.canvas.conditions import COLOR_OPACITY
from lib_omost.canvas.geometry import GRID

from .view import View

MAX_LABEL = 300
"""Characters of a description that are sent to the page."""
MAX_NOTICES = 50


class LayoutView(View):
    """Draws what `layout_value` gives; `ratio` is the picture's width through its height."""

    def __init__(self, value: Any = None, *, ratio: float = 1.0, **options: Any) -> None:
        # Before all else: gradio takes a name that its script quotes for an event, unless there is such an attribute.
        self.ratio = ratio
        super().__init__("layout.js", value, ratio=ratio, **options)


def layout_value(canvas: Canvas | None, preview: str | None = None) -> dict[str, Any]:
    """The layout as JSON: boxes from far to near, numbered in the order in which they were written.

    `preview` is a data URI of the picture as it stands, shown in place of the colours.
    """
    value: dict[str, Any] = {
        "grid": GRID,
        "opacity": COLOR_OPACITY,
        "boxes": [],
        "scene": None,
        "preview": preview,
    }
    if canvas is None:
        return value
    scene = canvas.global_description
    value["scene"] = {
        "label": scene.description[:MAX_LABEL],
        "color": list(scene.color),
        "color_name": scene.color_name,
    }
    numbers = {id(region): number for number, region in enumerate(canvas.regions, start=1)}
    value["boxes"] = [
        {
            "number": numbers[id(region)],
            "label": region.description[:MAX_LABEL],
            "rect": list(region.rect.as_tuple),
            "color": list(region.color),
            "color_name": region.color_name,
            "distance": region.distance,
            "where": f"{region.area} {region.location}"
            + ("" if region.offset == "no offset" else f", {region.offset}"),
        }
        for region in canvas.far_to_near()
    ]
    return value


def notes_value(interpretation: Interpretation | None, notices: Sequence[str] = ()) -> dict[str, Any]:
    """Corrections and losses as JSON for `NoteList`; `error` says why there is no canvas, `notices` what the painter
    did otherwise than asked."""
    value: dict[str, Any] = {"notes": [], "error": None, "notices": list(notices[:MAX_NOTICES])}
    if interpretation is not None:
        value["notes"] = [note.to_json() for note in interpretation.notes]
        value["error"] = interpretation.error
    return value
