"""The box with the Canvas code of the reply, and the notes about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ...state.page_state import Changes
from ..events import Updates
from ..view import View


class NoteList(View):
    """What was corrected, dropped or defaulted in the last reply."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("notes.js")], value, **options)


@dataclass(frozen=True)
class CodePanel:
    """The box with the code, and the notes."""

    notes: NoteList
    code: gr.Code

    @property
    def outputs(self) -> list[Component]:
        return [self.notes, self.code]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "notes" in changes:
            updates[self.notes] = changes["notes"]
        if "code" in changes:
            updates[self.code] = changes["code"]
        return updates


def make_code() -> CodePanel:
    """Create the components; to be called inside a layout."""
    notes = NoteList(None, elem_id="notes")
    with gr.Accordion("Canvas code", open=False, elem_id="code-fold"):
        code = gr.Code(
            "", language="python", interactive=True, lines=6, max_lines=24, wrap_lines=True, show_label=False,
            label="Canvas code", elem_id="code",
        )  # fmt: skip
    return CodePanel(notes, code)
