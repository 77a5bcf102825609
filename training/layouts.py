"""Random layouts with their conditioning tokens and target pictures."""

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
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.conditioning import (
    WEATHERS,
    Layout,
    PlacedThing,
    background,
    conditioning_picture,
    conditioning_tokens,
)
from training.autoencoder import Codec
from training.grounds import SETTINGS, details
from training.make_atlas import Art
from training.scenes import TINTS, sample_scene
from training.subjects import SUBJECTS

PLAIN, UNKNOWN, WEATHER = 0.10, 0.15, 0.2
"""Shares of layouts with a plain colour as background, with an unknown setting (only the start's colours show it), and
with weather.
"""
EARLIEST, LATEST = 600, 950
"""Range of timesteps at which a picture may start from the colours of its layout."""
_INDEX = {subject.key: number for number, subject in enumerate(SUBJECTS)}


@dataclass(frozen=True, slots=True)
class Sample:
    """layout: what the picture shows. given: what the painter is conditioned on, the same except for an unknown
    setting."""

    layout: Layout
    given: Layout
    color: tuple[int, int, int]


def rgb(name: str) -> tuple[float, float, float]:
    """A colour by its name in the canvas vocabulary, RGB in 0..1."""
    red, green, blue = COLORS[name]
    return red / 255, green / 255, blue / 255


def sample(rng: random.Random) -> Sample:
    """A random layout: none to six things, mostly one of each, at places of the canvas language."""
    scene = sample_scene(rng, crowded=rng.random() < 0.33)
    things = []
    for place in scene.placements if rng.random() > 0.04 else ():
        number = _INDEX[place.subjects[0].key] if rng.random() < 0.5 else rng.randrange(len(SUBJECTS))
        count = rng.choice((2, 2, 3, 4)) if rng.random() < 0.15 else 1
        things.append(PlacedThing(number, place.rect, rgb(TINTS[place.color]) if place.color else None, count))
    chance = rng.random()
    named = rng.choice(tuple(COLORS))
    setting: int | tuple[float, float, float] = rgb(named)
    if chance > PLAIN + UNKNOWN:
        setting = rng.randrange(len(SETTINGS))
    weather = rng.randrange(1, len(WEATHERS)) if rng.random() < WEATHER and isinstance(setting, int) else 0
    layout = Layout(setting, tuple(things), weather)
    given = layout if chance < PLAIN or isinstance(setting, int) else Layout(None, layout.things)
    red, green, blue = (
        round(255 * value) for value in rgb(named if given.setting is None else rng.choice(tuple(COLORS)))
    )
    return Sample(layout, given, (red, green, blue))


class Studio:
    """Makes the target pictures of layouts and their conditioning tokens."""

    def __init__(self, art: Art, atlas: Atlas, codec: Codec) -> None:
        self._art, self._atlas, self._codec = art, atlas, codec

    def picture(self, layout: Layout, width: int, height: int, rng: np.random.Generator) -> Tensor:
        """float32 [3, height, width], 0..1: the art over the setting with its details."""

        class Drawn:
            """The art in front of a background that is already drawn."""

            look = staticmethod(self._art.look)

            settings = ("",)

            @staticmethod
            def ground(_: int) -> Tensor:
                return ground

        ground = background(self._atlas, layout, width, height)
        if isinstance(layout.setting, int):
            told = ground.permute(1, 2, 0).numpy()
            made = details(told, SETTINGS[layout.setting], rng)
            ground = torch.from_numpy(made.astype(np.float32)).permute(2, 0, 1)
            layout = Layout(0, layout.things)  # the background includes the weather
        return conditioning_picture(Drawn(), layout, width, height)[:3]  # type: ignore[arg-type]

    @torch.no_grad()
    def batch(
        self, samples: Sequence[Sample], width: int, height: int, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(latents [B, 8, h, w], tokens [B, h, w, TOKEN], latents of the layouts' colours [B, 8, h, w])."""
        pictures = [self.picture(s.layout, width, height, rng) for s in samples]
        tokens = [
            conditioning_tokens(conditioning_picture(self._atlas, s.given, width, height), s.given) for s in samples
        ]
        colors = [_colors(s, width, height) for s in samples]
        both = self._codec.encode(2 * torch.stack([*pictures, *colors]) - 1)
        return both[: len(samples)], torch.stack(tokens), both[len(samples) :]


def _colors(sample: Sample, width: int, height: int) -> Tensor:
    conditions = [RegionCondition(Rect.FULL, (), (), sample.color, None)]
    for number, thing in enumerate(sample.layout.things):
        color = thing.color or rgb(random.choice(tuple(COLORS)))
        red, green, blue = (round(255 * value) for value in color)
        conditions.append(RegionCondition(thing.rect, (), (), (red, green, blue), float(-number)))
    made = np.asarray(color_picture(conditions, width, height), dtype=np.float32) / 255
    return torch.from_numpy(made.copy()).permute(2, 0, 1)


def starts(t: Tensor, unknown: Sequence[bool], rng: random.Random) -> Tensor:
    """Timesteps [B], each at least `t`, at which the pictures started from the colours of their layouts; -1 for those
    that started from noise."""
    found = []
    for now, only in zip(t.tolist(), unknown, strict=True):
        begins = (only or rng.random() < 0.4) and now <= LATEST
        found.append(rng.randint(max(EARLIEST, now), LATEST) if begins else -1)
    return torch.tensor(found)


def colored(noise: Tensor, clean: Tensor, colors: Tensor, start: Tensor, alphas: Tensor) -> Tensor:
    """The effective noise, [B, 8, h, w], in pictures that started at timesteps `start` (see `starts`) from `colors`.

    It contains sqrt(alpha / (1 - alpha)) times the difference of the colours from `clean`, with alpha at the start out
    of `alphas` [1000].
    """
    share = (alphas[start] / (1 - alphas[start])).sqrt() * (start >= 0)
    return noise + share[:, None, None, None] * (colors - clean)
