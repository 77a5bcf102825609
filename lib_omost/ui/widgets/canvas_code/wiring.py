"""The event of the code box: an edited text becomes the reply."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, Values, page_of
from .widget import CodePanel


def wire_code(binding: Binding, panel: CodePanel) -> None:
    def edited(request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, code = values[binding.chatbot], values[panel.code] or ""
        yield from binding.play(binding.handlers.code_edited(page_of(request), chat, code))

    panel.code.input(edited, {binding.chatbot, panel.code}, trigger_mode="always_last", **binding.quick)
