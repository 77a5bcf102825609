"""Evaluates the painter: does each region show what its description asks for?

    python -m training.evaluate_painter --painter models/painter        # table, pictures in RUNS/evaluation

A nearest-sprite classifier, which knows the sprites but has not been fitted to painted pictures, names the subject in
each region of layouts drawn with a seed that training never uses; a hit is the right subject among its first five. Also
printed: the autoencoder's PSNR on unseen scenes, the sharpness of painted pictures compared with drawn ones, the effect
of swapping one region's subject, and the time for a picture with six regions. A contact sheet of 64 subjects is written
beside the pictures.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.embedded.painter.loading import components
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Picture, RenderSettings
from training.art import DEFAULT_CACHE, load_sprites, squared
from training.captions import Caption, global_caption, region_caption
from training.scenes import STARS, Placement, Scene, draw, sample_scene
from training.subjects import BY_NAME, SUBJECTS
from training.train_decoder import held_out_pictures, psnr, sharpness

SEED = 20261
LOOK = 20  # side in pixels of the classifier's input
_GRAY = (128, 128, 128)


class NearestSprite:
    """Names the subject in a rectangle by the sprite that explains its pixels best.

    Each sprite is placed over the background that fits best (a colour that may change from top to bottom, fitted by
    least squares for every sprite); the sprites are ranked by the remaining error. Only the largest square in the
    middle of the rectangle is used, because scenes put their sprites there.
    """

    def __init__(self, sprites: Mapping[str, Image.Image]) -> None:
        alphas, colors = [], []
        for subject in SUBJECTS:
            small = squared(sprites[subject.key], 8 * LOOK).resize((round(0.96 * LOOK),) * 2, Image.Resampling.BOX)
            canvas = Image.new("RGBA", (LOOK, LOOK))
            canvas.paste(small, ((LOOK - small.width) // 2, (LOOK - small.height) // 2))
            array = np.asarray(canvas, dtype=np.float32)
            alphas.append(array[..., 3] / 255)
            colors.append(array[..., :3] / 255 * alphas[-1][..., None])
        self._alphas, self._colors = np.stack(alphas), np.stack(colors)  # [S, LOOK, LOOK], [S, LOOK, LOOK, 3]
        down = np.broadcast_to(np.linspace(-1, 1, LOOK, dtype=np.float32)[:, None], (LOOK, LOOK))
        self._through = (1 - self._alphas)[..., None] * np.stack([np.ones_like(down), down], axis=-1)

    def places(self, picture: Image.Image, placements: Sequence[Placement]) -> list[int]:
        """For every region the number of sprites that explain it better than its subject does; covered pixels do not
        count."""
        found = []
        for i, place in enumerate(placements):
            box = _square(place.rect)
            seen, free = _look(picture, box), _uncovered(box, [p.rect for p in placements[i + 1 :]])
            basis = (self._through * free[..., None]).reshape(len(SUBJECTS), -1, 2)
            rest = ((seen - self._colors) * free[..., None]).reshape(len(SUBJECTS), -1, 3)
            normal = basis.transpose(0, 2, 1) @ basis + 1e-3 * np.eye(2, dtype=np.float32)
            background = np.linalg.solve(normal, basis.transpose(0, 2, 1) @ rest)
            errors = ((rest - basis @ background) ** 2).mean(axis=(1, 2))
            own = next(n for n, subject in enumerate(SUBJECTS) if subject.key == place.subjects[0].key)
            found.append(int((errors < errors[own]).sum()))
        return found


_Box = tuple[float, float, float, float]


def _square(rect: Rect) -> _Box:
    """(left, top, right, bottom) in grid cells of the largest square in the middle of the rectangle."""
    side = min(rect.width, rect.height)
    x, y = (rect.left + rect.right - side) / 2, (rect.top + rect.bottom - side) / 2
    return x, y, x + side, y + side


def _look(picture: Image.Image, box: _Box) -> np.ndarray:
    """The pixels in the box, float32 [LOOK, LOOK, 3] in 0..1."""
    width, height = picture.size
    left, top, right, bottom = box
    pixels = (left * width / GRID, top * height / GRID, right * width / GRID, bottom * height / GRID)
    return np.asarray(picture.resize((LOOK, LOOK), Image.Resampling.BOX, box=pixels), dtype=np.float32) / 255


def _uncovered(box: _Box, nearer: Sequence[Rect]) -> np.ndarray:
    """float32 [LOOK, LOOK]: 1 where no nearer rectangle covers the box."""
    left, top, right, bottom = box
    rows = top + (np.arange(LOOK) + 0.5) * (bottom - top) / LOOK
    columns = left + (np.arange(LOOK) + 0.5) * (right - left) / LOOK
    free = np.ones((LOOK, LOOK), dtype=np.float32)
    for r in nearer:
        within = (rows >= r.top) & (rows < r.bottom)
        free[np.ix_(within, (columns >= r.left) & (columns < r.right))] = 0
    return free


def visible(placements: Sequence[Placement]) -> float:
    """The smallest share of any region that no nearer region covers."""
    shares = []
    for i, place in enumerate(placements):
        rect = place.rect
        free = np.ones((GRID, GRID), dtype=bool)
        for nearer in placements[i + 1 :]:
            r = nearer.rect
            free[r.top : r.bottom, r.left : r.right] = False
        shares.append(float(free[rect.top : rect.bottom, rect.left : rect.right].mean()))
    return min(shares)


def layouts(count: int, regions: int, seed: int) -> list[Scene]:
    """Scenes of single subjects of which at least 60% is visible, so that every miss is the painter's fault."""
    rng = random.Random(seed)
    found: list[Scene] = []
    while len(found) < count:
        scene = sample_scene(rng, regions=regions)
        alone = (replace(place, subjects=place.subjects[:1], count=1, color=None) for place in scene.placements)
        scene = replace(scene, placements=tuple(alone))
        if visible(scene.placements) >= 0.6:
            found.append(scene)
    return found


def condition(rect: Rect, caption: Caption, distance: float | None) -> RegionCondition:
    """A caption as the program passes it to the painter."""
    return RegionCondition(rect, caption.prefixes, caption.suffixes, _GRAY, distance)


def worded(scene: Scene, seed: int) -> tuple[RegionCondition, ...]:
    """The conditions of a scene, always the same for a seed."""
    rng = random.Random(seed)
    regions = [condition(place.rect, region_caption(place, rng), 9.0 - i) for i, place in enumerate(scene.placements)]
    return (condition(Rect.FULL, global_caption(scene, rng), None), *regions)


def paint(painter: SDXLPainter, conditions: Sequence[RegionCondition], settings: RenderSettings) -> Image.Image:
    """One picture."""
    for event in painter.render(conditions, settings):
        if isinstance(event, Picture):
            return event.image
    raise AssertionError("a render that is not stopped ends with a picture")


def contact_sheet(painter: SDXLPainter, settings: RenderSettings, path: Path, side: int = 128) -> None:
    """64 subjects, each alone in a meadow, eight per row, the subjects most often asked for first."""
    names = [*STARS, *(s.name for s in SUBJECTS if s.core and s.name not in STARS)][:64]
    sheet = Image.new("RGB", (8 * side, 8 * side))
    for i, name in enumerate(names):
        conditions = (
            RegionCondition(Rect.FULL, ("A meadow under a clear sky.",), (), _GRAY, None),
            RegionCondition(Rect(10, 80, 10, 80), (f"A {BY_NAME[name].name}.",), (), _GRAY, 5.0),
        )
        picture = paint(painter, conditions, settings).resize((side, side), Image.Resampling.LANCZOS)
        sheet.paste(picture, (i % 8 * side, i // 8 * side))
    sheet.save(path)


def swap_effect(painter: SDXLPainter, settings: RenderSettings, scenes: Sequence[Scene]) -> tuple[float, float]:
    """Mean absolute change (0..255) inside and outside the nearest region when only its subject is swapped."""
    inside, outside = [], []
    for i, scene in enumerate(scenes):
        before = worded(scene, i)
        place = scene.placements[-1]
        other = random.Random(i).choice([BY_NAME[name] for name in STARS if name != place.subjects[0].name])
        swapped = region_caption(replace(place, subjects=(other,)), random.Random(i))
        after = (*before[:-1], condition(place.rect, swapped, 1.0))
        a, b = (np.asarray(paint(painter, c, settings), dtype=np.float32) for c in (before, after))
        change = np.abs(a - b).mean(axis=2)
        mask = np.zeros((GRID, GRID), dtype=bool)
        rect = place.rect
        mask[rect.top : rect.bottom, rect.left : rect.right] = True
        rows, columns = (np.arange(n) * GRID // n for n in change.shape)
        within = mask[rows][:, columns]
        inside.append(float(change[within].mean()))
        outside.append(float(change[~within].mean()))
    return float(np.mean(inside)), float(np.mean(outside))


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--painter", type=Path, default=Path("models/painter"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--layouts", type=int, default=24)
    parser.add_argument("--regions", type=int, default=4)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--sizes", nargs="*", default=(), metavar="WxH", help="other sizes at which to measure top-5")
    parser.add_argument("--only-sizes", action="store_true", help="measure only --sizes")
    parser.add_argument("--color-strength", type=float, default=0.0, help="color strength, with a gray colour picture")
    parser.add_argument("--no-sheet", action="store_true", help="leave out the contact sheet of 64 subjects")
    options = parser.parse_args()

    torch.set_num_threads(1)
    folder: Path = options.runs / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    results: dict[str, float] = {}
    sprites = load_sprites((subject.key for subject in SUBJECTS), options.cache)
    classifier = NearestSprite(sprites)
    painter = load_painter(options.painter, device="cpu", **components(options.painter))
    settings = RenderSettings(
        width=options.size,
        height=options.size,
        steps=options.steps,
        guidance_scale=options.guidance,
        color_strength=options.color_strength,
        previews=False,
        tiled_decode=False,
    )
    scenes = layouts(options.layouts, options.regions, SEED)
    wanted = [place.subjects[0].name in STARS for scene in scenes for place in scene.placements]

    def measure(name: str, pictures: Sequence[Image.Image]) -> None:
        found = [classifier.places(p, scene.placements) for p, scene in zip(pictures, scenes, strict=True)]
        places = np.array(found).ravel()
        results[f"{name}: top-5"] = float((places < 5).mean())
        results[f"{name}: top-1"] = float((places < 1).mean())
        results[f"{name}: top-5 of the most wanted subjects"] = float((places[np.array(wanted)] < 5).mean())

    for size in options.sizes:
        width, height = (int(side) for side in size.split("x"))
        other = replace(settings, width=width, height=height)
        measure(size, [paint(painter, worded(s, i), replace(other, seed=100 + i)) for i, s in enumerate(scenes)])
    if options.sizes:
        hires = replace(settings, hires_scale=1.5, hires_steps=8)
        pictures = [paint(painter, worded(s, i), replace(hires, seed=100 + i)) for i, s in enumerate(scenes)]
        for i, picture in enumerate(pictures):
            picture.save(folder / f"hires-{i:02d}.png")
        measure(f"{options.size} enlarged by half", pictures)
        print(json.dumps(results, indent=1), flush=True)
    if options.only_sizes:
        return
    measure("drawn scenes (the classifier's ceiling)", [draw(s, sprites, options.size, options.size) for s in scenes])
    pictures = [paint(painter, worded(s, i), replace(settings, seed=100 + i)) for i, s in enumerate(scenes)]
    for i, picture in enumerate(pictures):
        picture.save(folder / f"layout-{i:02d}.png")
    measure("painted", pictures)
    print(json.dumps(results, indent=1), flush=True)
    unseen, vae = held_out_pictures(options.cache), painter.pipeline.vae
    results["autoencoder, unseen scenes (dB)"] = psnr(vae, unseen)
    with torch.no_grad():
        made = torch.cat([vae.decode(vae.encode(p).latent_dist.mode()).sample.clamp(-1, 1) for p in unseen.split(1)])
    results["autoencoder, gradient energy"] = sharpness(made, unseen)
    inside, outside = swap_effect(painter, settings, scenes[:8])
    results["swap: change inside"], results["swap: change outside"] = inside, outside
    six = worded(layouts_of_six(), 0)
    began = time.perf_counter()
    paint(painter, six, replace(settings, steps=20))
    results[f"seconds: 20 steps, {options.size} pixels, 6 regions, one thread"] = time.perf_counter() - began
    if not options.no_sheet:
        contact_sheet(painter, settings, folder / "contact-sheet.png")
    print(json.dumps(results, indent=1))
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def layouts_of_six() -> Scene:
    """A scene with six regions."""
    return sample_scene(random.Random(SEED), regions=6)


if __name__ == "__main__":
    main()
