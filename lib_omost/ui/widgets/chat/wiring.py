"""The events of the chat: send, retry, undo, edit, switch between branches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from gradio.blocks import Block

from ...state.conversation import Conversation
from ...state.entries import PictureEntry
from ...state.page_state import Changes
from ..events import Binding, Updates, Values, message_index, page_of, sent_data
from ..render.wiring import RenderEvents
from ..settings.controls import Controls
from .widget import ChatPanel


class ChatEvents:
    """The event handlers of the chat; `controls` hold the sampling settings for replies, `rendering` paints again."""

    def __init__(self, binding: Binding, panel: ChatPanel, controls: Controls, rendering: RenderEvents) -> None:
        self._binding = binding
        self._handlers = binding.handlers
        self._panel = panel
        self._controls = controls
        self._rendering = rendering

    def connect(self) -> None:
        """Bind the events to these methods."""
        panel, quick, work = self._panel, self._binding.quick, self._binding.work
        asking: set[Block] = {*self._binding.conversation_inputs, *self._controls.sampling_inputs}
        panel.prompt.submit(self.send, {panel.prompt, *asking}, trigger_mode="multiple", **work)  # the next may wait
        panel.chatbot.example_select(self.example, asking, **work)
        panel.chatbot.retry(self.retry_at, asking | self._rendering.inputs, **work)
        panel.chatbot.edit(self.edited, asking, **work)
        panel.run_later.click(self.run_later, {panel.later, *asking}, **work)
        panel.retry.click(self.retry, asking | self._rendering.inputs, **work)
        panel.branches.switched(self.switched, {panel.chatbot}, **quick)
        panel.chatbot.clear(self.cleared, {panel.memory}, **quick)
        history = self._rendering.history
        history.undo(self.undo, {panel.cleared, *self._binding.conversation_inputs}, trigger_mode="multiple", **quick)
        history.redo(self.redo, self._binding.conversation_inputs, trigger_mode="multiple", **quick)
        panel.edit_last.click(self.edit_last, {panel.chatbot}, **quick)
        panel.new_chat.click(self.new_chat, {panel.chatbot}, **quick)
        panel.prompt.stop(self._binding.stop, **quick)

    def send(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, prompt = self._binding.conversation(values), values[self._panel.prompt] or ""
        yield from self._asked(
            values, lambda sampling: self._handlers.send(self._binding.worker(request), chat, prompt, sampling)
        )

    def example(self, request: gr.Request, event: gr.SelectData, values: Values) -> Iterator[Updates]:
        chat = self._binding.conversation(values)
        prompt = str(event.value.get("text", "")) if isinstance(event.value, dict) else str(event.value)
        # The examples were chosen with the seed of the preset.
        seed = self._handlers.studio.composer_preset.sampling.seed
        chosen = {**values, self._controls.fresh_seed: False, self._controls.seed: seed}
        yield from self._asked(
            chosen, lambda sampling: self._handlers.send(self._binding.worker(request), chat, prompt, sampling)
        )

    def retry(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        chat = self._binding.conversation(values)
        yield from self._again(request, values, chat, chat.last_step())

    def retry_at(self, request: gr.Request, event: gr.RetryData, values: Values) -> Iterator[Updates]:
        yield from self._again(request, values, self._binding.conversation(values), message_index(event.index))

    def edited(self, request: gr.Request, event: gr.EditData, values: Values) -> Iterator[Updates]:
        chat, at = values[self._panel.chatbot], message_index(event.index)
        yield from self._asked(
            values, lambda sampling: self._handlers.edited(self._binding.worker(request), chat, at, sampling)
        )

    def run_later(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, prompts = self._binding.conversation(values), values[self._panel.later]
        yield from self._asked(
            values, lambda sampling: self._handlers.run_later(self._binding.worker(request), chat, prompts, sampling)
        )

    def undo(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, cleared = self._binding.conversation(values), values[self._panel.cleared]
        yield from self._stepped(self._handlers.undo(page_of(request), chat, cleared, self._binding.edit(values)))

    def redo(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        chat = self._binding.conversation(values)
        yield from self._stepped(self._handlers.redo(page_of(request), chat, self._binding.edit(values)))

    def edit_last(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from self._binding.play(self._handlers.edit_last(page_of(request), values[self._panel.chatbot]))

    def new_chat(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from self._binding.play(self._handlers.new_chat(page_of(request), values[self._panel.chatbot]))

    def cleared(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        # The chatbot's clear button empties it before this is called; the browser's storage still holds the chat.
        chat = Conversation.from_json(values[self._panel.memory])
        yield from self._binding.play(self._handlers.new_chat(page_of(request), chat))

    def switched(self, request: gr.Request, event: gr.EventData, values: Values) -> Iterator[Updates]:
        sent = sent_data(event)
        at, step = message_index(sent.get("at")), -1 if sent.get("step") == -1 else 1
        yield from self._binding.play(self._handlers.switched(page_of(request), values[self._panel.chatbot], at, step))

    def _asked(self, values: Values, run: Callable[[dict[str, Any]], Iterator[Changes]]) -> Iterator[Updates]:
        """`run` with the sampling settings of the controls; a random seed is shown in its box first."""

        def changes() -> Iterator[Changes]:
            sampling = self._controls.sampling(values)
            if drawn := self._controls.drawn_seed(values, sampling):
                yield drawn
            yield from run(sampling)

        yield from self._binding.play(changes())

    def _stepped(self, changes: Iterator[Changes]) -> Iterator[Updates]:
        """The changes as updates, and then the answer for which the buttons wait."""
        yield from self._binding.play(changes)
        yield {self._rendering.history: time.time_ns()}

    def _again(self, request: gr.Request, values: Values, chat: Conversation, at: int) -> Iterator[Updates]:
        """Make the message at `at` again: a picture with another seed, otherwise the reply."""
        worker = self._binding.worker(request)
        if 0 <= at < len(chat) and isinstance(chat.entries[at], PictureEntry):
            yield from self._rendering.painted(
                values, lambda settings: self._handlers.render_again(worker, chat, settings)
            )
        else:
            yield from self._asked(values, lambda sampling: self._handlers.retry(worker, chat, sampling, at))
