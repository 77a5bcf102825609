"""The filmstrip of the chat's pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.components import Component

from ...state.gallery import Gallery
from ...state.page_state import Changes
from ..events import Updates
from ..view import View
from ..viewer.widget import with_files


class StripView(View):
    """The pictures as thumbnails; the value comes from `filmstrip_value`. The event `chosen` names a picture to return
    to."""

    def __init__(self, gallery: Gallery, value: Any = None, **options: Any) -> None:
        self._gallery = gallery
        super().__init__([Path(__file__).with_name("filmstrip.js")], value, **options)

    def postprocess(self, value: Any) -> Any:
        return with_files(self, self._gallery, value)


@dataclass(frozen=True)
class FilmstripPanel:
    """The filmstrip as a widget of the page."""

    strip: StripView

    @property
    def outputs(self) -> list[Component]:
        return [self.strip]

    def updates(self, changes: Changes) -> Updates:
        return {self.strip: changes["filmstrip"]} if "filmstrip" in changes else {}


def make_filmstrip(gallery: Gallery) -> FilmstripPanel:
    """Create the component; to be called inside a layout."""
    return FilmstripPanel(StripView(gallery, None, elem_id="filmstrip"))
