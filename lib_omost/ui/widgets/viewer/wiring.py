"""The events of the viewer: return to the picture that it shows, or use its seed."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, page_of, sent_data
from ..filmstrip.wiring import MAX_NAME, chosen_by
from .widget import ViewerPanel


def wire_viewer(binding: Binding, panel: ViewerPanel) -> None:
    panel.viewer.chosen(chosen_by(binding), binding.conversation_inputs, **binding.quick)

    def seeded(request: gr.Request, event: gr.EventData) -> Iterator[Updates]:
        name = str(sent_data(event).get("name") or "")[:MAX_NAME]
        yield from binding.play(binding.handlers.reuse_seed(page_of(request), name))

    panel.viewer.seeded(seeded, **binding.quick)
