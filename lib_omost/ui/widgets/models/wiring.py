"""The events of the models: list what is on this disk when the fold is opened, and load what was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from ...state.switching import Switching, read_loras
from ..events import Binding, Inputs, Updates, Values, page_of, sent_data
from .widget import ModelsPanel


def wire_models(binding: Binding, panel: ModelsPanel, switching: Switching) -> None:
    lists = [panel.composer, panel.guide, panel.painter, panel.loras, panel.weights]

    def listed() -> Updates:
        composers, painters = switching.composers(), switching.painters()
        return {
            panel.composer: gr.update(choices=composers, value=composers[0][1]),
            panel.guide: switching.guide(),
            panel.painter: gr.update(choices=painters, value=painters[0][1]),
            panel.loras: switching.loras(),
            panel.weights: None,
        }

    def weighed(event: gr.EventData) -> dict[str, Any]:
        return {"loras": sent_data(event).get("chosen")}

    def load(request: gr.Request, values: Values) -> Iterator[Updates]:
        chat, weights = values[binding.chatbot], values[panel.weights]
        loras = read_loras(switching.loras() if weights is None else weights)
        names = values[panel.composer], values[panel.painter]
        yield from binding.play(switching.switch(page_of(request), chat, *names, loras, values[panel.guide]))

    panel.fold.expand(listed, None, **{**binding.quick, "outputs": lists})
    panel.loras.weighed(weighed, None, trigger_mode="multiple", **{**binding.quick, "outputs": [panel.weights]})
    inputs: Inputs = {binding.chatbot, panel.composer, panel.guide, panel.painter, panel.weights}
    panel.load.click(load, inputs, **binding.work)
