"""The components of the shortcuts for image settings: aspect ratio, quality and style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ...state.shortcuts import ASPECTS, MAX_STYLE_NAME, QUALITIES, STYLES

STORAGE_KEY = "omost-studio-styles"


@dataclass(frozen=True)
class Shortcuts:
    """The components. `own` holds the user's styles in the browser's storage."""

    aspect: gr.Radio
    quality: gr.Radio
    style: gr.Dropdown
    name: gr.Textbox
    save: gr.Button
    delete: gr.Button
    own: gr.BrowserState


def make_aspect() -> gr.Radio:
    """Create the choice of the aspect ratio; to be called inside a layout."""
    return gr.Radio(list(ASPECTS), value=None, label="Aspect ratio", elem_id="aspect", elem_classes=["chips"])


def make_quality() -> gr.Radio:
    return gr.Radio(list(QUALITIES), value="Normal", label="Quality", elem_id="quality", elem_classes=["chips"])


def make_style() -> dict[str, Any]:
    """Create the choice of the style, and the storage of the user's own; to be called inside a layout that is open,
    because gradio reads the storage only when the layout is shown."""
    own = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_KEY)
    names = [style.name for style in STYLES]
    style = gr.Dropdown(names, value=names[0], label="Style", allow_custom_value=True, elem_id="style")
    return {"style": style, "own": own}


def make_style_tools() -> dict[str, Any]:
    """Create what saves the present words as a style; to be called inside a layout."""
    with gr.Row():
        name = gr.Textbox(
            label="Save prefix and negative prompt as a style", placeholder="Name of the style",
            max_length=MAX_STYLE_NAME, elem_id="style-name",
        )  # fmt: skip
    with gr.Row():
        save = gr.Button("Save style", size="sm", min_width=70, elem_id="style-save")
        delete = gr.Button("Delete style", size="sm", min_width=70, elem_id="style-delete")
    return {"name": name, "save": save, "delete": delete}
