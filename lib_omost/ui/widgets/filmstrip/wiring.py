"""The event of the filmstrip: return to an earlier picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gradio as gr

from ..events import Binding, Updates, Values, page_of, sent_data
from .widget import FilmstripPanel

MAX_NAME = 500
"""Maximum length of a picture's name, in characters."""


def wire_filmstrip(binding: Binding, panel: FilmstripPanel) -> None:
    panel.strip.chosen(chosen_by(binding), binding.conversation_inputs, **binding.quick)


def chosen_by(binding: Binding) -> Callable[..., Iterator[Updates]]:
    """The function for an event that names a picture to return to."""

    def chosen(request: gr.Request, event: gr.EventData, values: Values) -> Iterator[Updates]:
        name = str(sent_data(event).get("name") or "")[:MAX_NAME]
        yield from binding.play(binding.handlers.choose(page_of(request), binding.conversation(values), name))

    return chosen
