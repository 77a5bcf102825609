"""The viewer, which shows the pictures of the chat in large and hides the layout meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.components import Component
from gradio.data_classes import FileData

from ...state.gallery import Gallery
from ...state.page_state import Changes
from ..cache import cached_picture
from ..events import Updates
from ..view import View

HERE = Path(__file__).parent


class Viewer(View):
    """Pictures in large; the value comes from `filmstrip_value`. The events name a picture: `chosen`
    to return to it, `seeded` to use its seed."""

    def __init__(self, gallery: Gallery, value: Any = None, **options: Any) -> None:
        self._gallery = gallery
        super().__init__([HERE / "pictures.js", HERE / "comparison.js", HERE / "viewer.js"], value, **options)

    def postprocess(self, value: Any) -> Any:
        return with_files(self, self._gallery, value)


class BusyView(View):
    """Tells the scripts of the page what kind of job runs; it shows nothing."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([HERE / "busy.js"], value, **options)


@dataclass(frozen=True)
class ViewerPanel:
    """The viewer, and what it needs to know about the work of the page."""

    viewer: Viewer
    busy: BusyView

    @property
    def outputs(self) -> list[Component]:
        return [self.viewer, self.busy]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "filmstrip" in changes:
            updates[self.viewer] = changes["filmstrip"]
        if "busy" in changes:
            updates[self.busy] = {"busy": changes["busy"]}
        return updates


def make_viewer(gallery: Gallery) -> ViewerPanel:
    """Create the components; to be called inside a layout, before the region editor."""
    return ViewerPanel(Viewer(gallery, None, elem_id="viewer"), BusyView(None, elem_id="busy"))


def with_files(component: Component, gallery: Gallery, value: Any) -> Any:
    """The value of `filmstrip_value` with the file of every picture, which the browser can fetch; None if it is
    missing."""
    if not value:
        return value
    return {
        **value,
        "pictures": [{**item, "file": _served(component, gallery, item["name"])} for item in value["pictures"]],
    }


def _served(component: Component, gallery: Gallery, name: str) -> dict[str, Any] | None:
    copy = cached_picture(component, gallery, name)
    if copy is None:
        return None
    return FileData(path=copy, orig_name=Path(copy).name, mime_type="image/png").model_dump()
