"""The region editor component.

While the canvas is being edited, the browser holds it (`editor*.js` beside this module) and reports it after every
change. It stays the component's value until the server sets another one, so the next button that is pressed sends it.
The value is untrusted: `read_edit` makes a valid canvas of it, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.components import Component
from gradio.data_classes import FileData

from lib_omost.canvas import GlobalDescription, Region
from lib_omost.canvas.limits import MAX_DISTANCE, MAX_REGIONS, MIN_DISTANCE
from lib_omost.canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS

from ...state.editing import Edit, form_json, read_edit
from ...state.gallery import Gallery
from ...state.layout import layout_value
from ...state.page_state import Changes
from ..cache import cached_picture
from ..events import Updates
from ..view import View

SCRIPTS = [
    Path(__file__).with_name(f"{name}.js")
    for name in ("editor_model", "editor_repaint", "editor_stage", "editor_panel", "editor")
]


class RegionEditor(View):
    """Displays the value of `layout_value` for editing; `ratio` is width divided by height of the picture."""

    def __init__(self, gallery: Gallery, value: Any = None, *, ratio: float = 1.0, **options: Any) -> None:
        # Must come first: gradio takes a name in quotes in the script for an event, unless there is such an attribute.
        self.ratio = ratio
        self.most = MAX_REGIONS
        self.vocabulary = {
            "locations": {name: list(center) for name, center in LOCATIONS.items()},
            "offsets": {name: list(shift) for name, shift in OFFSETS.items()},
            "areas": {name: list(size) for name, size in AREAS.items()},
            "distances": [MIN_DISTANCE, MAX_DISTANCE],
            "colors": {name: list(color) for name, color in COLORS.items()},
        }
        self.forms = {"global": form_json(GlobalDescription), "region": form_json(Region)}
        self._gallery = gallery
        super().__init__(
            SCRIPTS, value, ratio=ratio, most=MAX_REGIONS, vocabulary=self.vocabulary, forms=self.forms, **options
        )

    def preprocess(self, payload: Any) -> Edit | None:  # type: ignore[override]
        """The edit since the server last set the value; None if there is none."""
        return read_edit(payload.get("edit")) if isinstance(payload, dict) else None

    def postprocess(self, value: Any) -> Any:
        """Replace the name of the picture by a file that the page may fetch."""
        if not value or not value.get("picture"):
            return value
        copy = cached_picture(self, self._gallery, value["picture"])
        if copy is None:
            return {**value, "picture": None}
        file = FileData(path=copy, orig_name=Path(copy).name, mime_type="image/png")
        return {**value, "picture": file.model_dump()}


@dataclass(frozen=True)
class EditorPanel:
    """The region editor as a widget of the page."""

    editor: RegionEditor

    @property
    def outputs(self) -> list[Component]:
        return [self.editor]

    def updates(self, changes: Changes) -> Updates:
        return {self.editor: changes["layout"]} if "layout" in changes else {}


def make_region_editor(gallery: Gallery, ratio: float) -> EditorPanel:
    """Create the component; to be called inside a layout. ratio: see `RegionEditor`."""
    return EditorPanel(RegionEditor(gallery, layout_value(None), ratio=ratio, elem_id="layout", label="Layout"))
