"""The events of Render, Render all, Stop and the controls of kept edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import gradio as gr

from lib_omost.errors import SettingsError

from ...state.page_state import Changes
from ...state.repainting import Options
from ..events import Binding, Inputs, Updates, Values, page_of
from ..history.widget import HistoryBar
from ..settings.controls import Controls
from .widget import RenderPanel


class RenderEvents:
    """The events of the render panel; `controls` hold the render settings."""

    def __init__(self, binding: Binding, panel: RenderPanel, controls: Controls) -> None:
        self._binding = binding
        self._panel = panel
        self._controls = controls

    @property
    def history(self) -> HistoryBar:
        """The buttons Undo and Redo, which stand beside Render."""
        return self._panel.history

    @property
    def inputs(self) -> Inputs:
        """The inputs of every event that renders."""
        sliders = {self._panel.grow, self._panel.strength}
        return self._binding.conversation_inputs | self._controls.render_inputs | sliders

    def connect(self) -> None:
        """Bind the events to these methods."""
        panel, controls, binding = self._panel, self._controls, self._binding
        panel.render.click(self.render, self.inputs, trigger_mode="multiple", **binding.work)
        panel.render_all.click(self.render_all, self.inputs, trigger_mode="multiple", **binding.work)
        panel.stop.click(binding.stop, **binding.quick)
        sliders = [panel.grow, panel.strength, controls.width, controls.height, controls.hires_scale]
        gr.on(
            [slider.change for slider in sliders],  # type: ignore[attr-defined]
            self.adjusted,
            self.inputs,
            trigger_mode="always_last",
            **binding.quick,
        )

    def render(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from self.painted(
            values,
            lambda settings: self._binding.handlers.render(
                self._binding.worker(request),
                self._binding.conversation(values),
                settings,
                self.options(values, settings),
            ),
        )

    def render_all(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from self.painted(
            values,
            lambda settings: self._binding.handlers.render(
                self._binding.worker(request), self._binding.conversation(values), settings
            ),
        )

    def adjusted(self, request: gr.Request, values: Values) -> Iterator[Updates]:
        settings: dict[str, Any] = {}
        with suppress(SettingsError):  # a number is missing while it is being typed
            settings = self._controls.render(values)
        options, chat = self.options(values, settings), self._binding.conversation(values)
        yield from self._binding.play(self._binding.handlers.adjust(page_of(request), chat, options))

    def options(self, values: Values, settings: dict[str, Any]) -> Options:
        return self._panel.options(values, settings, self._binding.extra_regions(values))

    def painted(self, values: Values, run: Callable[[dict[str, Any]], Iterator[Changes]]) -> Iterator[Updates]:
        """Call `run` with the render settings; a newly drawn seed is shown in its box."""

        def changes() -> Iterator[Changes]:
            settings = self._controls.render(values)
            if rounded := self._controls.rounded(values, settings):
                yield rounded
            if drawn := self._controls.drawn_seed(values, settings):
                yield drawn
            yield from run(settings)

        yield from self._binding.play(changes())
