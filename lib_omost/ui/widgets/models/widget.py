"""The components that choose the models: layout model, image model and LoRAs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ..view import View

_GUIDE = [("The embedded one only", "auto"), ("Every one", "on"), ("None", "off")]


class LoraList(View):
    """The LoRAs of the folder with their weights; the value comes from `Switching.loras`. The event `weighed` reports
    the weights that the user chose."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("loras.js")], value, **options)


@dataclass(frozen=True)
class ModelsPanel:
    """The components; `weights` holds the weights that were chosen but not loaded yet."""

    fold: gr.Accordion
    composer: gr.Dropdown
    guide: gr.Dropdown
    painter: gr.Dropdown
    loras: LoraList
    weights: gr.State
    load: gr.Button


def make_models() -> ModelsPanel:
    """Create the components; to be called inside a layout."""
    with gr.Accordion("Models", open=False, elem_id="models-fold") as fold:
        named = "On this disk; or type a hub repository, a folder, a file"
        composer = gr.Dropdown(
            [], label="Layout model", info=f"{named} or a server.", allow_custom_value=True, elem_id="composer"
        )
        guide = gr.Dropdown(
            _GUIDE,
            value="auto",
            label="Layout models held to the things of your words",
            info="They then make a region of each thing that you name, and of nothing else. English; not on servers.",
            elem_id="guide",
        )
        painter = gr.Dropdown([], label="Image model", info=f"{named}.", allow_custom_value=True, elem_id="painter")
        loras = LoraList(None, elem_id="loras")
        load = gr.Button("Load", size="sm", elem_id="load-models")
    return ModelsPanel(fold, composer, guide, painter, loras, gr.State(None), load)
