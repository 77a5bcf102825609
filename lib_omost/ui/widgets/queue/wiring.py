"""The events of the queue: start the next request, remove one, continue after a pause."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ..events import Binding, Updates, Values, message_index, page_of, sent_data
from .widget import QueuePanel


def wire_queue(binding: Binding, panel: QueuePanel) -> None:
    handlers = binding.handlers

    def following(request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from binding.play(handlers.next_waiting(binding.worker(request), binding.conversation(values)))

    def removed(request: gr.Request, event: gr.EventData) -> Updates:
        return binding.updates(handlers.waiting.remove(page_of(request), message_index(sent_data(event).get("id"))))

    def resume(request: gr.Request) -> Updates:
        return binding.updates(handlers.waiting.resume(page_of(request)))

    panel.view.next(following, binding.conversation_inputs, **binding.work)
    panel.view.removed(removed, None, **binding.quick)
    panel.view.resume(resume, None, **binding.quick)
