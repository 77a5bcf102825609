"""The event of the region editor: an edited canvas is written into its reply."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, Values, page_of
from .widget import EditorPanel


def wire_region_editor(binding: Binding, panel: EditorPanel) -> None:
    def edited(request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, edit = values[binding.chatbot], values[panel.editor]
        yield from binding.play(binding.handlers.hand_edited(page_of(request), chat, edit))

    panel.editor.edited(edited, binding.conversation_inputs, trigger_mode="always_last", **binding.quick)
