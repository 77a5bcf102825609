"""Scene: a background and sprites in rectangles of the canvas vocabulary, drawn with Pillow.

A scene is plain data (`Scene`), drawn by `draw` in any size and described by `training/captions.py`. Each sprite is
placed in the largest square in the middle of its rectangle, far ones first.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS, rect_of
from training.subjects import SUBJECTS, Subject

# A few dozen subjects from the examples and from most first prompts; they are drawn most often.
STARS = (
    "warrior", "ninja", "guard", "T-Rex", "sauropod", "bat", "dragon", "castle", "cat", "dog", "tree", "pine tree",
    "palm tree", "mountain", "snowy mountain", "comet", "volcano", "wizard", "princess", "rider", "horse", "unicorn",
    "robot", "astronaut", "house", "hut", "sun", "moon", "cloud", "thunderstorm", "lightning", "fire", "explosion",
    "rainbow", "ship", "sailboat", "rocket", "car", "owl", "lion", "crossed swords", "shield", "rock", "cactus",
    "elephant", "fish", "whale", "fox",
)  # fmt: skip
BACKGROUNDS = (
    "plain", "sky", "meadow", "sea", "night", "snow", "desert", "forest", "room", "volcanic", "storm", "sunset",
    "space", "city",
)  # fmt: skip
# Top colour, horizon colour, ground colour next to the horizon, ground colour at the bottom edge; horizon height.
_LAYERS: dict[str, tuple[str, str, str, str, float]] = {
    "sky": ("#4d9be8", "#cfe8fb", "#cfe8fb", "#eaf6fd", 0.85),
    "meadow": ("#69b4ee", "#d6eefb", "#8ccf5a", "#4e9a36", 0.55),
    "sea": ("#7cc3f2", "#e0f2fb", "#3f9fd0", "#14608f", 0.5),
    "night": ("#0a1030", "#26345f", "#1c2a3d", "#0c141f", 0.65),
    "snow": ("#a9cbe6", "#e6f1f8", "#f4f9fc", "#cddfec", 0.5),
    "desert": ("#8cc7ec", "#fbe6bd", "#ecc67d", "#c98f45", 0.55),
    "forest": ("#9cc9a0", "#5f9a68", "#4c7d3f", "#2d5527", 0.6),
    "room": ("#e9dcc5", "#dccbae", "#a9784c", "#855a36", 0.7),
    "volcanic": ("#2b1416", "#c2472a", "#4a2a26", "#1e1112", 0.6),
    "storm": ("#30373f", "#7f8b93", "#545c50", "#343a31", 0.6),
    "sunset": ("#4a3a7c", "#f9a45c", "#8a5a4e", "#4b3336", 0.6),
    "space": ("#05060f", "#131632", "#131632", "#090a1c", 0.9),
    "city": ("#a6bfd3", "#dbe5ec", "#8d9299", "#5b6067", 0.65),
}
_STARRY = ("night", "space")


@dataclass(frozen=True, slots=True)
class Placement:
    """A region: its place (in the phrases of the vocabulary) and its subjects.

    The first subject is drawn once, in `color` (a key of `TINTS`) or in its own colours. A second subject and a `count`
    above 1 appear only in the text: so small a painter draws one thing per region, whatever else the text mentions.
    """

    location: str
    offset: str
    area: str
    subjects: tuple[Subject, ...]
    count: int = 1
    color: str | None = None

    @property
    def rect(self) -> Rect:
        """The rectangle in grid cells."""
        return rect_of(self.location, self.offset, self.area)


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of background, a colour name (of the plain background, or else a light tint), and regions from far to
    near."""

    background: str
    color: str
    placements: tuple[Placement, ...]


TINTS = {
    "red": "red", "dark red": "darkred", "orange": "darkorange", "golden": "gold", "yellow": "yellow",
    "green": "limegreen", "light green": "lightgreen", "dark green": "darkgreen", "blue": "royalblue",
    "light blue": "lightskyblue", "dark blue": "darkblue", "turquoise": "turquoise", "purple": "purple",
    "violet": "violet", "pink": "hotpink", "brown": "saddlebrown", "black": "black", "white": "white",
    "gray": "gray", "silver": "silver",
}  # fmt: skip
"""Colour words of texts, and their names in the canvas vocabulary."""
_COLOR_WORDS = frozenset(word for name in TINTS for word in name.split())

_STAR_SET = frozenset(STARS)
WEIGHTS = tuple(4.0 if subject.name in _STAR_SET else 1.5 if subject.core else 1.0 for subject in SUBJECTS)
"""Relative frequency of each subject."""

_SKYWARD = ("on the top", "on the top-left", "on the top-right")
_GROUNDED = (
    "in the center",
    "on the left",
    "on the right",
    "on the bottom",
    "on the bottom-left",
    "on the bottom-right",
)


def sample_scene(rng: random.Random, *, regions: int | None = None, crowded: bool = False) -> Scene:
    """A random scene: 1 to 6 regions unless `regions` gives the number, all at different places.

    In a `crowded` one most regions are large and places are used twice, so that they overlap a lot.
    """
    background = rng.choice(BACKGROUNDS)
    color = rng.choice(tuple(COLORS))
    count = regions or rng.choices((1, 2, 3, 4, 5, 6), (10, 14, 18, 20, 20, 18))[0]
    placements: list[Placement] = []
    taken: set[str] = set()
    while len(placements) < count:
        first = rng.choices(SUBJECTS, WEIGHTS)[0]
        free = [name for name in LOCATIONS if name not in taken]
        fitting = [name for name in free if name in (_SKYWARD if first.kind == "sky" else _GROUNDED)]
        location = rng.choice(fitting if fitting and rng.random() < 0.5 else free)
        if not crowded:
            taken.add(location)
        offset = "no offset" if rng.random() < 0.4 else rng.choice(tuple(OFFSETS))
        area = rng.choice(tuple(AREAS) if (count > 1 and not crowded) or rng.random() < 0.3 else tuple(AREAS)[3:])
        placement = Placement(location, offset, area, (first,))
        chance = rng.random()
        if chance < 0.1:
            other = rng.choices(SUBJECTS, WEIGHTS)[0]
            if other.key != first.key:
                placement = replace(placement, subjects=(first, other))
        elif chance < 0.18:
            placement = replace(placement, count=rng.choice((2, 3)))
        if rng.random() < 0.2 and not _COLOR_WORDS & set(" ".join((first.name, *first.words)).lower().split()):
            placement = replace(placement, color=rng.choice(tuple(TINTS)))
        placements.append(placement)
    # Large things are mostly farther away, so that little is hidden.
    placements.sort(key=lambda place: -place.rect.area * rng.uniform(0.6, 1.4))
    return Scene(background, color, tuple(placements))


def draw(scene: Scene, sprites: Mapping[str, Image.Image], width: int = 256, height: int = 256) -> Image.Image:
    """The scene as an RGB picture of `width` x `height` pixels. `sprites` maps a subject's key to its RGBA picture."""
    picture = draw_background(scene.background, scene.color, width, height)
    for place in scene.placements:
        rect = place.rect
        left, top = rect.left * width / GRID, rect.top * height / GRID
        wide, high = rect.width * width / GRID, rect.height * height / GRID
        sprite = sprites[place.subjects[0].key]
        _paste(picture, tinted(sprite, place.color) if place.color else sprite, left, top, wide, high)
    return picture


def tinted(sprite: Image.Image, color: str) -> Image.Image:
    """The sprite tinted with a colour (a key of `TINTS`), which keeps its shading and a fifth of its colours."""
    array = np.asarray(sprite, dtype=np.float32)
    light = array[..., :3] @ np.array((0.299, 0.587, 0.114), dtype=np.float32) / 255
    wanted = np.array(COLORS[TINTS[color]], dtype=np.float32) * (0.45 + 0.75 * light)[..., None]
    mixed = np.clip(0.8 * wanted + 0.2 * array[..., :3], 0, 255)
    return Image.fromarray(np.dstack([mixed, array[..., 3]]).round().astype(np.uint8), "RGBA")


def _paste(picture: Image.Image, sprite: Image.Image, left: float, top: float, width: float, height: float) -> None:
    scale = 0.96 * min(width, height) / max(sprite.size)
    w, h = max(1, round(sprite.width * scale)), max(1, round(sprite.height * scale))
    x, y = round(left + (width - w) / 2), round(top + (height - h) / 2)
    small = sprite.resize((w, h), Image.Resampling.BICUBIC, reducing_gap=2.0)
    picture.paste(small, (x, y), small)


def _mix(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    return a + (b - a) * t[:, None]


def _hex(text: str) -> np.ndarray:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32)


@lru_cache(maxsize=512)
def _background(kind: str, color: str, width: int, height: int) -> Image.Image:
    tint = np.array(COLORS[color], dtype=np.float32)
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    if kind == "plain":
        rows = _mix(tint + (255 - tint) * 0.25, tint * 0.8, y)
    else:
        top, low, near, bottom, horizon = _LAYERS[kind]
        above = _mix(_hex(top), _hex(low), np.clip(y / horizon, 0, 1))
        below = _mix(_hex(near), _hex(bottom), np.clip((y - horizon) / (1 - horizon), 0, 1))
        rows = np.where((y < horizon)[:, None], above, below)
        rows = rows * 0.88 + tint * 0.12
    array = np.repeat(rows[:, None], width, axis=1)
    if kind in _STARRY:
        # The stars are always the same, so that they can be learned.
        stars = np.random.default_rng(1).random((36, 2)) * (1.0, 0.6 if kind == "night" else 1.0)
        for sx, sy in stars:
            px, py = int(sx * (width - 2)), int(sy * (height - 2))
            array[py : py + 2, px : px + 2] = (235, 235, 220)
    return Image.fromarray(np.clip(array, 0, 255).astype(np.uint8))


def draw_background(kind: str, color: str, width: int, height: int) -> Image.Image:
    """Only the background: one of `BACKGROUNDS`, tinted by a colour name."""
    return _background(kind, color, width, height).copy()
