"""The events of the settings: aspect ratio, quality and style fill in other controls, and the editor takes the
picture's aspect ratio without a call of the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from lib_omost.errors import SettingsError
from lib_omost.render.settings import RenderSettings

from ...state.shortcuts import (
    ASPECTS,
    STYLES,
    Style,
    aspect_size,
    quality_of,
    quality_settings,
    read_styles,
    saved_style,
    styles_json,
)
from ..events import Updates, Values
from .controls import Controls
from .shortcuts import Shortcuts

RATIOS = json.dumps({name: wide / high for name, (wide, high) in ASPECTS.items()})
PROPORTIONS = """(width, height) => {
  if (!(width > 0 && height > 0)) return null;
  document.documentElement.style.setProperty('--picture-ratio', width / height);
  const named = Object.entries(RATIOS).find(([, ratio]) => Math.abs(width / height / ratio - 1) < 0.05);
  return named ? named[0] : null;
}""".replace("RATIOS", RATIOS)
"""A script that tells the page the proportions of the picture, and returns the name of the aspect ratio, if any."""


@dataclass(frozen=True)
class ShortcutEvents:
    """The events of the shortcuts; `usual` gives the settings that suit the loaded checkpoint."""

    shortcuts: Shortcuts
    controls: Controls
    usual: Callable[[], RenderSettings]

    def connect(self, blocks: gr.Blocks) -> None:
        """Bind the events to these methods."""
        bar, controls = self.shortcuts, self.controls
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        sizes = [controls.width, controls.height]
        words = [controls.opening, controls.negative_prompt]
        bar.aspect.input(self.sized, {bar.aspect}, sizes, **quiet)
        work = [controls.sampler, controls.steps, controls.hires_steps]
        bar.quality.input(self.qualified, {bar.quality}, work, **quiet)
        pace = [controls.sampler, controls.steps]
        changes = [control.change for control in pace]  # type: ignore[attr-defined]
        gr.on(changes, self.judged, {bar.quality, *pace}, [bar.quality], trigger_mode="always_last", **quiet)
        bar.style.input(self.styled, {bar.style, bar.own}, words, **quiet)
        bar.save.click(self.saved, {bar.name, bar.own, *words}, [bar.own, bar.style, bar.name], **quiet)
        bar.delete.click(self.deleted, {bar.style, bar.own}, [bar.own, bar.style], **quiet)
        gr.on(
            [controls.width.change, controls.height.change, blocks.load],  # type: ignore[attr-defined]
            None,
            sizes,
            [bar.aspect],
            js=PROPORTIONS,
            show_progress="hidden",
            api_visibility="private",
        )
        blocks.load(self.offered, {bar.own}, [bar.style], **quiet)

    def sized(self, values: Values) -> Updates:
        size = aspect_size(str(values[self.shortcuts.aspect]), self.usual())
        if size is None:
            return {self.controls.width: gr.skip()}
        return {self.controls.width: size[0], self.controls.height: size[1]}

    def qualified(self, values: Values) -> Updates:
        settings = quality_settings(str(values[self.shortcuts.quality]), self.usual())
        return {getattr(self.controls, name): value for name, value in settings.items()} or {
            self.controls.steps: gr.skip()
        }

    def judged(self, values: Values) -> Any:
        """The quality that sampler and steps amount to, if there is one."""
        shown, controls = values[self.shortcuts.quality], self.controls
        wanted = {"sampler": values[controls.sampler], "steps": values[controls.steps]}
        found = quality_of(wanted, self.usual(), shown)
        return gr.skip() if found == shown else found

    def styled(self, values: Values) -> Updates:
        name = values[self.shortcuts.style]
        chosen = next((style for style in (*STYLES, *self._own(values)) if style.name == name), None)
        if chosen is None:
            return {self.controls.opening: gr.skip()}
        return {getattr(self.controls, field): value for field, value in chosen.settings(self.usual()).items()}

    def saved(self, values: Values) -> Updates:
        bar, name = self.shortcuts, str(values[self.shortcuts.name] or "")
        opening, negative = (str(values[box] or "") for box in (self.controls.opening, self.controls.negative_prompt))
        try:
            own = saved_style(self._own(values), name, opening, negative, self.usual())
        except SettingsError as error:
            gr.Warning(str(error))
            return {bar.name: gr.skip()}
        return {bar.own: styles_json(own), bar.style: _choices(own, own[-1].name), bar.name: ""}

    def deleted(self, values: Values) -> Updates:
        bar, name = self.shortcuts, values[self.shortcuts.style]
        before = self._own(values)
        own = [style for style in before if style.name != name]
        if len(own) == len(before):
            gr.Warning("Choose one of your own styles first: the built-in ones stay.")
            return {bar.style: gr.skip()}
        return {bar.own: styles_json(own), bar.style: _choices(own, STYLES[0].name)}

    def offered(self, values: Values) -> Any:
        return _choices(self._own(values))

    def _own(self, values: Values) -> list[Style]:
        return read_styles(values[self.shortcuts.own])


def _choices(own: list[Style], value: str | None = None) -> Any:
    names = [style.name for style in (*STYLES, *own)]
    return gr.update(choices=names) if value is None else gr.update(choices=names, value=value)
