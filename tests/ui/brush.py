"""A painter that paints plain colours at once, for tests in which the picture is not the matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PIL import Image

from lib_omost.render.painter import Ability
from lib_omost.render.settings import Picture, RenderSettings, Step
from lib_omost.runtime.plan import LARGEST


class Brush:
    name = "brush"
    family = "plain"
    precision = ""
    abilities: frozenset[Ability] = frozenset({"negative prompts"})
    plan = LARGEST

    def to(self, device: str) -> Brush:
        return self

    def render(
        self,
        conditions: object,
        settings: RenderSettings,
        *,
        stop: Any,
        keep: object = None,
        conditionings: object = (),
    ) -> Iterator[Any]:
        for index in range(settings.count):
            yield Step(index, settings.count, "base", 1, settings.steps)
            image = Image.new("RGB", (settings.width, settings.height), (index, 99, 99))
            yield Picture(index, settings.seed + index, image, 0.1)
