"""What the language model writes, as values: interpreted and never executed.

The room stands on nothing but the standard library (numpy only inside of `color_picture`).
"""

from __future__ import annotations

from lib_omost.canvas.conditions import RegionCondition, color_picture, conditions
from lib_omost.canvas.events import CanvasEvent, Corrected, Dropped, Finished, GlobalSet, Interpretation, RegionAdded
from lib_omost.canvas.extension import carried, plain
from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.interpreter import interpret
from lib_omost.canvas.model import Canvas, GlobalDescription, Note, Region, as_json
from lib_omost.canvas.prompt import system_prompt
from lib_omost.canvas.rewriting import plain_reply, rewritten
from lib_omost.canvas.snapping import nearest_phrases
from lib_omost.canvas.stream import CanvasStream
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
    "as_json",
    "carried",
    "color_picture",
    "conditions",
    "interpret",
    "nearest_phrases",
    "plain",
    "plain_reply",
    "rewritten",
    "system_prompt",
    "write",
]
