"""The conditioning of the embedded painter: a picture of the layout, and one token per latent pixel made from it.

The picture shows the things at their places over the setting, the nearer ones on top. At every latent pixel the
denoiser attends to the colours of its cell. It makes the final picture from that: it restores what the atlas blurs,
adds what differs from picture to picture, and invents the background if the setting is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import interpolate, pixel_unshuffle

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.embedded.painter.atlas import Atlas

CELL = 4
"""Side of a latent pixel in pixels."""
FILL = 0.96
"""Side of a thing as a fraction of the shorter side of its rectangle."""
WEATHERS = ("none", "rain", "snow", "fog")
TOKEN = 3 * CELL * CELL + 2 + len(WEATHERS) - 1
"""Length of a conditioning token: the colours of its cell, whether they are known, how much of the cell things cover,
and the weather."""
_STARRY = frozenset(
    f"{ground} night"
    for ground in ("sky", "meadow", "sea", "beach", "snow", "desert", "mountains", "garden", "field", "city")
) | {"space day"}
"""Settings with stars in the sky."""
_LEAST = 0.14
"""Minimum side of one of several things, as a fraction of the picture's shorter side."""


@dataclass(frozen=True, slots=True)
class PlacedThing:
    """A thing in a rectangle. thing: its index in the atlas. color: red, green, blue, 0..1, or None for its own
    colours. count: 1 to 4."""

    thing: int
    rect: Rect
    color: tuple[float, float, float] | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """What a picture shows. setting: its index in the atlas, or a plain colour (0..1), or None if unknown. things: from
    far to near. weather: index in `WEATHERS`."""

    setting: int | tuple[float, float, float] | None
    things: tuple[PlacedThing, ...]
    weather: int = 0


def squares(rect: Rect, count: int, width: int, height: int) -> list[tuple[int, int, int]]:
    """(left, top, side) in pixels of `count` things in a rectangle of a picture; fewer if there is no room."""
    left, top = rect.left * width / GRID, rect.top * height / GRID
    wide, high = rect.width * width / GRID, rect.height * height / GRID
    for many in range(count, 0, -1):
        columns = max(range(1, many + 1), key=lambda n: (min(wide / n, high / -(-many // n)), n))  # beside before above
        rows = -(-many // columns)
        side = FILL * min(wide / columns, high / rows)
        if many == 1 or side >= _LEAST * min(width, height):
            break
    found = []
    for number in range(many):
        row, column = divmod(number, columns)
        here = min(columns, many - row * columns)  # the last row may have fewer
        x = left + wide / 2 + (column + 0.5 - here / 2) * min(wide / columns, side * 1.1)
        y = top + high / 2 + (row + 0.5 - rows / 2) * min(high / rows, side * 1.1)
        whole = max(1, round(side))
        found.append((round(x - whole / 2), round(y - whole / 2), whole))
    return found


def tinted(look: Tensor, color: Sequence[float]) -> Tensor:
    """A look [4, h, w] tinted with a colour: its lightness and a fifth of its colours are kept."""
    light = torch.einsum("c,chw->hw", look.new_tensor((0.299, 0.587, 0.114)), look[:3])
    wanted = look.new_tensor(color)[:, None, None] * (0.45 * look[3] + 0.75 * light)
    mixed = (0.8 * wanted + 0.2 * look[:3]).minimum(look[3:])
    return torch.cat([mixed, look[3:]])


def lay(picture: Tensor, look: Tensor, left: int, top: int) -> None:
    """Blend a premultiplied look [4, h, w] over a picture [4, H, W], whose fourth channel is its coverage, in place."""
    height, width = picture.shape[1:]
    y, x = max(0, -top), max(0, -left)
    part = look[:, y : height - top, x : width - left]
    place = picture[:, top + y : top + y + part.shape[1], left + x : left + x + part.shape[2]]
    place.mul_(1 - part[3]).add_(part)


def background(atlas: Atlas, layout: Layout, width: int, height: int) -> Tensor:
    """float32 [3, height, width]: the setting without things; black if it is unknown."""
    if isinstance(layout.setting, int):
        ground = atlas.ground(layout.setting)[None]
        made = interpolate(ground, (height, width), mode="bilinear", align_corners=False)[0]
    elif layout.setting is None:
        made = torch.zeros(3, height, width)
    else:
        down = torch.linspace(1.12, 0.86, height)[:, None].expand(height, width)
        made = (torch.tensor(layout.setting)[:, None, None] * down).clamp(0, 1)
    if isinstance(layout.setting, int) and atlas.settings[layout.setting] in _STARRY:
        made = _strewn(made, 60, 1.5, 1.5, 0.55)
    weather = WEATHERS[layout.weather]
    if weather == "fog":
        made = 0.55 * made + 0.45 * 0.8
    elif weather != "none":
        made = 0.82 * made + 0.18 * 0.55
        made = _strewn(made, 150, 11, 1, 1.0) if weather == "rain" else _strewn(made, 110, 3, 3, 1.0)
    return made


def _strewn(picture: Tensor, count: int, tall: float, wide: float, share: float) -> Tensor:
    """A picture [3, h, w] with light spots at fixed places in its upper `share`; their size is for 256 pixels."""
    height, width = picture.shape[1:]
    unit = max(height, width) / 256
    places = torch.rand(count, 3, generator=torch.Generator().manual_seed(1)).tolist()
    made = picture.clone()
    for down, across, strength in places:
        y, x = int(down * share * height), int(across * width)
        part = made[:, y : y + max(1, round(tall * unit)), x : x + max(1, round(wide * unit))]
        part += (0.95 - part) * (0.25 + 0.5 * strength)
    return made


def conditioning_picture(atlas: Atlas, layout: Layout, width: int, height: int) -> Tensor:
    """float32 [4, height, width]: the colours, 0..1, of setting and things, and the coverage of the things."""
    picture = torch.cat([background(atlas, layout, width, height), torch.zeros(1, height, width)])
    for thing in layout.things:
        look = atlas.look(thing.thing)
        if thing.color is not None:
            look = tinted(look, thing.color)
        for left, top, side in squares(thing.rect, thing.count, width, height):
            small = interpolate(look[None], (side, side), mode="bicubic", antialias=True, align_corners=False)[0]
            cover = small[3:].clamp(0, 1)
            lay(picture, torch.cat([small[:3].clamp(min=0).minimum(cover), cover]), left, top)
    return picture


def conditioning_tokens(picture: Tensor, layout: Layout) -> Tensor:
    """float32 [h, w, TOKEN]: the token of each latent pixel, from a `conditioning_picture` of h * CELL by w * CELL."""
    cells = pixel_unshuffle(2 * picture[:3] - 1, CELL)
    cover = pixel_unshuffle(picture[3:], CELL).mean(0, keepdim=True)
    known = cover if layout.setting is None else torch.ones_like(cover)
    cells = cells * known
    weather = torch.zeros(len(WEATHERS) - 1, *cover.shape[1:])
    if layout.weather:
        weather[layout.weather - 1] = 1.0
    return torch.cat([cells, known, cover, weather]).permute(1, 2, 0).contiguous()
