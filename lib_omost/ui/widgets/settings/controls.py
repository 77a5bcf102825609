"""The inputs of the settings, and the conversion of their values to the arguments of settings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from gradio.components import Component

from lib_omost.errors import SettingsError
from lib_omost.llm.base import Sampling
from lib_omost.render.settings import RenderSettings

from ...state.handlers import random_seed
from ...state.page_state import Changes
from ...state.shortcuts import rounded_size
from ..events import Inputs, Updates, Values

HIDEABLE = frozenset({"sampler", "formula", "guidance_scale", "negative_prompt"})
"""The settings that some painters have no choice of."""
MAX_NUMBER = 1e18
"""Above all numbers that a control may have."""


@dataclass(frozen=True)
class Controls:
    """The inputs. Each with the name of a field of `Sampling` or `RenderSettings` holds the value of that field."""

    seed: Component
    fresh_seed: Component
    temperature: Component
    top_p: Component
    max_new_tokens: Component
    width: Component
    height: Component
    count: Component
    steps: Component
    sampler: Component
    guidance_scale: Component
    negative_prompt: Component
    hires_scale: Component
    hires_steps: Component
    hires_denoise: Component
    color_start: Component
    color_strength: Component
    formula: Component
    repeat_scene: Component
    wording: Component
    opening: Component

    @property
    def sampling_inputs(self) -> Inputs:
        """The inputs that `sampling` reads."""
        return {self.seed, self.fresh_seed, self.temperature, self.top_p, self.max_new_tokens}

    @property
    def render_inputs(self) -> Inputs:
        """The inputs that `render` reads."""
        composer_only = (self.temperature, self.top_p, self.max_new_tokens)
        return {component for component in self.outputs if component not in composer_only}

    @property
    def size_inputs(self) -> Inputs:
        """The inputs that `size` reads."""
        return {self.width, self.height}

    @property
    def outputs(self) -> list[Component]:
        return [getattr(self, field.name) for field in fields(self)]

    def sampling(self, values: Values) -> dict[str, Any]:
        """The arguments of `Sampling`. Raises SettingsError for a value that is not a number."""
        return {
            "seed": self._seed(values),
            "temperature": _number("temperature", values[self.temperature]),
            "top_p": _number("top-p", values[self.top_p]),
            "max_new_tokens": _whole("number of new tokens", values[self.max_new_tokens]),
        }

    def render(self, values: Values) -> dict[str, Any]:
        """The arguments of `RenderSettings`. Raises SettingsError for a value that is not a number."""
        return {
            "seed": self._seed(values),
            "width": _size("width", values[self.width]),
            "height": _size("height", values[self.height]),
            "count": _whole("number of pictures", values[self.count]),
            "steps": _whole("number of steps", values[self.steps]),
            "sampler": values[self.sampler],
            "guidance_scale": _number("guidance scale", values[self.guidance_scale]),
            "negative_prompt": _text(values[self.negative_prompt]),
            "hires_scale": _number("hires scale", values[self.hires_scale]),
            "hires_steps": _whole("number of hires steps", values[self.hires_steps]),
            "hires_denoise": _number("hires denoise", values[self.hires_denoise]),
            "color_strength": (
                _number("color strength", values[self.color_strength]) if values[self.color_start] else 0.0
            ),
            "formula": values[self.formula],
            "repeat_scene": bool(values[self.repeat_scene]),
            "wording": values[self.wording],
            "opening": _text(values[self.opening]),
        }

    def size(self, values: Values) -> tuple[int, int]:
        """Width and height in pixels. Raises SettingsError for a value that is not a number."""
        return _size("width", values[self.width]), _size("height", values[self.height])

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        if "settings" in changes:
            updates |= self.stored(changes["settings"])
        if "lacking" in changes:
            for name in HIDEABLE:
                widget, shown = getattr(self, name), name not in changes["lacking"]
                value = {"value": updates[widget]} if widget in updates else {}
                updates[widget] = gr.update(visible=shown, **value)
        if "seed" in changes:
            updates[self.seed] = changes["seed"]
        if "fixed_seed" in changes:
            updates |= {self.seed: changes["fixed_seed"], self.fresh_seed: False}
        return updates

    def drawn_seed(self, values: Values, arguments: Mapping[str, Any]) -> Changes:
        """The seed of `arguments` (of `sampling` or `render`) for the input box, if it was chosen at random."""
        return {"seed": arguments["seed"]} if values[self.fresh_seed] else {}

    def rounded(self, values: Values, arguments: Mapping[str, Any]) -> Changes:
        """The size of `arguments` (of `render`) for the controls, if it was rounded."""
        size = {name: arguments[name] for name in ("width", "height") if arguments[name] != values[getattr(self, name)]}
        return {"settings": {"render": size}} if size else {}

    def stored(self, settings: Mapping[str, Mapping[str, Any]]) -> Updates:
        """New values for the inputs, from stored settings of the composer ("sampling") and the painter ("render").

        They may come from a file: invalid values are ignored, and values outside the range of a slider are clamped.
        """
        values: dict[str, Any] = {}
        for kind, group in ((Sampling, "sampling"), (RenderSettings, "render")):
            names = {field.name for field in fields(kind)}
            for name, value in settings.get(group, {}).items():
                with suppress(SettingsError):
                    if name in names:
                        kind(**{name: value})
                        values[name] = value
        if "color_strength" in values:
            values["color_start"] = values["color_strength"] > 0
            if not values["color_start"]:
                del values["color_strength"]
        return {
            widget: _within(widget, value)
            for name, value in values.items()
            if (widget := getattr(self, name, None)) is not None
        }

    def _seed(self, values: Values) -> int:
        return random_seed() if values[self.fresh_seed] else _whole("seed", values[self.seed])


def _within(widget: Component, value: Any) -> Any:
    low, high = getattr(widget, "minimum", None), getattr(widget, "maximum", None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return min(max(value, value if low is None else low), value if high is None else high)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(what: str, value: Any) -> float:
    # The comparison is also false for NaN, and a whole number may be too large for a float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MAX_NUMBER < value < MAX_NUMBER:
        raise SettingsError(f"The {what} must be a number: please fill it in.")
    return float(value)


def _size(what: str, value: Any) -> int:
    return rounded_size(round(_number(what, value)))


def _whole(what: str, value: Any) -> int:
    number = _number(what, value)
    if number != int(number):
        raise SettingsError(f"The {what} must be a whole number, but it is {number:g}.")
    return int(number)
