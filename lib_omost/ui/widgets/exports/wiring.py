"""Which handler answers to what among the exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from lib_omost.errors import OmostError

from ...page import Page
from ...state.conversation import Conversation
from ...state.downloads import Downloads
from ...state.editing import Edit, applied
from ..settings.widget import read_size


def wire_exports(page: Page, downloads: Downloads) -> None:
    exports = page.exports
    chat = [page.chat, page.layout, page.controls.width, page.controls.height]
    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}

    def hand_out(chat: Conversation, edit: Edit | None, width: Any, height: Any, form: str) -> Iterator[dict[Any, Any]]:
        try:
            for changes in downloads.hand_out(applied(chat, edit), form, *read_size(width, height)):
                yield page.updates(changes)
        except OmostError as error:
            yield page.updates({"warning": str(error)})

    def compared(chat: Conversation, edit: Edit | None, width: Any, height: Any) -> Any:
        try:
            return downloads.compared(applied(chat, edit), *read_size(width, height))
        except OmostError as error:
            return {"hint": str(error)}

    exports.download.click(hand_out, [*chat, exports.form], [page.sidebar.handed_out, page.progress], **quick)
    gr.on([exports.fold.expand, exports.refresh.click], compared, chat, [exports.compare], **quick)
