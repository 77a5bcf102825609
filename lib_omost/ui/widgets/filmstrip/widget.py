"""The filmstrip of the chat's pictures, and the comparison of the current picture with the one before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.data_classes import FileData

from ...state.gallery import Gallery
from ...state.page_state import Changes
from ..cache import cached
from ..events import Updates
from ..exports.widget import Compare
from ..view import View

NAMES = {
    "layout": "Before",
    "layoutAlt": "The picture before",
    "picture": "After",
    "pictureAlt": "The current picture",
    "share": "Position of the divider",
}


class StripView(View):
    """The pictures as thumbnails; the value comes from `filmstrip_value`. The event `chosen` names a picture to return
    to."""

    def __init__(self, gallery: Gallery, value: Any = None, **options: Any) -> None:
        self._gallery = gallery
        super().__init__([Path(__file__).with_name("filmstrip.js")], value, **options)

    def postprocess(self, value: Any) -> Any:
        """Replace the names with files that the browser can fetch."""
        if not value:
            return value
        return {"pictures": [{**item, "file": served(self, self._gallery, item["name"])} for item in value["pictures"]]}


class BeforeAfter(Compare):
    """The current picture and the one before, on either side of a divider; the value comes from `filmstrip_value`."""

    def __init__(self, gallery: Gallery, value: Any = None, **options: Any) -> None:
        self._gallery = gallery
        super().__init__(value, **options)

    def postprocess(self, value: Any) -> Any:
        current = next((item["name"] for item in (value or {}).get("pictures", ()) if item["current"]), None)
        if current is None or value["before"] is None:
            return {"hint": "There is no earlier picture."}
        before, after = (served(self, self._gallery, name) for name in (value["before"], current))
        if before is None or after is None:
            return {"hint": "The file of one of the two pictures is missing."}
        return {"layout": before, "picture": after, "names": NAMES, "wipe": True}


def served(component: Component, gallery: Gallery, name: str) -> dict[str, Any] | None:
    """The picture as a file that the browser can fetch; None if it is missing."""
    copy = cached(component, gallery.find(name))
    if copy is None:
        return None
    return FileData(path=copy, orig_name=Path(copy).name, mime_type="image/png").model_dump()


@dataclass(frozen=True)
class FilmstripPanel:
    """The filmstrip and the comparison."""

    strip: StripView
    compare: BeforeAfter

    @property
    def outputs(self) -> list[Component]:
        return [self.strip, self.compare]

    def updates(self, changes: Changes) -> Updates:
        if "filmstrip" not in changes:
            return {}
        return {self.strip: changes["filmstrip"], self.compare: changes["filmstrip"]}


def make_strip(gallery: Gallery) -> StripView:
    """Create the filmstrip; to be called inside a layout."""
    return StripView(gallery, None, elem_id="filmstrip")


def make_filmstrip(gallery: Gallery, strip: StripView) -> FilmstripPanel:
    """Create the comparison that belongs to `strip`; to be called inside a layout."""
    with gr.Accordion("Before and after", open=False, elem_id="before-after-fold"):
        compare = BeforeAfter(gallery, None, elem_id="before-after")
    return FilmstripPanel(strip, compare)
