"""A painter on ZeroGPU, which requests the GPU for each render."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.render.painter import unknown_things
from lib_omost.render.repaint import Keep
from lib_omost.render.settings import RenderEvent, RenderSettings
from lib_omost.runtime.zero import LONGEST, Failed, on_gpu, receiving, sending

if TYPE_CHECKING:
    from lib_omost.render.conditioning import Conditioning
    from lib_omost.render.painter import Ability, Painter
    from lib_omost.runtime.plan import Plan


class ZeroPainter:
    """Wraps a painter so that each render requests the GPU from ZeroGPU."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self.name = painter.name
        self.family = painter.family

        def paint(
            conditions: Sequence[RegionCondition],
            settings: RenderSettings,
            keep: Keep | None,
            conditionings: Sequence[Conditioning],
        ) -> Iterator[RenderEvent | Failed]:
            stop = threading.Event()  # a stop on the page's side closes the stream instead
            yield from sending(
                lambda: painter.render(conditions, settings, stop=stop, keep=keep, conditionings=conditionings)
            )

        self._paint = on_gpu(paint, painting_seconds)

    @property
    def precision(self) -> str:
        return self._painter.precision

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._painter.abilities

    @property
    def plan(self) -> Plan:
        return self._painter.plan

    def unknown(self, conditions: Sequence[RegionCondition]) -> tuple[str, ...]:
        """What the painter says, see `LimitedPainter`."""
        return unknown_things(self._painter, conditions)

    def to(self, device: object) -> ZeroPainter:
        """Does nothing, because ZeroGPU moves the weights."""
        return self

    def render(
        self,
        conditions: Sequence[RegionCondition],
        settings: RenderSettings,
        *,
        stop: threading.Event | None = None,
        keep: Keep | None = None,
        conditionings: Sequence[Conditioning] = (),
    ) -> Generator[RenderEvent, None, None]:
        """As `Painter.render`. A stop ends the work after the step that it is in."""
        with closing(receiving(self._paint(tuple(conditions), settings, keep, tuple(conditionings)))) as events:
            for event in events:
                yield event
                if stop is not None and stop.is_set():
                    return


def painting_seconds(
    conditions: Sequence[RegionCondition],
    settings: RenderSettings,
    keep: Keep | None = None,
    conditionings: Sequence[Conditioning] = (),
) -> int:
    """The seconds of GPU time to request for a render: a generous estimate from its pixels and steps."""
    steps = settings.steps + (settings.hires_steps * settings.hires_scale**2 if settings.hires else 0)
    per_picture = 4 + 0.25 * steps * settings.width * settings.height / 2**20
    return min(LONGEST, round(15 + settings.count * per_picture))
