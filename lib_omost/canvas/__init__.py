"""What the language model writes, as values: interpreted and never executed.

The room stands on nothing but the standard library (numpy only inside of `color_picture`).
"""

from __future__ import annotations

from lib_omost.canvas.conditions import RegionCondition, color_picture, conditions
from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.model import Canvas, GlobalDescription, Note, Region, as_json
from lib_omost.canvas.prompt import system_prompt

__all__ = [
    "Canvas",
    "GlobalDescription",
    "Note",
    "Rect",
    "Region",
    "RegionCondition",
    "as_json",
    "color_picture",
    "conditions",
    "system_prompt",
]
