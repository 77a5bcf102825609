"""The buttons Render and Stop, the reason why Render is unavailable, and the progress of the work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ...state.page_state import Changes
from ..events import Updates
from ..view import View


class Progress(View):
    """What the program is doing: a sentence and, if known, a progress bar."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("progress.js")], value, **options)


@dataclass(frozen=True)
class RenderPanel:
    """The buttons and the progress; `reason` says why a click on Render would not paint."""

    render: gr.Button
    stop: gr.Button
    reason: gr.Markdown
    progress: Progress

    @property
    def outputs(self) -> list[Component]:
        return [self.render, self.stop, self.reason, self.progress]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "reason" in changes:
            updates[self.reason] = changes["reason"]
        if "progress" in changes:
            updates[self.progress] = changes["progress"]
        if "busy" in changes:
            updates[self.stop] = gr.Button(visible=changes["busy"] is not None)
        if "ready" in changes:
            updates[self.render] = gr.Button(elem_classes=[] if changes["ready"] else ["waiting"])
        return updates


def make_render() -> RenderPanel:
    """Create the components; to be called inside a layout."""
    with gr.Column(elem_id="actions"):
        with gr.Row():
            render = gr.Button("Render", variant="primary", elem_id="render", scale=3, elem_classes=["waiting"])
            stop = gr.Button("Stop", variant="stop", elem_id="stop", scale=1, min_width=90, visible=False)
        reason = gr.Markdown("Chat first: there is no canvas yet.", elem_id="reason")
        progress = Progress(None, elem_id="progress")
    return RenderPanel(render, stop, reason, progress)
