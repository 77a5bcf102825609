"""The event of the filmstrip: return to an earlier picture."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, Values, page_of, sent_data
from .widget import FilmstripPanel

MAX_NAME = 500
"""Maximum length of a picture's name, in characters."""


def wire_filmstrip(binding: Binding, panel: FilmstripPanel) -> None:
    def chosen(request: gr.Request, event: gr.EventData, values: Values) -> Iterator[Updates]:
        name = str(sent_data(event).get("name") or "")[:MAX_NAME]
        yield from binding.play(binding.handlers.choose(page_of(request), binding.conversation(values), name))

    panel.strip.chosen(chosen, binding.conversation_inputs, **binding.quick)
