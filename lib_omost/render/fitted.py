"""The settings of a render as the flow-matching families can follow them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lib_omost.render.settings import MAX_SIZE, RenderSettings

_OWN: dict[str, tuple[str, Any]] = {
    "clip_skip": ("clip skip", 0),
    "guidance_rescale": ("guidance rescale", 0.0),
    "sampler": ("choice of a sampler", "flow"),
    "formula": ("choice of a region formula", "layered"),
}
"""What the model has no choice of: as named to the user, and the value that stands for its own way."""


def fitted_settings(settings: RenderSettings, name: str, unit: int) -> tuple[RenderSettings, tuple[str, ...]]:
    """`settings` with this family's own values for what it has no choice of, and with a size in multiples of `unit`
    pixels, together with a sentence for the user about each kind of change. name: of the painter."""
    notices = []
    lacking = {field: own for field, (_, own) in _OWN.items() if getattr(settings, field) != own}
    if lacking:
        words = [_OWN[field][0] for field in lacking]
        listed = " and no ".join([", no ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
        notices.append(f"{name} has no {listed}: its own way is used.")
    width, height = (min(max(unit, round(side / unit) * unit), MAX_SIZE) for side in (settings.width, settings.height))
    if (width, height) != (settings.width, settings.height):
        notices.append(
            f"{name} paints multiples of {unit} pixels: {width} x {height} instead of {settings.width} x "
            f"{settings.height}."
        )
    return replace(settings, **lacking, width=width, height=height), tuple(notices)
