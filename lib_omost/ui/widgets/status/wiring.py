"""The events of the model status: poll it, and load failed models again."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, Values, page_of
from .widget import StatusPanel


def wire_status(binding: Binding, panel: StatusPanel) -> None:
    def asked(request: gr.Request, values: Values) -> Updates:
        return binding.updates(binding.handlers.status(page_of(request), values[binding.chatbot]))

    def load_again(request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from binding.play(binding.handlers.reload_models(page_of(request), values[binding.chatbot]))

    panel.timer.tick(asked, {binding.chatbot}, **binding.quick)
    panel.load_again.click(load_again, {binding.chatbot}, **binding.quick)
