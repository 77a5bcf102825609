"""The side bar: the conversations that are kept, and the way in and out for files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from ..view import View

KINDS = [".png", ".zip"]


class SessionList(View):
    """The conversations as `Keeper.listed` gives them; says by the event `chosen` what is to be done with which."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__("sidebar/sessions.js", value, **options)


@dataclass(frozen=True)
class Sidebar:
    """`handed_out` is a file that the browser is to save; it is not seen, the page presses it."""

    sessions: SessionList
    take_in: gr.UploadButton
    handed_out: gr.DownloadButton

    @property
    def outputs(self) -> list[Component]:
        return [self.sessions, self.handed_out]


def make_sidebar() -> Sidebar:
    """Call it inside of a page."""
    with gr.Sidebar(open=False, elem_id="sidebar"):
        gr.Markdown("## Conversations", elem_id="sidebar-title")
        take_in = gr.UploadButton(
            "Open a picture or an exported conversation", file_types=KINDS, size="sm", elem_id="take-in"
        )
        sessions = SessionList(None, elem_id="sessions")
        handed_out = gr.DownloadButton("Download", elem_id="handed-out")
    return Sidebar(sessions, take_in, handed_out)
