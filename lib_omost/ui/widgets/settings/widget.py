"""The settings on the page: widgets made from the presets, and widget values read as settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from gradio.components import Component

from lib_omost.errors import SettingsError
from lib_omost.llm.base import Sampling
from lib_omost.render.settings import FORMULAS, MAX_OPENING, MAX_SEED, RenderSettings

from ...state.handlers import random_seed

FORMULA_TITLES = {
    "layered": "Layered: nearer regions cover farther ones",
    "omost": "Omost: the published formula, all regions alike",
}


@dataclass(frozen=True)
class Controls:
    """The widgets; `chat_inputs` and `render_inputs` are handed to `read_sampling` and `read_settings` in order."""

    seed: Component
    fresh_seed: Component
    temperature: Component
    top_p: Component
    max_new_tokens: Component
    width: Component
    height: Component
    count: Component
    steps: Component
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
    def chat_inputs(self) -> list[Component]:
        return [self.seed, self.fresh_seed, self.temperature, self.top_p, self.max_new_tokens]

    @property
    def render_inputs(self) -> list[Component]:
        return [
            self.seed,
            self.fresh_seed,
            self.width,
            self.height,
            self.count,
            self.steps,
            self.guidance_scale,
            self.negative_prompt,
            self.hires_scale,
            self.hires_steps,
            self.hires_denoise,
            self.color_start,
            self.color_strength,
            self.formula,
            self.repeat_scene,
            self.wording,
            self.opening,
        ]

    @property
    def all(self) -> list[Component]:
        return [*self.render_inputs, *self.chat_inputs[2:]]

    def showing(self, settings: Mapping[str, Mapping[str, Any]]) -> dict[Component, Any]:
        """New values for the widgets, from kept settings of the composer ("sampling") and the painter ("render"). They
        may come from a file: what is not a setting that can be is left as it is, and a value beyond the end of a slider
        becomes that end."""
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


def _within(widget: Component, value: Any) -> Any:
    low, high = getattr(widget, "minimum", None), getattr(widget, "maximum", None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return min(max(value, value if low is None else low), value if high is None else high)


def make_controls(sampling: Sampling, settings: RenderSettings) -> Controls:
    """The widgets with the presets' own values, folded away by subject; call it inside of a layout."""
    with gr.Group():
        with gr.Row():
            width = gr.Slider(64, 2048, settings.width, step=64, label="Width", min_width=130)
            height = gr.Slider(64, 2048, settings.height, step=64, label="Height", min_width=130)
        with gr.Row():
            count = gr.Slider(1, 12, settings.count, step=1, label="Pictures", min_width=130)
            seed = gr.Number(sampling.seed, label="Seed", precision=0, minimum=0, maximum=MAX_SEED, min_width=100)
        fresh_seed = gr.Checkbox(False, label="A new random seed for every reply and every render")
    with gr.Accordion("Painting", open=False):
        with gr.Row():
            steps = gr.Slider(1, 100, settings.steps, step=1, label="Steps", min_width=130)
            guidance_scale = gr.Slider(
                1,
                30,
                settings.guidance_scale,
                step=0.1,
                label="Guidance",
                min_width=130,
            )
        negative_prompt = gr.Textbox(settings.negative_prompt, label="Negative prompt", lines=2, max_lines=4)
        color_start = gr.Checkbox(
            settings.color_strength > 0, label="Start from the colours of the layout", info="Otherwise from pure noise."
        )
        color_strength = gr.Slider(
            0.05, 0.95, settings.color_strength or 0.2, step=0.05, label="How much of the colours stays"
        )
        with gr.Accordion("High-resolution pass", open=settings.hires_scale > 1):
            hires_scale = gr.Slider(
                1, 2, settings.hires_scale, step=0.05, label="Scale", info="At 1 there is no second pass."
            )
            with gr.Row():
                hires_steps = gr.Slider(1, 100, settings.hires_steps, step=1, label="Steps", min_width=130)
                hires_denoise = gr.Slider(0.05, 1, settings.hires_denoise, step=0.05, label="Denoise", min_width=130)
        with gr.Accordion("How regions meet", open=False):
            formula = gr.Radio(
                [(FORMULA_TITLES[name], name) for name in FORMULAS], value=settings.formula, label="Formula"
            )
            repeat_scene = gr.Checkbox(
                settings.repeat_scene,
                label="Repeat the scene in every region",
                info="As the published program does; it invites duplicated objects.",
            )
        with gr.Accordion("What the painter is told", open=settings.wording != "sentences" or bool(settings.opening)):
            wording = gr.Radio(
                [("Sentences", "sentences"), ("Tags first", "tags")],
                value=settings.wording,
                label="Wording",
                info="Checkpoints for drawings in the anime style mostly know tags.",
            )
            opening = gr.Textbox(
                settings.opening,
                label="Opening words",
                max_length=MAX_OPENING,
                info="Put before every description, such as score_9, score_8_up.",
            )
    with gr.Accordion("Writing", open=False):
        with gr.Row():
            temperature = gr.Slider(0, 2, sampling.temperature, step=0.01, label="Temperature", min_width=130)
            top_p = gr.Slider(0.01, 1, sampling.top_p, step=0.01, label="Top-p", min_width=130)
        max_new_tokens = gr.Slider(128, 8192, sampling.max_new_tokens, step=128, label="Most new tokens")
    return Controls(
        seed=seed,
        fresh_seed=fresh_seed,
        temperature=temperature,
        top_p=top_p,
        max_new_tokens=max_new_tokens,
        width=width,
        height=height,
        count=count,
        steps=steps,
        guidance_scale=guidance_scale,
        negative_prompt=negative_prompt,
        hires_scale=hires_scale,
        hires_steps=hires_steps,
        hires_denoise=hires_denoise,
        color_start=color_start,
        color_strength=color_strength,
        formula=formula,
        repeat_scene=repeat_scene,
        wording=wording,
        opening=opening,
    )


def read_sampling(values: Sequence[Any]) -> dict[str, Any]:
    """The values of `Controls.chat_inputs` as arguments of `Sampling`. Raises SettingsError for what is no number."""
    seed, fresh, temperature, top_p, max_new_tokens = values
    return {
        "seed": _seed(seed, fresh),
        "temperature": _number("temperature", temperature),
        "top_p": _number("top-p", top_p),
        "max_new_tokens": _whole("number of new tokens", max_new_tokens),
    }


def read_settings(values: Sequence[Any]) -> dict[str, Any]:
    """The values of `Controls.render_inputs` as arguments of `RenderSettings`. Raises SettingsError likewise."""
    (
        seed, fresh, width, height, count, steps, guidance, negative, hires_scale, hires_steps, hires_denoise,
        color_start, color_strength, formula, repeat_scene, wording, opening,
    ) = values  # fmt: skip
    return {
        "seed": _seed(seed, fresh),
        "width": _whole("width", width),
        "height": _whole("height", height),
        "count": _whole("number of pictures", count),
        "steps": _whole("number of steps", steps),
        "guidance_scale": _number("guidance scale", guidance),
        "negative_prompt": negative if isinstance(negative, str) else "",
        "hires_scale": _number("hires scale", hires_scale),
        "hires_steps": _whole("number of hires steps", hires_steps),
        "hires_denoise": _number("hires denoise", hires_denoise),
        "color_strength": _number("color strength", color_strength) if color_start else 0.0,
        "formula": formula,
        "repeat_scene": bool(repeat_scene),
        "wording": wording,
        "opening": opening if isinstance(opening, str) else "",
    }


def read_size(width: Any, height: Any) -> tuple[int, int]:
    """The two sliders' values as pixels. Raises SettingsError for what no picture can have."""
    settings = RenderSettings(width=_whole("width", width), height=_whole("height", height))
    return settings.width, settings.height


def _seed(seed: Any, fresh: Any) -> int:
    return random_seed() if fresh else _whole("seed", seed)


def _number(what: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingsError(f"The {what} must be a number: please fill it in.")
    return float(value)


def _whole(what: str, value: Any) -> int:
    number = _number(what, value)
    if number != int(number):
        raise SettingsError(f"The {what} must be a whole number, but it is {number:g}.")
    return int(number)
