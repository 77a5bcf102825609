"""The events of the region editor: an edited canvas is written into its reply, or a region is repainted."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, Values, message_index, page_of, sent_data
from ..render.wiring import RenderEvents
from .widget import EditorPanel


def wire_region_editor(binding: Binding, panel: EditorPanel, rendering: RenderEvents) -> None:
    """Bind the events; `rendering` provides the settings for repainting a region."""

    def edited(request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, edit = values[binding.chatbot], values[panel.editor]
        yield from binding.play(binding.handlers.hand_edited(page_of(request), chat, edit))
        # Gradio sends the last values once more when the event ends, which may be after the answer to a later one.
        yield {binding.chatbot: gr.skip()}

    panel.editor.edited(edited, binding.conversation_inputs, trigger_mode="always_last", **binding.quick)

    def repaint(request: gr.Request, event: gr.EventData, values: Values) -> Iterator[Updates]:
        sent, chat = sent_data(event), binding.conversation(values)
        region, count = message_index(sent.get("region")), message_index(sent.get("variations"))
        yield from rendering.painted(
            values,
            lambda settings: binding.handlers.repaint(
                binding.worker(request), chat, settings, rendering.options(values, settings), region, count
            ),
        )

    panel.editor.repaint(repaint, rendering.inputs, **binding.work)
