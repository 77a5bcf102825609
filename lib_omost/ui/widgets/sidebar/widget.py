"""The components of the side bar: stored conversations, upload, hidden download button."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.data_classes import FileData

from ...state.gallery import Gallery
from ...state.page_state import Changes
from ...state.shelf import TEXTS
from ..cache import NO_ROOM, cached, cached_jpeg
from ..events import Updates
from ..view import View

KINDS = [".png", ".zip", *TEXTS]


class SessionList(View):
    """The list of conversations, see `Keeper.listed`. Its event `chosen` says which action to take on which of them."""

    def __init__(self, gallery: Gallery, value: Any = None, **options: Any) -> None:
        self._gallery = gallery
        super().__init__([Path(__file__).with_name("sessions.js")], value, **options)

    def postprocess(self, value: Any) -> Any:
        """Add a thumbnail of each conversation's picture as a file that the browser can fetch."""
        if not value:
            return value
        return {**value, "sessions": [{**item, "file": self._file(item["picture"])} for item in value["sessions"]]}

    def _file(self, name: str | None) -> dict[str, Any] | None:
        path = None if name is None else self._gallery.find(name)
        if name is None or path is None:
            return None
        copy = cached_jpeg(self, self._gallery.thumbnail(name), self._gallery.owner(path))
        return None if copy is None else FileData(path=copy, mime_type="image/jpeg").model_dump()


@dataclass(frozen=True)
class Sidebar:
    """The components of the side bar. `handed_out` is a hidden button with a file to download, which a script
    clicks."""

    sessions: SessionList
    import_archive: gr.UploadButton
    handed_out: gr.DownloadButton

    @property
    def outputs(self) -> list[Component]:
        return [self.sessions, self.handed_out]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "listed" in changes:
            updates[self.sessions] = changes["listed"]
        if "handed_out" in changes:
            path, owner = changes["handed_out"]
            copy = cached(self.handed_out, path, owner)
            if copy is None:
                gr.Warning(NO_ROOM)
            else:
                updates[self.handed_out] = gr.DownloadButton(value=copy)
        return updates


def make_sidebar(gallery: Gallery) -> Sidebar:
    """Create the components; to be called inside the page."""
    with gr.Sidebar(open=False, elem_id="sidebar"):
        gr.Markdown("## Conversations", elem_id="sidebar-title")
        import_archive = gr.UploadButton(
            "Open a picture, a layout or an exported conversation", file_types=KINDS, size="sm", elem_id="take-in"
        )
        sessions = SessionList(gallery, None, elem_id="sessions")
        handed_out = gr.DownloadButton("Download", elem_id="handed-out")
    return Sidebar(sessions, import_archive, handed_out)
