"""The view of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.components import Component

from ...state.page_state import Changes
from ..events import Updates
from ..view import View


class QueueView(View):
    """The requests that wait, see `WaitingLine.to_json`. Its events `next`, `removed` and `resume` ask for the next
    request, remove one, and continue after a pause."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("queue.js")], value, **options)


@dataclass(frozen=True)
class QueuePanel:
    """The queue as a widget of the page."""

    view: QueueView

    @property
    def outputs(self) -> list[Component]:
        return [self.view]

    def updates(self, changes: Changes) -> Updates:
        return {self.view: changes["waiting"]} if "waiting" in changes else {}


def make_queue() -> QueuePanel:
    """Create the component; to be called inside a layout."""
    return QueuePanel(QueueView(None, elem_id="queue"))
