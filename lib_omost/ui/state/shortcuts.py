"""Shortcuts that fill in several image settings at once: aspect ratios, qualities and styles. No gradio here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib_omost.errors import SettingsError
from lib_omost.render.settings import MAX_NEGATIVE_PROMPT, MAX_OPENING, RenderSettings

from .entries import bounded

ASPECTS: dict[str, tuple[int, int]] = {"1:1": (1, 1), "3:4": (3, 4), "4:3": (4, 3), "9:16": (9, 16), "16:9": (16, 9)}
"""Width to height by name."""
SMALL = 512 * 512
"""Below this number of pixels sizes are multiples of 8, from it on multiples of 64, as checkpoints are trained."""
SMALLEST, LARGEST = 64, 2048
"""The limits of width and height in pixels."""
QUALITIES: dict[str, float] = {"Fast": 0.6, "Normal": 1.0, "Best": 1.6}
"""How many of its usual steps an ordinary checkpoint takes."""
DISTILLED: dict[str, float] = {"Fast": 0.5, "Normal": 1.0, "Best": 1.5}
"""The same for checkpoints that were distilled to a few steps."""
MAX_STYLES = 50
MAX_STYLE_NAME = 40


def aspect_size(aspect: str, usual: RenderSettings) -> tuple[int, int] | None:
    """Width and height in pixels with the number of pixels of `usual`; None if there is no such aspect ratio."""
    if aspect not in ASPECTS:
        return None
    wide, high = ASPECTS[aspect]
    pixels = usual.width * usual.height
    unit = 8 if pixels < SMALL else 64
    width, height = (math.sqrt(pixels * ratio) for ratio in (wide / high, high / wide))
    return round(width / unit) * unit, round(height / unit) * unit


def rounded_size(pixels: int) -> int:
    """The nearest allowed width or height: a multiple of 8 from 64 to 2048."""
    return min(max(8 * math.floor(pixels / 8 + 0.5), SMALLEST), LARGEST)


def quality_settings(quality: str, usual: RenderSettings) -> dict[str, Any]:
    """The sampler and the steps for one of QUALITIES, given the `usual` settings of the checkpoint; empty for another
    name."""
    if quality not in QUALITIES:
        return {}
    share = (QUALITIES if usual.sampler == "dpm++" else DISTILLED)[quality]
    return {
        "sampler": usual.sampler,
        "steps": max(1, round(usual.steps * share)),
        "hires_steps": max(1, round(usual.hires_steps * share)),
    }


def quality_of(settings: Mapping[str, Any], usual: RenderSettings, shown: Any = None) -> str | None:
    """The name in QUALITIES whose sampler and steps these are, `shown` if it is one of several; None for others."""
    names = [
        name
        for name in QUALITIES
        if all(quality_settings(name, usual)[key] == settings[key] for key in ("sampler", "steps"))
    ]
    return shown if shown in names else next(iter(names), None)


@dataclass(frozen=True, slots=True)
class Style:
    """What a style adds to the settings of a checkpoint: words before every description, and a negative prompt."""

    name: str
    opening: str = ""
    negative: str = ""

    def settings(self, usual: RenderSettings) -> dict[str, str]:
        """The settings for this style, after the words that the checkpoint itself needs."""
        return {
            "opening": _joined(usual.opening, self.opening, MAX_OPENING),
            "negative_prompt": _joined(usual.negative_prompt, self.negative, MAX_NEGATIVE_PROMPT),
        }


STYLES = (
    Style("None"),
    Style("Photograph", "photograph, natural light, sharp focus", "drawing, painting, illustration, 3d render"),
    Style("Film still", "film still, cinematic light, shallow depth of field", "drawing, cartoon, flat light"),
    Style("Watercolour", "watercolour painting, soft washes, paper texture", "photograph, 3d render"),
    Style("Oil painting", "oil painting, visible brush strokes, rich colours", "photograph, 3d render"),
    Style("Ink drawing", "ink drawing, fine black lines, white paper", "photograph, colour, blurry"),
    Style("Anime", "anime illustration, clean lines, cel shading", "photograph, 3d render"),
    Style("Picture book", "picture book illustration, gentle colours, simple shapes", "photograph, harsh shadows"),
    Style("3D render", "3d render, soft studio light, smooth materials", "photograph, sketch"),
    Style("Pixel art", "pixel art, limited palette, crisp pixels", "photograph, blurry, smooth gradients"),
)


def read_styles(value: Any) -> list[Style]:
    """The user's own styles from the browser's storage, which is untrusted: invalid ones are left out."""
    found: dict[str, Style] = {}
    for item in value[:MAX_STYLES] if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            name, opening, negative = (bounded(item.get(key)).strip() for key in ("name", "opening", "negative"))
            if name := name[:MAX_STYLE_NAME]:
                found[name] = Style(name, opening[:MAX_OPENING], negative[:MAX_NEGATIVE_PROMPT])
    return list(found.values())


def styles_json(styles: list[Style]) -> list[dict[str, str]]:
    """The styles for the browser's storage."""
    return [{"name": style.name, "opening": style.opening, "negative": style.negative} for style in styles]


def saved_style(styles: list[Style], name: str, opening: str, negative: str, usual: RenderSettings) -> list[Style]:
    """`styles` with one of that name made from the present settings. Raises SettingsError for an empty name, for that
    of a built-in style, and if there are too many."""
    name = " ".join(name.split())[:MAX_STYLE_NAME]
    if not name:
        raise SettingsError("Give the style a name first.")
    if any(style.name == name for style in STYLES):
        raise SettingsError(f"{name} is a built-in style: choose another name.")
    others = [style for style in styles if style.name != name]
    if len(others) >= MAX_STYLES:
        raise SettingsError(f"There are {MAX_STYLES} styles already: delete one first.")
    own = Style(name, _without(opening, usual.opening), _without(negative, usual.negative_prompt))
    return [*others, own]


def _joined(first: str, second: str, most: int) -> str:
    return ", ".join(filter(None, (first, second)))[:most]


def _without(text: str, beginning: str) -> str:
    return text.removeprefix(beginning).strip(" ,") if beginning else text.strip()
