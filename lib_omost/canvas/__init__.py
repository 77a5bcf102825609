"""The Canvas language: replies of the language model are parsed into values and never executed.

Imports nothing but the standard library, except numpy inside `color_picture`.
"""

from __future__ import annotations

from lib_omost.canvas.conditions import RegionCondition, color_picture, conditions
from lib_omost.canvas.events import (
    CanvasEvent,
    Corrected,
    Dropped,
    Finished,
    GlobalSet,
    Interpretation,
    RegionAdded,
    Retracted,
)
from lib_omost.canvas.extension import restore_extension, without_extension
from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.model import Canvas, GlobalDescription, Note, Region, as_json
from lib_omost.canvas.prompt import system_prompt
from lib_omost.canvas.rewriting import replace_canvas, reply_without_extension
from lib_omost.canvas.snapping import nearest_phrases
from lib_omost.canvas.stream import CanvasStream, interpret
from lib_omost.canvas.writer import write

__all__ = [
    "Canvas",
    "CanvasEvent",
    "CanvasStream",
    "Corrected",
    "Dropped",
    "Finished",
    "GlobalDescription",
    "GlobalSet",
    "Interpretation",
    "Note",
    "Rect",
    "Region",
    "RegionAdded",
    "RegionCondition",
    "Retracted",
    "as_json",
    "color_picture",
    "conditions",
    "interpret",
    "nearest_phrases",
    "replace_canvas",
    "reply_without_extension",
    "restore_extension",
    "system_prompt",
    "without_extension",
    "write",
]
