"""The binding between events of the page and handlers: events call handlers, whose changes update the page."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component

from lib_omost.errors import OmostError

from ..state.conversation import Conversation
from ..state.editing import applied, extra_regions
from ..state.handlers import Handlers
from ..state.page_state import Changes
from ..state.users import page_name, user_of
from .cache import NO_ROOM

Values = dict[Component, Any]
"""The values of an event's inputs by component; gradio passes such a dictionary if the inputs are a set."""
Inputs = set[Block]
"""The components whose values an event sends."""
Updates = dict[Component, Any]
"""New values or gradio updates by component."""


@dataclass(frozen=True)
class Binding:
    """What the events of all widgets share.

    outputs: all components that may change. updates: turns changes into gradio updates. chatbot, editor: the components
    with the chat and the latest edit of its canvas. workers: number of working events that may run at once.
    """

    handlers: Handlers
    outputs: list[Component]
    updates: Callable[[Changes], Updates]
    chatbot: Component
    editor: Component
    workers: int

    @property
    def quick(self) -> dict[str, Any]:
        """The gradio options for a short event."""
        return {
            "outputs": self.outputs,
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": None,
        }

    @property
    def work(self) -> dict[str, Any]:
        """The gradio options for an event that starts a job; if all workers are busy, it waits."""
        return {**self.quick, "concurrency_limit": self.workers, "concurrency_id": "work"}

    @property
    def conversation_inputs(self) -> Inputs:
        return {self.chatbot, self.editor}

    def conversation(self, values: Values) -> Conversation:
        """The chat with the latest edit of its canvas applied, from the values of `conversation_inputs`, so that no
        event misses an edit that was made immediately before."""
        return applied(values[self.chatbot], values[self.editor])

    def edit(self, values: Values) -> int:
        """The number of that edit; 0 if there is none."""
        edit = values[self.editor]
        return 0 if edit is None else edit.number

    def extra_regions(self, values: Values) -> tuple[int, ...]:
        """The regions to repaint although they did not change."""
        return extra_regions(values[self.chatbot], values[self.editor])

    def play(self, changes: Iterator[Changes]) -> Iterator[Updates]:
        """The changes as gradio updates; an OmostError becomes a warning on the page."""
        try:
            for change in changes:
                yield self.updates(change)
        except OmostError as error:
            yield self.updates({"warning": str(error)})
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            yield self.updates({"warning": NO_ROOM})

    def worker(self, request: gr.Request) -> str:
        """The name of the page of a request that starts a job; also sets the user of that page."""
        page = page_of(request)
        self.handlers.jobs.set_user(page, user_of(request))
        return page

    def stop(self, request: gr.Request) -> Updates:
        """Stop the page's work."""
        return self.updates(self.handlers.stop(page_of(request)))


def page_of(request: gr.Request) -> str:
    """The name of the page that an event comes from."""
    return page_name(request.session_hash or "", getattr(request, "username", None) or "")


def sent_data(event: gr.EventData) -> dict[str, Any]:
    """The data that a view's script sent with its event; it comes from a browser, so it is untrusted."""
    return event._data if isinstance(event._data, dict) else {}


def message_index(index: Any) -> int:
    """The index of the message that a chat event is about, from gradio's index of a message or of (message, part); -1
    if there is none."""
    first = index[0] if isinstance(index, list | tuple) and index else index
    return first if isinstance(first, int) else -1
