"""Kept edits on the embedded painter: changes outside the part, recognised things inside it, the seam, and the time.

Random layouts are painted, edited at random (a thing added, removed, replaced, recoloured or moved) and repainted; for
comparison the edited layout is also painted as a whole. Then chains of edits, each of the previous picture. A thing
counts as recognised if its sprite explains the pixels of its place better than the sprites of all other things in the
list.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.report import finish, table
from lib_omost.canvas import Canvas, GlobalDescription, Region
from lib_omost.canvas.conditions import conditions
from lib_omost.canvas.difference import difference
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.loading import ATLAS, components
from lib_omost.presets import painter_preset
from lib_omost.render.repaint import Keep, Repaint
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Picture, RenderSettings

THINGS = (
    "dog", "cat", "lion", "horse", "deer", "elephant", "rabbit", "owl", "penguin", "fish", "crab", "butterfly", "rose",
    "sunflower", "cactus", "pizza", "hamburger", "guitar", "violin", "bicycle", "sailboat", "rocket", "castle", "house",
    "umbrella", "lantern", "crown", "trophy", "teapot", "balloon",
)  # fmt: skip
SETTINGS = ("A meadow.", "A beach.", "A desert.", "A city at night.", "Snowy mountains.", "A plain wall.")
COLORS = ("red", "royalblue", "gold", "purple", "seagreen")
KINDS = ("add", "remove", "replace", "recolour", "move")
SIDES = (22, 40)
LOOK = 48
"""Side in pixels of the image that is compared with sprites."""


@dataclass
class Figures:
    """The results. inside: (kept, whole) whether the thing was recognised. time: (kept, whole) CPU seconds of this
    process."""

    edits: int = 0
    unequal: int = 0
    inside: list[tuple[bool, bool]] = field(default_factory=list)
    time: list[tuple[float, float]] = field(default_factory=list)
    seam: list[tuple[float, float]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--chains", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10, help="number of edits per chain")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="save the first pictures there")
    options = parser.parse_args()
    preset = painter_preset("embedded")
    folder = Path(preset.source)
    painter = load_painter(preset.source, device="cpu", **components(folder))
    settings = replace(preset.settings, width=options.size, height=options.size, steps=options.steps, previews=False)
    measure(painter, Atlas.load(folder / ATLAS), settings, options)


def measure(painter: SDXLPainter, atlas: Atlas, settings: RenderSettings, options: argparse.Namespace) -> None:
    """Run everything and print it."""
    figures, draw = Figures(), random.Random(options.seed)
    for number in range(options.edits):
        _edit(painter, atlas, settings, draw, figures, number, options.out)
    broken = sum(_chain(painter, settings, draw, options.rounds) for _ in range(options.chains))
    kept, whole = np.array(figures.time).sum(0)
    share = np.array(figures.inside, float).reshape(-1, 2).mean(0)
    seam = np.array(figures.seam).mean(0)
    rows: list[tuple[object, ...]] = [
        ("pictures with a byte changed outside", f"{figures.unequal} of {figures.edits}", ""),
        (f"chains of {options.rounds} with one", f"{broken} of {options.chains}", ""),
        ("new things recognised", f"{share[0]:.0%}", f"{share[1]:.0%}"),
        ("gradient at the border over that around it", float(seam[0]), float(seam[1])),
        ("CPU time of a whole render", float(kept / whole), 1.0),
    ]
    table(("", "repainted", "painted whole"), rows)
    found = {"unequal": figures.unequal, "chains unequal": broken, "time": float(kept / whole)}
    found |= {"recognised": float(share[0]), "recognised whole": float(share[1]), "seam": float(seam[0])}
    finish("edits", "cpu", {**found, "seam whole": float(seam[1])})


def _edit(
    painter: SDXLPainter,
    atlas: Atlas,
    settings: RenderSettings,
    draw: random.Random,
    figures: Figures,
    number: int,
    out: Path | None,
) -> None:
    before = _layout(draw)
    after, region = _edited(before, draw, KINDS[number % len(KINDS)])
    settings = replace(settings, seed=draw.randrange(2**31))
    parent, _ = _paint(painter, before, settings)
    part = Repaint(difference(before, after).rects)
    again = replace(settings, seed=draw.randrange(2**31))
    child, kept = _paint(painter, after, again, Keep(parent.image, part, parent.latents))
    full, whole = _paint(painter, after, again)
    images = [np.asarray(made.image).astype(int) for made in (parent, child, full)]
    cover = part.cover(*parent.image.size)
    figures.edits += 1
    figures.unequal += not np.array_equal(images[0][cover == 0], images[1][cover == 0])
    figures.time.append((kept, whole))
    if (cover == 0).any():
        figures.seam.append((_seam(images[1], cover), _seam(images[2], cover)))
    if region is not None and KINDS[number % len(KINDS)] in ("add", "replace"):
        figures.inside.append((_recognised(child.image, region, atlas), _recognised(full.image, region, atlas)))
    if out is not None and number < 12:
        out.mkdir(parents=True, exist_ok=True)
        sheet = Image.new("RGB", (3 * parent.image.width, parent.image.height))
        for place, made in enumerate((parent, child, full)):
            sheet.paste(made.image, (place * parent.image.width, 0))
        sheet.save(out / f"edit-{number:02}-{KINDS[number % len(KINDS)]}.png")


def _chain(painter: SDXLPainter, settings: RenderSettings, draw: random.Random, rounds: int) -> bool:
    """Whether a byte differs that no round should have changed."""
    canvas = _layout(draw)
    first, _ = _paint(painter, canvas, settings)
    last, touched = first, np.zeros(first.image.size[::-1], bool)
    for _ in range(rounds):
        after, _ = _edited(canvas, draw, draw.choice(KINDS if len(canvas.regions) > 1 else KINDS[:1]))
        part = Repaint(difference(canvas, after).rects, grow=1)
        again = replace(settings, seed=draw.randrange(2**31))
        last, _ = _paint(painter, after, again, Keep(last.image, part, last.latents))
        touched |= part.cover(*last.image.size) > 0
        canvas = after
    return not np.array_equal(np.asarray(first.image)[~touched], np.asarray(last.image)[~touched])


def _paint(
    painter: SDXLPainter, canvas: Canvas, settings: RenderSettings, keep: Keep | None = None
) -> tuple[Picture, float]:
    """The picture and the CPU seconds that it took."""
    began = time.process_time()
    events = painter.render(conditions(canvas), settings, keep=keep)
    made = next(event for event in events if isinstance(event, Picture))
    return made, time.process_time() - began


def _layout(draw: random.Random) -> Canvas:
    scene = GlobalDescription(draw.choice(SETTINGS), (), "", "skyblue")
    return Canvas(scene, tuple(_region(draw, name) for name in draw.sample(THINGS, draw.choice((2, 3)))))


def _region(draw: random.Random, name: str) -> Region:
    return Region(
        location="in the center", offset="no offset", area="a medium-sized square area", distance=draw.uniform(1, 9),
        description=f"A {name}.", color_name="white", free_rect=_place(draw),
    )  # fmt: skip


def _place(draw: random.Random) -> Rect:
    side = draw.randint(*SIDES)
    top, left = draw.randint(0, GRID - side), draw.randint(0, GRID - side)
    return Rect(top, top + side, left, left + side)


def _edited(canvas: Canvas, draw: random.Random, kind: str) -> tuple[Canvas, Region | None]:
    """The canvas after an edit, and the new or moved region."""
    regions = list(canvas.regions)
    index = draw.randrange(len(regions))
    named = {region.description for region in regions}
    if kind == "remove":
        del regions[index]
        return replace(canvas, regions=tuple(regions)), None
    fresh = _region(draw, draw.choice([name for name in THINGS if f"A {name}." not in named]))
    if kind == "add":
        regions.append(replace(fresh, distance=0.5))
        return replace(canvas, regions=tuple(regions)), regions[-1]
    if kind == "replace":
        regions[index] = replace(fresh, free_rect=regions[index].free_rect, distance=0.5)
    elif kind == "recolour":
        color = draw.choice(COLORS)
        thing = regions[index].description.removeprefix("A ")
        regions[index] = replace(regions[index], description=f"A {color} {thing}", color_name=color)
    else:
        regions[index] = replace(regions[index], free_rect=_place(draw), distance=0.5)
    return replace(canvas, regions=tuple(regions)), regions[index]


def _seam(image: NDArray[Any], cover: NDArray[np.float32]) -> float:
    """The mean gradient in the transition from the part to the rest, relative to that in equally wide strips on either
    side."""
    light = image.mean(2)
    steep = np.abs(np.diff(light, axis=0))[:, :-1] + np.abs(np.diff(light, axis=1))[:-1]
    border = (cover > 0) & (cover < 1)
    around = _widened(border, round(3 * image.shape[0] / GRID)) & ~border
    return float(steep[border[:-1, :-1]].mean() / max(1e-6, steep[around[:-1, :-1]].mean()))


def _widened(mask: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    grown = torch.nn.functional.max_pool2d(torch.from_numpy(mask)[None, None].float(), 2 * cells + 1, 1, cells)
    return grown[0, 0].numpy() > 0


def _look(image: Image.Image, rect: Rect) -> NDArray[Any]:
    """The pixels of a rectangle, [LOOK, LOOK, 3]."""
    width, height = image.size
    box = (rect.left * width / GRID, rect.top * height / GRID, rect.right * width / GRID, rect.bottom * height / GRID)
    return np.asarray(image.resize((LOOK, LOOK), Image.Resampling.BOX, box)).astype(float)


def _recognised(image: Image.Image, region: Region, atlas: Atlas) -> bool:
    assert region.free_rect is not None
    seen = _look(image, region.free_rect)
    errors = dict(_errors(seen, atlas))
    return min(errors, key=errors.__getitem__) == region.description.removeprefix("A ").rstrip(".")


def _errors(seen: NDArray[Any], atlas: Atlas) -> Iterator[tuple[str, float]]:
    """For each thing the error with which its sprite, over the plain colour that fits best, explains the pixels."""
    for name in THINGS:
        look = torch.nn.functional.interpolate(
            atlas.look(atlas.things.index(name))[None], (round(0.96 * LOOK),) * 2, mode="area"
        )[0]
        pad = (LOOK - look.shape[1]) // 2
        sprite = torch.nn.functional.pad(look, (pad, LOOK - look.shape[1] - pad) * 2).permute(1, 2, 0).numpy()
        color, free = 255 * sprite[..., :3], 1 - sprite[..., 3:]
        ground = ((seen - color) * free).sum((0, 1)) / max(1e-6, float((free**2).sum()))
        yield name, float(((seen - color - free * ground) ** 2).mean())


if __name__ == "__main__":
    main()
