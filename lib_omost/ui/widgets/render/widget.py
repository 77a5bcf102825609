"""The buttons Render, Render all and Stop, the part that a render repaints, the reason why Render is unavailable, and
the progress of the work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from lib_omost.render.repaint import GROW, MIN_STRENGTH

from ...state.page_state import Changes
from ...state.repainting import Options
from ..events import Updates, Values
from ..history.widget import HistoryBar, make_history
from ..view import View

RENDER = "Render"
RENDER_CHANGE = "Render the change"
TO_SETTINGS = """() => {
  const side = document.querySelector("#side");
  side.scrollIntoView({ block: "start" });
  side.querySelector("input").focus({ preventScroll: true });
}"""
"""A script for small windows, where the settings stand below the picture."""
MOST_GROW = 20
"""Maximum of the slider, in cells."""


class Progress(View):
    """What the program is doing: a sentence and, if known, a progress bar."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("progress.js")], value, **options)


class PartView(View):
    """Shows the sentence of a `Plan`, and passes the plan on to the region editor, which hatches the part."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("part.js")], value, **options)


@dataclass(frozen=True)
class RenderPanel:
    """The buttons and the progress; `reason` says why a click on Render would not paint. `part` says which part of the
    last picture a render repaints, and `grow` and `strength` adjust it."""

    history: HistoryBar
    render: gr.Button
    render_all: gr.Button
    stop: gr.Button
    reason: gr.Markdown
    part: PartView
    progress: Progress
    grow: gr.Slider
    strength: gr.Slider

    @property
    def outputs(self) -> list[Component]:
        buttons = [self.history, self.render, self.render_all, self.stop]
        return [*buttons, self.reason, self.part, self.progress, self.grow, self.strength]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "reason" in changes:
            updates[self.reason] = changes["reason"]
        if "progress" in changes:
            updates[self.progress] = changes["progress"]
        if "busy" in changes:
            updates[self.stop] = gr.Button(visible=changes["busy"] is not None)
        render: dict[str, Any] = {}
        if "ready" in changes:
            render["elem_classes"] = [] if changes["ready"] else ["waiting"]
        if "part" in changes:
            part = changes["part"]
            render["value"] = RENDER_CHANGE if part["offered"] else RENDER
            updates[self.render_all] = gr.Button(visible=part["offered"])
            updates[self.part] = part
            for slider in (self.grow, self.strength):
                updates[slider] = gr.Slider(visible=part["keeps"])
        if render:
            updates[self.render] = gr.Button(**render)
        return updates

    def options(self, values: Values, settings: dict[str, Any], extra: tuple[int, ...]) -> Options:
        """The values of the sliders, together with the given settings and regions."""
        grow, strength = values[self.grow], values[self.strength]
        return Options(
            min(max(round(grow), 0), MOST_GROW) if isinstance(grow, int | float) else GROW,
            min(max(float(strength), MIN_STRENGTH), 1.0) if isinstance(strength, int | float) else 1.0,
            extra,
            settings,
        )


def make_render() -> RenderPanel:
    """Create the components; to be called inside a layout."""
    with gr.Column(elem_id="actions"):
        with gr.Row():
            history = make_history()
            render = gr.Button(RENDER, variant="primary", elem_id="render", scale=3, elem_classes=["waiting"])
            render_all = gr.Button("Render all", elem_id="render-all", scale=2, min_width=90, visible=False)
            stop = gr.Button("Stop", variant="stop", elem_id="stop", scale=1, min_width=90, visible=False)
            settings = gr.Button("Settings", elem_id="to-settings", scale=1, min_width=90)
            settings.click(None, js=TO_SETTINGS, show_progress="hidden", api_visibility="private")
        reason = gr.Markdown("Nothing to render yet: describe a picture or draw a box.", elem_id="reason")
        part = PartView(None, elem_id="part")
        progress = Progress(None, elem_id="progress")
    with gr.Row(elem_id="part-controls"):
        grow = gr.Slider(
            0, MOST_GROW, GROW, step=1, label="Grow", info="Cells around it", min_width=180,
            visible=False, elem_id="grow",
        )  # fmt: skip
        strength = gr.Slider(
            MIN_STRENGTH, 1, 1, step=0.05, label="Strength", info="How far it may change", min_width=180,
            visible=False, elem_id="strength",
        )  # fmt: skip
    return RenderPanel(history, render, render_all, stop, reason, part, progress, grow, strength)
