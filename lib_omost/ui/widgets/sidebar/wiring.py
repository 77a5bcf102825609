"""Which handler answers to what in the side bar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from ...page import Page
from ...state.shelf import Shelf

PRESS = """() => {
  const link = document.querySelector("#handed-out");
  (link.querySelector("a, button") || link).click();
}"""
"""The browser saves a file only by a click; the file's own button is not seen."""


def wire_sidebar(page: Page, shelf: Shelf) -> None:
    quick: dict[str, Any] = {
        "outputs": page.outputs,
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": None,
    }

    def chosen(request: gr.Request, event: gr.EventData) -> Iterator[dict[Any, Any]]:
        said = event._data if isinstance(event._data, dict) else {}
        act, name, title = (str(said.get(key) or "")[:500] for key in ("act", "id", "title"))
        for changes in shelf.chosen(request.session_hash or "", act, name, title):
            yield page.updates(changes)

    def take_in(request: gr.Request, path: str | None) -> Iterator[dict[Any, Any]]:
        if path:
            for changes in shelf.take_in(request.session_hash or "", Path(path)):
                yield page.updates(changes)

    page.sidebar.sessions.chosen(chosen, **quick)
    page.sidebar.take_in.upload(take_in, [page.sidebar.take_in], **quick)
    page.sidebar.handed_out.change(None, js=PRESS, show_progress="hidden", api_visibility="private")
