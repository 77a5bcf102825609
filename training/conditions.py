"""Condition: what the painter is told of a scene in training, as a canvas would tell it: texts, places, colours.

Canvases hold more than scenes do. Some regions show no thing but what lies behind ("a sky with stars"), and each region
has a colour, which seldom is the colour of its thing. A picture may start from these colours, so that the first noise
holds some of them; the training noise holds them too (`colored`), and the painter learns what they say.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lib_omost.canvas.conditions import RegionCondition, color_picture
from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import COLORS
from training.autoencoder import encode_pictures
from training.captions import (
    Caption,
    backdrop_caption,
    global_caption,
    region_caption,
    setting_caption,
    subjects_caption,
)
from training.scenes import TINTS, Scene, draw_background, sample_scene

Color = tuple[int, int, int]

ALONE = 0.08
"""Share of scenes with one text for all of it."""
BACKDROPS = 0.15
"""Share of the others with a region that shows no thing."""
TRUE = 0.7
"""Share of pictures whose layout has the colour of their background."""
EARLIEST, LATEST = 600, 950
"""Timesteps at which a picture may start from its colours."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one sample is told: condition 0 is the whole picture's; `rects` are the product's, far to near. `unsaid`:
    only the colour tells the background."""

    captions: tuple[Caption, ...]
    rects: tuple[Rect, ...]
    colors: tuple[Color, ...]
    bag_limit: int
    unsaid: bool = False


def word(scene: Scene, rng: random.Random) -> Words:
    """Conditions for a scene, one a region; most of them short."""
    if rng.random() < ALONE:
        return Words((global_caption(scene, rng, alone=True),), (Rect.FULL,), (_background_color(scene, rng),), 1)
    unsaid = scene.background == "plain" and rng.random() < 0.5
    if unsaid:
        captions = [subjects_caption(scene, rng)]
    else:
        captions = [setting_caption(scene, rng) if rng.random() < 0.35 else global_caption(scene, rng)]
    rects, colors = [Rect.FULL], [_background_color(scene, rng)]
    for place in scene.placements:
        others = tuple(s for other in scene.placements if other is not place for s in other.subjects)
        captions.append(region_caption(place, rng, others))
        rects.append(place.rect)
        colors.append(_named(TINTS[place.color]) if place.color else _any_color(rng))
    if rng.random() < BACKDROPS:
        place, at = sample_scene(rng, regions=1).placements[0], rng.randrange(1, len(rects) + 1)
        captions.insert(at, backdrop_caption(place, rng))
        rects.insert(at, place.rect)
        colors.insert(at, _any_color(rng))
    if rng.random() < 0.65:  # the short ones say the most and cost the least
        few = 0 if rng.random() < 0.3 else 1  # a box drawn by hand may say no more than "A boat."
        captions = [Caption(caption.prefixes, caption.suffixes[:few]) for caption in captions]
    return Words(tuple(captions), tuple(rects), tuple(colors), 2 if rng.random() < 0.2 else 1, unsaid)


def color_latents(samples: Sequence[Words | str], height: int, width: int) -> Tensor:
    """The latents [B, 4, height, width] of the layouts' coarse colour pictures; grey for a negative prompt."""
    pictures = []
    for sample in samples:
        told = (
            ((Rect.FULL, (128, 128, 128)),)
            if isinstance(sample, str)
            else zip(sample.rects, sample.colors, strict=True)
        )
        conditions = [
            RegionCondition(rect, (), (), color, float(-number) if number else None)
            for number, (rect, color) in enumerate(told)
        ]
        pictures.append(color_picture(conditions, 8 * width, 8 * height))
    return encode_pictures(np.stack(pictures))


def starts(samples: Sequence[Words | str], t: Tensor, rng: random.Random) -> Tensor:
    """Timesteps [B], none below its `t`, at which the samples' pictures started from their colours; -1 for those that
    started from noise."""
    found = []
    for sample, now in zip(samples, t.tolist(), strict=True):
        begins = not isinstance(sample, str) and (sample.unsaid or rng.random() < 0.4)
        found.append(rng.randint(max(EARLIEST, now), LATEST) if begins and now <= LATEST else -1)
    return torch.tensor(found)


def colored(noise: Tensor, clean: Tensor, colors: Tensor, start: Tensor, alphas: Tensor) -> Tensor:
    """`noise` [B, 4, h, w] as it is in pictures that started, at timesteps `start` (see `starts`), from `colors`.

    What then counts as noise holds sqrt(alpha / (1 - alpha)) of what the colours are beside `clean`, with the start's
    alpha out of `alphas` [1000].
    """
    share = (alphas[start] / (1 - alphas[start])).sqrt() * (start >= 0)
    return noise + share[:, None, None, None] * (colors - clean)


def _background_color(scene: Scene, rng: random.Random) -> Color:
    """The mean colour of the scene's background, or any."""
    if scene.background != "plain" and rng.random() > TRUE:
        return _any_color(rng)
    mean = np.asarray(draw_background(scene.background, scene.color, 32, 32), dtype=np.float64).mean(axis=(0, 1))
    red, green, blue = (round(float(value)) for value in mean)
    return red, green, blue


def _named(name: str) -> Color:
    red, green, blue = COLORS[name]
    return red, green, blue


def _any_color(rng: random.Random) -> Color:
    return _named(rng.choice(tuple(COLORS)))
