"""The state of the models, and the button that loads failed ones again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ...state.page_state import Changes
from ..events import Updates
from ..view import View


class ModelStatus(View):
    """The chosen models, their loading progress, and why they were chosen."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("status.js")], value, **options)


@dataclass(frozen=True)
class StatusPanel:
    """The state of the models; `timer` polls it until all are loaded or have failed."""

    models: ModelStatus
    timer: gr.Timer
    load_again: gr.Button

    @property
    def outputs(self) -> list[Component]:
        return [self.models, self.timer, self.load_again]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "models" in changes:
            updates[self.models] = changes["models"]
        if "loaded" in changes:
            updates[self.timer] = gr.Timer(active=not changes["loaded"])
        if "failed" in changes:
            updates[self.load_again] = gr.Button(visible=changes["failed"])
        return updates


def make_status() -> StatusPanel:
    """Create the components; to be called inside a layout."""
    models = ModelStatus(None, elem_id="models")
    load_again = gr.Button("Try to load again", size="sm", visible=False, elem_id="load-again")
    # Still until the page has been restored: an earlier answer would speak of the empty chat, and could come last.
    return StatusPanel(models, gr.Timer(1.0, active=False), load_again)
