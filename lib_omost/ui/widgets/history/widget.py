"""The component with the buttons Undo and Redo.

A step in the region editor is undone in the browser, every other one by the server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ..view import View


class HistoryBar(View):
    """Two buttons. The events `undo` and `redo` ask the server for a step that the region editor does not have; any new
    value is the answer."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("history.js")], value, **options)


def make_history() -> HistoryBar:
    """Create the component; to be called inside a layout."""
    with gr.Column(scale=0, min_width=88):
        return HistoryBar(None, elem_id="history")
