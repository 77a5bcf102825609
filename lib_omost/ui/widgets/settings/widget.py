"""The controls for settings: inputs created from the presets, grouped by subject."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import gradio as gr
from gradio.components import Component

from lib_omost.llm.base import Sampling
from lib_omost.render.settings import FORMULAS, MAX_OPENING, MAX_SEED, SAMPLERS, RenderSettings

from ...state.shortcuts import LARGEST, SMALLEST
from .controls import HIDEABLE, Controls
from .shortcuts import Shortcuts, make_aspect, make_quality, make_style, make_style_tools

SAMPLER_TITLES = {
    "dpm++": "DPM++ 2M, for ordinary checkpoints",
    "lcm": "LCM",
    "flow": "Flow matching (FLUX.2)",
    "lightning": "Lightning",
    "hyper": "Hyper-SD",
    "turbo": "Turbo",
}
FORMULA_TITLES = {
    "omost": "As published: overlapping regions share their pixels",
    "layered": "Layered by distance: nearer regions cover farther ones",
    "omost-layered": "As published, with nearer regions covering farther ones",
}


def make_controls(
    sampling: Sampling, settings: RenderSettings, lacking: Collection[str] = ()
) -> tuple[Controls, Shortcuts]:
    """The inputs with the values of the presets, grouped by subject; to be called inside a layout. lacking: the names
    of settings that the painter has no choice of, whose inputs are hidden."""
    size, chips = _size_and_seed(sampling, settings)
    painting, tools = _painting(settings)
    for name in HIDEABLE & set(lacking):
        painting[name].visible = False
    return Controls(**size, **painting, **_writing(sampling)), Shortcuts(**chips, **tools)


def _size_and_seed(sampling: Sampling, settings: RenderSettings) -> tuple[dict[str, Component], dict[str, Any]]:
    with gr.Group():
        aspect = make_aspect()
        with gr.Row():
            width = gr.Slider(SMALLEST, LARGEST, settings.width, step=8, label="Width", min_width=110)
            height = gr.Slider(SMALLEST, LARGEST, settings.height, step=8, label="Height", min_width=110)
        quality = make_quality()
        style = make_style()
        with gr.Row():
            count = gr.Slider(1, 12, settings.count, step=1, label="Pictures", min_width=110)
            seed = gr.Number(sampling.seed, label="Seed", precision=0, minimum=0, maximum=MAX_SEED, min_width=100)
        fresh_seed = gr.Checkbox(True, label="Random seed", info="A new one for every reply and every render.")
    size: dict[str, Component] = {
        "width": width,
        "height": height,
        "count": count,
        "seed": seed,
        "fresh_seed": fresh_seed,
    }
    return size, {"aspect": aspect, "quality": quality, **style}


def _painting(settings: RenderSettings) -> tuple[dict[str, Component], dict[str, Any]]:
    with gr.Accordion("Image settings", open=False):
        sampler = gr.Dropdown(
            [(SAMPLER_TITLES[name], name) for name in SAMPLERS],
            value=settings.sampler,
            label="Sampler",
            filterable=False,
        )
        with gr.Row():
            steps = gr.Slider(1, 100, settings.steps, step=1, label="Steps", min_width=110)
            guidance_scale = gr.Slider(1, 30, settings.guidance_scale, step=0.1, label="Guidance", min_width=110)
        negative_prompt = gr.Textbox(settings.negative_prompt, label="Negative prompt", lines=2, max_lines=4)
        color_start = gr.Checkbox(
            settings.color_strength > 0, label="Start from the colours of the layout", info="Otherwise from pure noise."
        )
        color_strength = gr.Slider(0.05, 0.95, settings.color_strength or 0.2, step=0.05, label="Colour strength")
        hires, regions = _hires(settings), _regions(settings)
        words, tools = _words(settings)
    painting: dict[str, Component] = {
        "steps": steps,
        "sampler": sampler,
        "guidance_scale": guidance_scale,
        "negative_prompt": negative_prompt,
        "color_start": color_start,
        "color_strength": color_strength,
        **hires,
        **regions,
        **words,
    }
    return painting, tools


def _hires(settings: RenderSettings) -> dict[str, Component]:
    with gr.Accordion("High-resolution pass", open=settings.hires_scale > 1):
        scale = gr.Slider(1, 2, settings.hires_scale, step=0.05, label="Scale", info="At 1 there is no second pass.")
        with gr.Row():
            steps = gr.Slider(1, 100, settings.hires_steps, step=1, label="Steps", min_width=130)
            denoise = gr.Slider(0.05, 1, settings.hires_denoise, step=0.05, label="Denoise", min_width=130)
    return {"hires_scale": scale, "hires_steps": steps, "hires_denoise": denoise}


def _regions(settings: RenderSettings) -> dict[str, Component]:
    with gr.Accordion("Region blending", open=False):
        formula = gr.Radio([(FORMULA_TITLES[name], name) for name in FORMULAS], value=settings.formula, label="Regions")
        repeat_scene = gr.Checkbox(
            settings.repeat_scene,
            label="Repeat the scene in every region",
            info="As the published program does; it invites duplicated objects.",
        )
    return {"formula": formula, "repeat_scene": repeat_scene}


def _words(settings: RenderSettings) -> tuple[dict[str, Component], dict[str, Any]]:
    with gr.Accordion("Prompt style", open=settings.wording != "sentences" or bool(settings.opening)):
        wording = gr.Radio(
            [("Sentences", "sentences"), ("Tags first", "tags")],
            value=settings.wording,
            label="Wording",
            info="Checkpoints for drawings in the anime style mostly know tags.",
        )
        opening = gr.Textbox(
            settings.opening,
            label="Prompt prefix",
            max_length=MAX_OPENING,
            info="Put before every description, such as score_9, score_8_up.",
        )
        tools = make_style_tools()
    words: dict[str, Component] = {"wording": wording, "opening": opening}
    return words, tools


def _writing(sampling: Sampling) -> dict[str, Component]:
    with gr.Accordion("Layout settings", open=False):
        with gr.Row():
            temperature = gr.Slider(0, 2, sampling.temperature, step=0.01, label="Temperature", min_width=130)
            top_p = gr.Slider(0.01, 1, sampling.top_p, step=0.01, label="Top-p", min_width=130)
        max_new_tokens = gr.Slider(128, 8192, sampling.max_new_tokens, step=128, label="Max reply length")
    return {"temperature": temperature, "top_p": top_p, "max_new_tokens": max_new_tokens}
