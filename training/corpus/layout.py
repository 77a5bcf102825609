"""Writes a canvas as the published models do: with the program's writer, and comments that continue in lower case."""

from __future__ import annotations

import re

from lib_omost.canvas.model import Canvas
from lib_omost.canvas.writer import write as write_canvas

_COMMENT = re.compile(r"^# Add ([A-Z])(?=[a-z]* )", re.MULTILINE)


def write(canvas: Canvas) -> str:
    """A fenced reply that builds ``canvas``."""
    return _COMMENT.sub(lambda match: f"# Add {match[1].lower()}", write_canvas(canvas))
