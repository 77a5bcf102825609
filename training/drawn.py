"""Drawn: sprites of our own for common things that the art does not have, as plain shapes that are shaded like it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 256
_FINE = 3  # drawn so many times larger
_LIGHT = (-0.5, -0.85)
Points = Sequence[tuple[float, float]]

WOOD, DARK_WOOD, PALE_WOOD = "#b5743c", "#8a5229", "#d29a5e"
STONE, DARK_STONE, STEEL = "#a9a8b0", "#7d7c88", "#8b95a3"
RED, WHITE, GOLD, GREEN, BLUE = "#e2453c", "#f1eff4", "#f3b53a", "#58b24a", "#4a8fe0"
YELLOW, NIGHT, ICE, SAND = "#f6c844", "#3b3350", "#cfe6f6", "#e5bd72"


class Sprite:
    """A transparent square on which shapes are laid one over another. Coordinates are pixels of `SIDE`."""

    def __init__(self) -> None:
        self._size = SIDE * _FINE
        self._image = Image.new("RGBA", (self._size, self._size))

    def shape(self, draw: Callable[[ImageDraw.ImageDraw, Callable[[Points], list[float]]], None], color: str) -> None:
        """Lay a shape, which `draw` draws in white, in a colour, lit from the upper left as if it were rounded."""
        whole = Image.new("L", (self._size, self._size))
        draw(ImageDraw.Draw(whole), lambda points: [value * _FINE for point in points for value in point])
        left, top, right, bottom = whole.getbbox() or (0, 0, 1, 1)
        edge = 15 * _FINE
        box = max(0, left - edge), max(0, top - edge), min(self._size, right + edge), min(self._size, bottom + edge)
        mask = whole.crop(box)
        cover = np.asarray(mask, dtype=np.float32) / 255
        soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(5 * _FINE)), dtype=np.float32) / 255
        down, across = np.gradient(soft)
        lit = (across * -_LIGHT[0] + down * -_LIGHT[1]) * 7 * _FINE
        height = np.linspace(1.06, 0.9, self._size, dtype=np.float32)[box[1] : box[3], None]
        shade = height + 0.45 * np.clip(lit, -0.8, 0.55)
        rgb = np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)], dtype=np.float32)
        pixels = np.clip(rgb * shade[..., None] + 40 * np.clip(lit, 0, 1)[..., None], 0, 255)
        layer = np.dstack([pixels, cover * 255]).astype(np.uint8)
        self._image.alpha_composite(Image.fromarray(layer), box[:2])

    def box(self, left: float, top: float, right: float, bottom: float, color: str, round_: float = 6) -> None:
        """A rectangle with round corners."""
        self.shape(
            lambda pen, at: pen.rounded_rectangle(at([(left, top), (right, bottom)]), round_ * _FINE, fill=255), color
        )

    def disc(self, left: float, top: float, right: float, bottom: float, color: str) -> None:
        """An ellipse."""
        self.shape(lambda pen, at: pen.ellipse(at([(left, top), (right, bottom)]), fill=255), color)

    def dome(self, left: float, top: float, right: float, bottom: float, color: str) -> None:
        """The upper half of an ellipse, down to `bottom`."""
        self.shape(
            lambda pen, at: pen.pieslice(at([(left, top), (right, 2 * bottom - top)]), 180, 360, fill=255), color
        )

    def form(self, points: Points, color: str) -> None:
        """A polygon."""
        self.shape(lambda pen, at: pen.polygon(at(points), fill=255), color)

    def bar(self, points: Points, width: float, color: str) -> None:
        """A bent bar with round ends."""

        def draw(pen: ImageDraw.ImageDraw, at: Callable[[Points], list[float]]) -> None:
            pen.line(at(points), fill=255, width=round(width * _FINE), joint="curve")
            for x, y in (points[0], points[-1]):
                half = width / 2
                pen.ellipse(at([(x - half, y - half), (x + half, y + half)]), fill=255)

        self.shape(draw, color)

    def image(self) -> Image.Image:
        """RGBA of `SIDE` pixels."""
        return self._image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _table(s: Sprite) -> None:
    for x in (62, 182):
        s.box(x, 120, x + 14, 190, DARK_WOOD)
    for x in (24, 216):
        s.box(x, 118, x + 18, 226, WOOD)
    s.box(24, 112, 234, 138, DARK_WOOD)
    s.form([(50, 82), (206, 82), (246, 116), (10, 116)], PALE_WOOD)
    s.box(10, 112, 246, 126, WOOD)


def _bench(s: Sprite) -> None:
    for x in (36, 206):
        s.box(x, 70, x + 14, 150, STEEL)
        s.box(x - 8, 146, x + 8, 214, STEEL)
        s.box(x + 8, 146, x + 22, 200, STEEL)
    for y in (66, 96):
        s.box(16, y, 240, y + 24, WOOD)
    s.form([(24, 132), (232, 132), (246, 158), (10, 158)], PALE_WOOD)
    s.box(10, 154, 246, 170, WOOD)


def _fence(s: Sprite) -> None:
    for y in (104, 172):
        s.box(4, y, 252, y + 20, DARK_WOOD)
    for x in range(14, 240, 48):
        s.form([(x, 84), (x + 18, 56), (x + 36, 84), (x + 36, 222), (x, 222)], PALE_WOOD)


def _wall(s: Sprite) -> None:
    s.box(6, 62, 250, 214, "#d8c3b4", 8)
    for row, y in enumerate(range(66, 206, 29)):
        edges = [8, 68, 128, 188, 248] if row % 2 else [8, 38, 98, 158, 218, 248]
        for left, right in pairwise(edges):
            s.box(left + 2, y, right - 2, y + 25, "#c2573f", 5)


def _bookshelf(s: Sprite) -> None:
    s.box(34, 14, 222, 244, DARK_WOOD, 10)
    colors = (RED, BLUE, GREEN, GOLD, "#8d5bd0", WHITE)
    for row, y in enumerate((26, 98, 170)):
        s.box(46, y, 210, y + 62, "#5b3418", 4)
        x = 50
        for place in range(7):
            wide = (20, 26, 18, 22)[(place + row) % 4]
            if x + wide < 206:
                s.box(x, y + 8 + 5 * ((place + row) % 3), x + wide, y + 62, colors[(2 * row + place) % 6], 4)
            x += wide + 3
    for y in (88, 160, 232):
        s.box(40, y, 216, y + 10, WOOD, 4)


def _lighthouse(s: Sprite) -> None:
    s.form([(110, 46), (4, 20), (4, 84)], "#fff0a8")
    s.dome(52, 206, 204, 244, DARK_STONE)
    sides = [(92 - 26 * (y - 84) / 140, 164 + 26 * (y - 84) / 140) for y in (84, 112, 140, 168, 196, 224)]
    for number, (upper, lower) in enumerate(pairwise(sides)):
        y = 84 + 28 * number
        points = [(upper[0], y), (upper[1], y), (lower[1], y + 29), (lower[0], y + 29)]
        s.form(points, WHITE if number % 2 else RED)
    s.box(118, 188, 138, 226, NIGHT, 9)
    s.box(80, 76, 176, 90, DARK_STONE)
    s.box(100, 42, 156, 78, YELLOW)
    for x in (100, 125, 150):
        s.box(x, 42, x + 7, 78, NIGHT, 2)
    s.dome(92, 10, 164, 44, RED)


def _windmill(s: Sprite) -> None:
    s.form([(98, 96), (158, 96), (182, 244), (74, 244)], WHITE)
    s.dome(90, 60, 166, 100, RED)
    s.box(114, 200, 142, 244, DARK_WOOD, 12)
    s.box(118, 142, 138, 166, BLUE, 8)
    for turn in range(4):
        angle = math.radians(45 + 90 * turn)
        x, y = math.cos(angle), math.sin(angle)
        s.bar([(128, 92), (128 + 84 * x, 92 + 84 * y)], 7, DARK_WOOD)
        side = [(24, 4), (84, 4), (84, 28), (24, 28)]
        s.form([(128 + a * x - b * y, 92 + a * y + b * x) for a, b in side], PALE_WOOD)
    s.disc(116, 80, 140, 104, GOLD)


def _pyramid(s: Sprite) -> None:
    s.form([(116, 34), (168, 212), (10, 212)], SAND)
    s.form([(116, 34), (246, 196), (168, 212)], "#b98d47")
    for y in range(64, 212, 30):
        share = (y - 34) / 178
        s.bar([(116 - 106 * share + 4, y), (116 + 52 * share - 3, y)], 3, "#cfa55a")


def _barrel(s: Sprite) -> None:
    sides = [(62, 40), (48, 84), (44, 128), (48, 172), (62, 220)]
    s.form([*sides, *[(256 - x, y) for x, y in reversed(sides)]], WOOD)
    for x in (82, 112, 142, 172):
        s.bar([(x, 44), (128 + (x - 128) * 1.2, 128), (x, 216)], 3, DARK_WOOD)
    for y, half in ((76, 82), (172, 82)):
        s.box(128 - half, y, 128 + half, y + 18, STEEL)
    s.disc(62, 26, 194, 56, PALE_WOOD)


def _cage(s: Sprite) -> None:
    s.box(42, 212, 214, 236, GOLD, 9)
    for x in range(56, 202, 24):
        s.bar([(x, 216), (x, 112), (128 + (x - 128) * 0.55, 66), (128, 44)], 6, GOLD)
    s.box(46, 126, 210, 136, GOLD, 4)
    s.disc(112, 12, 144, 44, GOLD)


def _lamp(s: Sprite) -> None:
    s.disc(78, 218, 178, 246, DARK_WOOD)
    s.box(122, 110, 134, 234, GOLD)
    s.form([(88, 20), (168, 20), (206, 118), (50, 118)], "#fbe3a3")


def _street_lamp(s: Sprite) -> None:
    s.box(98, 222, 158, 248, NIGHT)
    s.box(121, 84, 135, 230, NIGHT)
    s.box(108, 90, 148, 100, NIGHT, 4)
    s.form([(96, 40), (160, 40), (146, 92), (110, 92)], "#fff0a0")
    s.form([(128, 8), (168, 42), (88, 42)], NIGHT)


def _cart(s: Sprite) -> None:
    s.bar([(196, 120), (250, 88)], 10, DARK_WOOD)
    for y in (92, 116, 140):
        s.box(18, y, 210, y + 22, WOOD)
    for x in (22, 110, 192):
        s.box(x, 84, x + 14, 168, DARK_WOOD)
    s.disc(64, 138, 164, 238, DARK_WOOD)
    s.disc(76, 150, 152, 226, PALE_WOOD)
    for turn in range(4):
        x, y = 40 * math.cos(math.pi * turn / 4), 40 * math.sin(math.pi * turn / 4)
        s.bar([(114 - x, 188 - y), (114 + x, 188 + y)], 7, DARK_WOOD)
    s.disc(104, 178, 124, 198, GOLD)


def _throne(s: Sprite) -> None:
    s.form([(76, 56), (100, 24), (128, 8), (156, 24), (180, 56), (180, 170), (76, 170)], GOLD)
    s.box(90, 58, 166, 164, RED, 16)
    s.disc(116, 26, 140, 50, RED)
    for x in (56, 178):
        s.box(x, 118, x + 22, 236, GOLD)
        s.disc(x - 4, 104, x + 26, 134, GOLD)
    s.box(70, 156, 186, 186, RED, 10)
    s.box(70, 182, 186, 204, GOLD)


def _stairs(s: Sprite) -> None:
    for step in range(6):
        x, y = 14 + 38 * step, 208 - 34 * step
        s.box(x, y, 246, 242, STONE if step % 2 else "#b9b8c0", 4)
        s.box(x - 4, y - 4, min(x + 46, 248), y + 8, WHITE, 3)


def _chest(s: Sprite) -> None:
    s.dome(26, 48, 230, 128, WOOD)
    s.box(42, 100, 214, 140, GOLD, 14)
    for x in (58, 92, 126, 160, 190):
        s.disc(x - 18, 92, x + 18, 128, GOLD)
    s.box(26, 124, 230, 220, DARK_WOOD, 10)
    for x in (34, 198):
        s.box(x, 124, x + 22, 220, GOLD, 4)
    s.box(26, 124, 230, 140, GOLD, 5)
    s.box(112, 126, 144, 168, STEEL, 7)
    s.disc(122, 138, 134, 150, NIGHT)


def _well(s: Sprite) -> None:
    for x in (60, 182):
        s.box(x, 76, x + 14, 160, DARK_WOOD)
    s.form([(128, 14), (226, 84), (30, 84)], RED)
    s.bar([(66, 108), (190, 108)], 8, WOOD)
    s.bar([(128, 108), (128, 146)], 3, PALE_WOOD)
    s.box(114, 136, 142, 162, WOOD)
    s.box(44, 150, 212, 240, DARK_STONE, 14)
    for row, y in enumerate((156, 184, 212)):
        for x in range(50 - 20 * (row % 2), 206, 40):
            left, right = max(48, x), min(208, x + 36)
            if right - left > 8:
                s.box(left, y, right, y + 24, STONE, 7)


def _rug(s: Sprite) -> None:
    for x in range(32, 232, 16):
        s.bar([(x - 12, 186), (x - 18, 204)], 5, "#f3dba0")
    s.form([(52, 92), (204, 92), (246, 188), (10, 188)], "#b23a48")
    s.form([(66, 102), (190, 102), (224, 178), (32, 178)], "#f0c15c")
    s.form([(74, 108), (182, 108), (210, 172), (46, 172)], "#c24a57")
    s.disc(92, 120, 164, 160, "#35658f")


def _hill(s: Sprite) -> None:
    s.dome(4, 84, 252, 232, GREEN)
    for x, y in ((70, 150), (150, 126), (190, 186), (110, 196)):
        s.bar([(x - 7, y - 9), (x, y), (x + 7, y - 9)], 4, "#7fce66")


def _submarine(s: Sprite) -> None:
    s.bar([(142, 78), (142, 34), (170, 34)], 10, STEEL)
    s.box(108, 64, 170, 120, YELLOW, 14)
    s.form([(16, 108), (44, 140), (16, 172)], "#d9862c")
    s.disc(24, 92, 246, 192, YELLOW)
    s.form([(112, 180), (160, 180), (146, 208), (98, 208)], "#d9862c")
    for x in (90, 136, 182):
        s.disc(x - 18, 122, x + 18, 158, STEEL)
        s.disc(x - 11, 129, x + 11, 151, "#9fd8ff")


def _igloo(s: Sprite) -> None:
    s.dome(10, 66, 226, 216, ICE)
    for y, half in ((110, 84), (148, 100), (184, 107)):
        s.bar([(118 - half, y), (118 + half, y)], 3, "#9cc3e0")
    for x, top, bottom in (
        (80, 110, 148),
        (150, 112, 148),
        (52, 148, 184),
        (116, 148, 184),
        (84, 184, 214),
        (118, 70, 110),
    ):
        s.bar([(x, top), (x, bottom)], 3, "#9cc3e0")
    s.dome(134, 134, 242, 218, "#e6f3fb")
    s.dome(154, 152, 224, 218, "#41618c")


def _stall(s: Sprite) -> None:
    for x in (30, 212):
        s.box(x, 70, x + 14, 240, DARK_WOOD)
    s.box(18, 150, 238, 172, PALE_WOOD)
    s.box(28, 168, 228, 236, WOOD)
    for place, x in enumerate(range(44, 210, 28)):
        s.disc(x, 126, x + 28, 154, (RED, GREEN, GOLD)[place % 3])
    for place in range(6):
        x, color = 10 + 39.5 * place, WHITE if place % 2 else RED
        top = 30 + (x - 10) * 0.83
        s.disc(x, 64, x + 39, 104, color)
        s.form([(top, 24), (top + 33, 24), (x + 39, 84), (x, 84)], color)


def _swing(s: Sprite) -> None:
    for foot in (14, 186):
        s.bar([(foot + 28, 24), (foot, 240)], 12, RED)
        s.bar([(foot + 28, 24), (foot + 56, 240)], 12, RED)
    s.bar([(36, 24), (220, 24)], 13, BLUE)
    for x in (100, 156):
        s.bar([(x, 28), (x, 176)], 4, STEEL)
    s.box(88, 170, 168, 186, WOOD)


def _cave(s: Sprite) -> None:
    s.dome(6, 36, 250, 226, DARK_STONE)
    s.disc(18, 120, 92, 236, STONE)
    s.disc(168, 126, 244, 236, STONE)
    s.dome(72, 92, 184, 226, "#231d30")


def _mailbox(s: Sprite) -> None:
    s.box(118, 140, 138, 246, DARK_WOOD)
    s.bar([(200, 96), (200, 52)], 6, RED)
    s.box(186, 46, 218, 70, RED, 4)
    s.box(44, 66, 214, 152, BLUE, 40)
    s.box(44, 112, 214, 152, BLUE, 8)
    s.disc(44, 66, 116, 152, "#35659f")


DRAWN: dict[str, Callable[[Sprite], None]] = {
    "table": _table, "bench": _bench, "fence": _fence, "brick wall": _wall, "bookshelf": _bookshelf,
    "lighthouse": _lighthouse, "windmill": _windmill, "pyramid": _pyramid, "barrel": _barrel, "cage": _cage,
    "lamp": _lamp, "street lamp": _street_lamp, "cart": _cart, "throne": _throne, "stairs": _stairs,
    "treasure chest": _chest, "well": _well, "rug": _rug, "hill": _hill, "submarine": _submarine, "igloo": _igloo,
    "market stall": _stall, "swing": _swing, "cave": _cave, "mailbox": _mailbox,
}  # fmt: skip
"""The sprites by the names of their things."""


def drawn(name: str) -> Image.Image:
    """The sprite of a thing of `DRAWN`, RGBA."""
    sprite = Sprite()
    DRAWN[name](sprite)
    return sprite.image()
