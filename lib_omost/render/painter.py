"""The protocol that every family of image models satisfies; the rest of the program knows nothing else of a painter."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.render.repaint import Keep
from lib_omost.render.settings import RenderEvent, RenderSettings
from lib_omost.runtime.plan import Plan

if TYPE_CHECKING:
    from lib_omost.render.conditioning import Conditioning

Ability = Literal["negative prompts", "conditionings", "kept pictures"]
"""An optional feature of an image model."""


class Painter(Protocol):
    """An image model that paints canvases: in this process, on ZeroGPU, or on another machine.

    name: as shown to the user. family: the kind of model, such as "sdxl". abilities: the optional features that it
    has; the studio tells the user about a requested feature that is missing. precision: the data type of its weights,
    such as "float16"; "" if it has none.
    """

    name: str
    family: str

    @property
    def precision(self) -> str: ...

    @property
    def abilities(self) -> frozenset[Ability]: ...

    @property
    def plan(self) -> Plan:
        """The memory plan that is followed now; it may be smaller than the plan at loading time."""
        ...

    def to(self, device: str) -> object:
        """Move the weights to a device."""
        ...

    def render(
        self,
        conditions: Sequence[RegionCondition],
        settings: RenderSettings,
        *,
        stop: threading.Event | None = None,
        keep: Keep | None = None,
        conditionings: Sequence[Conditioning] = (),
    ) -> Generator[RenderEvent, None, None]:
        """Paint `conditions`: the global one first, which covers the whole picture, then far to near.

        Yields notices, steps, previews and `settings.count` pictures; picture k depends on the conditions, the
        settings, the plan, `keep` and ``seed + k`` alone. With `keep` only a part of an earlier picture is painted
        anew, and its other pixels stay as they are; a painter without this ability ignores it. Setting `stop` ends the
        work after the step at hand; closing the generator stops it and waits for it. Raises SettingsError at once for
        what this model cannot paint, and RenderError from the generator if the work fails.
        """
        ...


@runtime_checkable
class LimitedPainter(Painter, Protocol):
    """A painter that draws only the things that it knows, and can say in advance what it does not know."""

    def unknown(self, conditions: Sequence[RegionCondition]) -> tuple[str, ...]:
        """What `conditions` describe that the painter does not know, in the words of the descriptions, such as "neon
        sign". Needs no model and takes milliseconds."""
        ...


def unknown_things(painter: Painter, conditions: Sequence[RegionCondition]) -> tuple[str, ...]:
    """What `painter` says that it does not know of `conditions`; empty for a painter that says nothing of the kind."""
    return painter.unknown(conditions) if isinstance(painter, LimitedPainter) else ()
