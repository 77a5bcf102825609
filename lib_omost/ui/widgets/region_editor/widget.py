"""The region editor: the canvas under one's hands.

The browser holds the canvas while it is edited (`editor*.js` beside this module), and says after every change what it
has become. That stays the component's value until the server says something else, so that whatever button is pressed
next sends it along. The server believes nothing of it: `read_edit` makes a sound canvas of it or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.components import Component
from gradio.data_classes import FileData

from lib_omost.canvas import GlobalDescription, Region
from lib_omost.canvas.limits import MAX_REGIONS
from lib_omost.canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS

from ...state.editing import Edit, form_json, read_edit
from ...state.gallery import Gallery
from ...state.layout import layout_value
from ...state.page_state import Changes
from ..events import Updates
from ..view import View

SCRIPTS = [
    Path(__file__).with_name(f"{name}.js") for name in ("editor_model", "editor_stage", "editor_panel", "editor")
]


class RegionEditor(View):
    """Draws what `layout_value` gives and lets it be changed; `ratio` is the picture's width through its height."""

    def __init__(self, gallery: Gallery, value: Any = None, *, ratio: float = 1.0, **options: Any) -> None:
        # Before all else: gradio takes a name that its script quotes for an event, unless there is such an attribute.
        self.ratio = ratio
        self.most = MAX_REGIONS
        self.vocabulary = {
            "locations": {name: list(center) for name, center in LOCATIONS.items()},
            "offsets": {name: list(shift) for name, shift in OFFSETS.items()},
            "areas": {name: list(size) for name, size in AREAS.items()},
            "colors": {name: list(color) for name, color in COLORS.items()},
        }
        self.forms = {"global": form_json(GlobalDescription), "region": form_json(Region)}
        self._gallery = gallery
        super().__init__(
            SCRIPTS, value, ratio=ratio, most=MAX_REGIONS, vocabulary=self.vocabulary, forms=self.forms, **options
        )

    def preprocess(self, payload: Any) -> Edit | None:  # type: ignore[override]
        """What was changed by hand since the server's last word; None if nothing was."""
        return read_edit(payload.get("edit")) if isinstance(payload, dict) else None

    def postprocess(self, value: Any) -> Any:
        """The picture's name becomes a file that the page may fetch."""
        if not value or not value.get("picture"):
            return value
        path = self._gallery.find(value["picture"])
        cached = None if path is None else self.move_resource_to_block_cache(path)
        if cached is None:
            return {**value, "picture": None}
        file = FileData(path=cached, orig_name=Path(cached).name, mime_type="image/png")
        return {**value, "picture": file.model_dump()}


@dataclass(frozen=True)
class EditorPanel:
    """The region editor as a part of the page."""

    editor: RegionEditor

    @property
    def outputs(self) -> list[Component]:
        return [self.editor]

    def updates(self, changes: Changes) -> Updates:
        return {self.editor: changes["layout"]} if "layout" in changes else {}


def make_region_editor(gallery: Gallery, ratio: float) -> EditorPanel:
    """Call it inside of a layout; `ratio` as `RegionEditor` takes it."""
    return EditorPanel(RegionEditor(gallery, layout_value(None), ratio=ratio, elem_id="layout", label="Layout"))
