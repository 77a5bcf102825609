"""How an event of the page reaches a use case, and how the changes that it yields reach the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component

from lib_omost.errors import OmostError

from ..state.conversation import Conversation
from ..state.editing import applied
from ..state.handlers import Handlers
from ..state.page_state import Changes
from ..state.users import user_of

Values = dict[Component, Any]
"""The values of an event's inputs by component: gradio hands them over so if the inputs are a set."""
Inputs = set[Block]
"""The components whose values an event takes along."""
Updates = dict[Component, Any]
"""New values, or gradio's updates, by component."""


@dataclass(frozen=True)
class Binding:
    """What every widget's events are bound with.

    `outputs` are all components that may change and `updates` makes gradio's updates of changes; `chatbot` and `editor`
    hold the chat and what was edited in its canvas since. `workers` events may begin work at once; `proxies` as
    `users.user_of` takes it.
    """

    handlers: Handlers
    outputs: list[Component]
    updates: Callable[[Changes], Updates]
    chatbot: Component
    editor: Component
    workers: int
    proxies: int = 0

    @property
    def quick(self) -> dict[str, Any]:
        """gradio's options for an event that is answered at once."""
        return {
            "outputs": self.outputs,
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": None,
        }

    @property
    def work(self) -> dict[str, Any]:
        """gradio's options for an event that begins work; those that find all workers busy wait for one."""
        return {**self.quick, "concurrency_limit": self.workers, "concurrency_id": "work"}

    @property
    def conversation_inputs(self) -> Inputs:
        return {self.chatbot, self.editor}

    def conversation(self, values: Values) -> Conversation:
        """The chat with the latest edit of its canvas, from the values of `conversation_inputs`: whatever is done next
        goes on from that edit, however short ago it was made."""
        return applied(values[self.chatbot], values[self.editor])

    def play(self, changes: Iterator[Changes]) -> Iterator[Updates]:
        """The changes as gradio's updates; an error for the user becomes a warning on the page."""
        try:
            for change in changes:
                yield self.updates(change)
        except OmostError as error:
            yield self.updates({"warning": str(error)})

    def worker(self, request: gr.Request) -> str:
        """The name of a page that begins work, after noting whose page it is."""
        page = page_of(request)
        self.handlers.jobs.belongs(page, user_of(request, self.proxies))
        return page

    def stop(self, request: gr.Request) -> Updates:
        """Stop the page's work."""
        return self.updates(self.handlers.stop(page_of(request)))


def page_of(request: gr.Request) -> str:
    """The page that an event comes from: the session name that gradio gives to every open page."""
    return request.session_hash or ""


def sent_data(event: gr.EventData) -> dict[str, Any]:
    """What a view's script sent with its event; it comes from a browser, so nothing is known of the values."""
    return event._data if isinstance(event._data, dict) else {}


def message_index(index: Any) -> int:
    """The message that an event of the chat is about, from gradio's index of a message or of (message, part); -1 if
    there is none."""
    first = index[0] if isinstance(index, list | tuple) and index else index
    return first if isinstance(first, int) else -1
