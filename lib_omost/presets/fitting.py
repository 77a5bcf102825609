"""The settings of a render as one painter can follow them. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..render.settings import MAX_SIZE, RenderSettings
from .painters import PainterPreset

_NAMES = {
    "sampler": "sampler",
    "formula": "region formula",
    "guidance_scale": "guidance",
    "negative_prompt": "negative prompt",
    "clip_skip": "clip skip",
    "guidance_rescale": "guidance rescale",
}
"""Settings of which a painter may have no choice, as named to the user."""
_OF_A_KIND = ("sampler", "formula", "steps", "guidance_scale", "negative_prompt", "hires_steps", "hires_denoise")
"""Settings that mean nothing to another kind of image model."""


def completed(preset: PainterPreset, given: Mapping[str, Any]) -> RenderSettings:
    """The settings of a render from those that a page has: what it has no control for is that of the preset, and so is
    what the painter has no choice of, whose control is hidden. Raises SettingsError for an invalid value."""
    wanted = replace(preset.settings, **given)
    own = {name: getattr(preset.settings, name) for name in preset.lacking}
    return fitted(preset, replace(wanted, **own))[0]


def fitted(preset: PainterPreset, settings: RenderSettings) -> tuple[RenderSettings, tuple[str, ...]]:
    """`settings` with what the painter needs in place of what it cannot follow, and a sentence for the user about each
    change: settings for another kind of image model, settings of which it has no choice, and the size."""
    notices = []
    usual = preset.settings
    if (settings.sampler == "flow") != (usual.sampler == "flow"):
        settings = replace(settings, **{name: getattr(usual, name) for name in _OF_A_KIND})
        notices.append(
            "These settings are for another kind of image model: sampler, steps and guidance are those of "
            f"{preset.title}."
        )
    own = {name: getattr(usual, name) for name in sorted(preset.lacking)}
    if foreign := [name for name, value in own.items() if getattr(settings, name) != value]:
        settings = replace(settings, **own)
        notices.append(f"{preset.title} has no choice of {' and '.join(_NAMES[name] for name in foreign)}.")
    unit = preset.family.unit
    width, height = (min(max(unit, round(side / unit) * unit), MAX_SIZE) for side in (settings.width, settings.height))
    if (width, height) != (settings.width, settings.height):
        notices.append(
            f"{preset.title} paints multiples of {unit} pixels: {width} x {height}, not {settings.width} x "
            f"{settings.height}."
        )
        settings = replace(settings, width=width, height=height)
    return settings, tuple(notices)
