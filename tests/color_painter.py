"""A second family of painters, as small as one can be: it paints the colour picture of the layout."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence
from typing import Any

from PIL import Image

from lib_omost.canvas.conditions import RegionCondition, color_picture
from lib_omost.render.painter import Ability
from lib_omost.render.settings import Picture, RenderEvent, RenderSettings, Step
from lib_omost.runtime.plan import LARGEST, Plan


class ColorPainter:
    """Satisfies `lib_omost.render.painter.Painter` with nothing of SDXL."""

    name = "colours"
    family = "colours"
    precision = ""
    abilities: frozenset[Ability] = frozenset()
    plan: Plan = LARGEST

    def to(self, device: str) -> ColorPainter:
        return self

    def render(
        self,
        conditions: Sequence[RegionCondition],
        settings: RenderSettings,
        *,
        stop: threading.Event | None = None,
        keep: Any = None,
        conditionings: Sequence[Any] = (),
    ) -> Generator[RenderEvent, None, None]:
        for index in range(settings.count):
            if stop is not None and stop.is_set():
                return
            began = time.perf_counter()
            image = Image.fromarray(color_picture(conditions, settings.width, settings.height))
            yield Step(index, settings.count, "base", 1, 1)
            yield Picture(index, settings.seed + index, image, time.perf_counter() - began)
