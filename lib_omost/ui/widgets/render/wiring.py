"""The events of Render and Stop."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ...state.conversation import Conversation
from ...state.page_state import Changes
from ..events import Binding, Updates, Values
from ..settings.widget import Controls
from .widget import RenderPanel


def wire_render(binding: Binding, panel: RenderPanel, controls: Controls) -> None:
    """Bind the events; `controls` hold the render settings."""

    def changes(request: gr.Request, chat: Conversation, values: Values) -> Iterator[Changes]:
        settings = controls.render(values)
        if drawn := controls.drawn_seed(values, settings):
            yield drawn
        yield from binding.handlers.render(binding.worker(request), chat, settings)

    def render(request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from binding.play(changes(request, binding.conversation(values), values))

    panel.render.click(render, binding.conversation_inputs | controls.render_inputs, **binding.work)
    panel.stop.click(binding.stop, **binding.quick)
