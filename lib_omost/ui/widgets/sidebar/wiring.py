"""The events of the side bar: open, rename, export and delete conversations, and open files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from ...state.shelf import Shelf
from ..cache import is_upload
from ..events import Binding, Updates, Values, sent_data
from .widget import Sidebar

PRESS = """() => {
  const link = document.querySelector("#handed-out");
  (link.querySelector("a, button") || link).click();
}"""
"""A script that clicks the hidden download button, because a browser saves a file only after a click."""
MAX_SENT = 500
"""Maximum length of each value from the list, in characters."""


def wire_sidebar(binding: Binding, sidebar: Sidebar, shelf: Shelf) -> None:
    def chosen(request: gr.Request, event: gr.EventData) -> Iterator[Updates]:
        sent = sent_data(event)
        act, name, title = (str(sent.get(key) or "")[:MAX_SENT] for key in ("act", "id", "title"))
        yield from binding.play(shelf.chosen(binding.worker(request), act, name, title))

    def uploaded(request: gr.Request, values: Values) -> Iterator[Updates]:
        if path := values[sidebar.import_archive]:
            page, file = binding.worker(request), Path(path)
            if is_upload(file):
                yield from binding.play(shelf.import_archive(page, file))

    # Otherwise gradio drops what is pressed while the last action is still running.
    sidebar.sessions.chosen(chosen, trigger_mode="multiple", **binding.quick)
    sidebar.import_archive.upload(uploaded, {sidebar.import_archive}, **binding.quick)
    sidebar.handed_out.change(None, js=PRESS, show_progress="hidden", api_visibility="private")
