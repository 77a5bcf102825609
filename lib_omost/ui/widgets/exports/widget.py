"""The components of the exports: choice of a format to download, and comparison of layout and picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ...state.downloads import FORMS
from ..view import View


class Compare(View):
    """The layout, the picture, or a blend of both, see `Downloads.comparison`."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("compare.js")], value, **options)


@dataclass(frozen=True)
class Exports:
    """The choice of a format, and the foldable comparison. The file itself is downloaded through the hidden button in
    the side bar."""

    form: gr.Dropdown
    download: gr.Button
    fold: gr.Accordion
    compare: Compare
    refresh: gr.Button


def make_exports() -> Exports:
    """Create the components; to be called inside a layout."""
    with gr.Accordion("Download", open=False, elem_id="exports"):
        form = gr.Dropdown(
            [(title, name) for name, title in FORMS.items()], value="everything", label="What", filterable=False
        )
        download = gr.Button("Download", size="sm", elem_id="download")
    with gr.Accordion("Compare layout and picture", open=False, elem_id="compare-fold") as fold:
        compare = Compare(None, elem_id="compare")
        refresh = gr.Button("Show the latest", size="sm", elem_id="compare-refresh")
    return Exports(form, download, fold, compare, refresh)
