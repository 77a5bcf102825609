"""Grounds: the backgrounds of scenes, drawn with numpy, for every time of day and size.

A setting is "<ground> <hour>", such as "meadow dusk". The atlas stores its colours without details; `details` adds what
the denoiser invents from the noise: clouds, blades of grass, ripples, pebbles.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

HOURS = ("day", "dusk", "night")
# Top colour, horizon colour, ground colour next to the horizon, ground colour at the bottom edge; horizon height;
# what stands at the horizon.
_LAYERS: dict[str, tuple[str, str, str, str, float, str]] = {
    "sky": ("#4d9be8", "#cfe8fb", "#cfe8fb", "#eaf6fd", 0.85, ""),
    "meadow": ("#69b4ee", "#d6eefb", "#8ccf5a", "#4e9a36", 0.55, "hills"),
    "sea": ("#7cc3f2", "#e0f2fb", "#3f9fd0", "#14608f", 0.5, ""),
    "beach": ("#7cc8f5", "#dff3fb", "#f3dfae", "#e0be7c", 0.58, "water"),
    "snow": ("#a9cbe6", "#e6f1f8", "#f4f9fc", "#cddfec", 0.5, "peaks"),
    "desert": ("#8cc7ec", "#fbe6bd", "#ecc67d", "#c98f45", 0.55, "dunes"),
    "forest": ("#bfe0b8", "#7fb382", "#5c8f48", "#35632b", 0.62, "trees"),
    "jungle": ("#a6d8a0", "#4f9a5c", "#3d7a3a", "#1f4d22", 0.66, "trees"),
    "mountains": ("#7db9ea", "#dcecf7", "#8fae6e", "#5d8048", 0.62, "peaks"),
    "garden": ("#8fcdf3", "#e6f5fb", "#86c95f", "#5aa33f", 0.5, "hedge"),
    "field": ("#79bdf0", "#e3f2f9", "#e2c865", "#b8963c", 0.52, "hills"),
    "room": ("#e9dcc5", "#dccbae", "#a9784c", "#855a36", 0.7, "wall"),
    "kitchen": ("#d9ece8", "#c8e0da", "#c9b79c", "#a8916f", 0.68, "wall"),
    "street": ("#9fc6e6", "#dbe8f0", "#9a9ea4", "#6a6e75", 0.62, "houses"),
    "city": ("#a6bfd3", "#dbe5ec", "#8d9299", "#5b6067", 0.65, "towers"),
    "volcanic": ("#3b2022", "#c2472a", "#4a2a26", "#1e1112", 0.6, "peaks"),
    "underwater": ("#3fb6d8", "#1b7fb0", "#1a6a92", "#0f3f5f", 0.8, "dunes"),
    "cave": ("#3a3433", "#5a4f4a", "#54483f", "#2c2622", 0.66, "rocks"),
    "battlefield": ("#8a8f95", "#c9c2b4", "#8b7a58", "#5f5039", 0.58, "hills"),
    "space": ("#05060f", "#131632", "#131632", "#090a1c", 0.9, ""),
}
GROUNDS = tuple(_LAYERS)
_TIMELESS = ("space", "underwater", "cave", "volcanic")
SETTINGS = tuple(f"{ground} {hour}" for ground in GROUNDS for hour in HOURS if hour == "day" or ground not in _TIMELESS)


def _hex(text: str) -> np.ndarray:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32) / 255


def _wave(x: np.ndarray, seed: int, rough: float) -> np.ndarray:
    """A skyline, 0 to 1, over x in 0..1."""
    rng = np.random.default_rng(seed)
    made = np.zeros_like(x)
    for octave in range(1, 6):
        made += rng.uniform(0.5, 1) * rough ** (octave - 1) * np.sin(2 * np.pi * (octave * x * 1.3 + rng.random()))
    return (made - made.min()) / (made.max() - made.min())


def _steps(x: np.ndarray, seed: int, many: int) -> np.ndarray:
    """A line of roofs, 0 to 1, over x in 0..1."""
    heights = np.random.default_rng(seed).random(many)
    return heights[np.clip((x * many).astype(int), 0, many - 1)]


@lru_cache(maxsize=256)
def _ground(setting: str, width: int, height: int) -> np.ndarray:
    kind, hour = setting.split(" ")
    top, low, near, bottom, horizon, behind = _LAYERS[kind]
    fine = 3  # supersampling, for smooth edges
    y = ((np.arange(fine * height, dtype=np.float32) + 0.5) / (fine * height))[:, None]
    x = (np.arange(fine * width, dtype=np.float32) + 0.5) / (fine * width)
    colors = [_hex(c) for c in (top, low, near, bottom)]

    def mix(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
        return a + (b - a) * np.clip(t, 0, 1)[..., None]

    picture = np.broadcast_to(mix(colors[0], colors[1], y / horizon), (fine * height, fine * width, 3)).copy()

    def stand(line: np.ndarray, color: np.ndarray) -> None:
        picture[(y > line[None]) & (y < horizon + 0.02)] = color

    far = 0.55 * colors[1] + 0.45 * colors[2] * 0.8
    if behind == "hills":
        stand(horizon - 0.10 * _wave(x, 3, 0.4), 0.75 * far + 0.25 * colors[2])
        stand(horizon - 0.05 * _wave(x, 4, 0.4), 0.4 * far + 0.6 * colors[2] * 0.92)
    elif behind == "peaks":
        ridge = np.abs(((x * 2.5) % 1.0) * 2 - 1)
        stand(horizon - 0.30 * ridge * (0.6 + 0.4 * _wave(x, 5, 0.6)), 0.6 * colors[1] + 0.4 * colors[3])
        stand(horizon - 0.12 * _wave(x, 6, 0.6), 0.4 * colors[1] + 0.6 * colors[3])
    elif behind == "dunes":
        stand(horizon - 0.07 * _wave(x, 7, 0.3), 0.5 * colors[1] + 0.5 * colors[2])
    elif behind == "trees":
        stand(horizon - 0.42 - 0.10 * _wave(4 * x % 1.0, 8, 0.7), 0.62 * colors[1] + 0.38 * colors[3])
        stand(horizon - 0.20 - 0.12 * _wave(3 * x % 1.0, 9, 0.7), 0.3 * colors[1] + 0.7 * colors[3])
        for trunk in np.random.default_rng(2).random(7):
            wide = 0.012
            inside = (np.abs(x - trunk) < wide)[None] & (y < horizon + 0.03) & (y > 0.05)
            picture[np.broadcast_to(inside, picture.shape[:2])] = _hex("#4a3626")
    elif behind == "hedge":
        stand(horizon - 0.13 - 0.03 * _wave(5 * x % 1.0, 10, 0.7), colors[3] * 0.8)
    elif behind == "houses":
        stand(horizon - 0.18 - 0.22 * _steps(x, 11, 7), _hex("#b98f6f"))
        stand(horizon - 0.08 - 0.16 * _steps(x, 12, 11), _hex("#8f6b57"))
    elif behind == "towers":
        stand(horizon - 0.20 - 0.35 * _steps(x, 13, 12), 0.7 * colors[1] + 0.3 * colors[3])
        stand(horizon - 0.08 - 0.25 * _steps(x, 14, 9), 0.4 * colors[1] + 0.6 * colors[3])
    elif behind == "rocks":
        stand(horizon - 0.30 * _wave(x, 15, 0.7), 0.5 * colors[1] + 0.5 * colors[3])
        roof = 0.08 + 0.14 * _wave(x, 16, 0.7)
        picture[y < roof[None]] = colors[3]
    elif behind == "water":
        picture[np.broadcast_to((y > horizon - 0.14) & (y < horizon + 0.02), picture.shape[:2])] = _hex("#3f9fd0")
    elif behind == "wall":
        frame = (y > horizon - 0.025) & (y < horizon)
        picture[np.broadcast_to(frame, picture.shape[:2])] = colors[3] * 0.9
    below = np.broadcast_to(y >= horizon, picture.shape[:2])
    lower = np.broadcast_to(mix(colors[2], colors[3], (y - horizon) / (1 - horizon)), picture.shape)
    picture[below] = lower[below]
    if hour == "dusk":
        glow = np.exp(-(((y - horizon) / 0.35) ** 2))[..., None]
        picture = picture * np.array([0.78, 0.62, 0.68]) + glow * np.array([0.30, 0.14, 0.0])
        picture += np.clip(1 - y / horizon, 0, 1)[..., None] * np.array([0.0, -0.03, 0.10])
    elif hour == "night":
        gray = picture.mean(axis=2, keepdims=True)
        picture = (0.5 * picture + 0.5 * gray) * np.array([0.20, 0.24, 0.40]) + np.array([0.02, 0.03, 0.08])
    small = picture.reshape(height, fine, width, fine, 3).mean(axis=(1, 3))
    return np.clip(small * 255, 0, 255).round().astype(np.uint8)


def draw_ground(setting: str, width: int, height: int) -> Image.Image:
    """The colours of a setting, without details."""
    return Image.fromarray(_ground(setting, width, height))


def horizon(setting: str) -> float:
    """The height of the horizon, as a share of the picture's height."""
    return _LAYERS[setting.split(" ")[0]][4]


def details(picture: np.ndarray, setting: str, rng: np.random.Generator) -> np.ndarray:
    """A picture, float [h, w, 3] in 0..1, with random details added."""
    kind, hour = setting.split(" ")
    height, width = picture.shape[:2]
    line = int(horizon(setting) * height)
    unit = max(1.0, width / 256)
    made = picture.copy()

    def dots(count: int, top: int, bottom: int, color: tuple[float, float, float], tall: float, wide: float) -> None:
        for _ in range(count):
            y, x = rng.integers(top, max(top + 1, bottom)), rng.integers(0, width)
            h, w = max(1, round(tall * unit * rng.uniform(0.6, 1.4))), max(1, round(wide * unit))
            part = made[y : y + h, x : x + w]
            part += (np.array(color) - part) * rng.uniform(0.3, 1.0)

    if hour != "night" and kind in ("sky", "meadow", "sea", "beach", "field", "garden", "mountains", "desert"):
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        for _ in range(rng.integers(0, 4)):
            cy, cx, r = rng.uniform(0.05, 0.32) * height, rng.uniform(0, 1) * width, rng.uniform(0.04, 0.09) * width
            cloud = np.zeros((height, width), dtype=np.float32)
            for _ in range(4):
                dy, dx = rng.uniform(-0.25, 0.15) * r, rng.uniform(-1.4, 1.4) * r
                cloud = np.maximum(cloud, 1 - np.hypot((ys - cy - dy) * 1.5, xs - cx - dx) / (r * rng.uniform(0.5, 1)))
            share = np.clip(cloud * 3, 0, 1)[..., None] * 0.75
            made += (np.minimum(1.0, picture[:1].mean(axis=(0, 1)) * 0.3 + 0.72) - made) * share
    shade = made[line:].mean(axis=(0, 1)) if line < height else made.mean(axis=(0, 1))
    if kind in ("meadow", "garden", "field", "forest", "jungle"):
        dots(30, line, height, tuple(shade * 0.8), 5, 1.5)
        dots(20, line, height, tuple(np.minimum(1, shade * 1.15)), 5, 1.5)
    if kind in ("sea", "underwater"):
        dots(30, line, height, tuple(np.minimum(1, shade * 1.2 + 0.03)), 1.5, 14)
    if kind in ("desert", "beach", "snow", "street", "city", "battlefield", "cave", "volcanic", "mountains"):
        dots(25, line, height, tuple(shade * 0.9), 2, 4)
    return np.clip(made, 0, 1)
