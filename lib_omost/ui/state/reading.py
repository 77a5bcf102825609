"""Reading layouts for many visitors at once: long texts one after another, so that they leave the others time."""

from __future__ import annotations

import threading

from lib_omost.canvas import Interpretation
from lib_omost.canvas.layouts import read_layout

LONG = 20_000
"""Characters of a long text; the published models write at most 16,000."""
_turn = threading.Lock()


def interpretation_of(text: str) -> Interpretation:
    """As `read_layout`, which knows the latest texts already; waits while another long text is read."""
    if len(text) < LONG:
        return read_layout(text)
    with _turn:
        return read_layout(text)
