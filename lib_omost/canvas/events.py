"""Events of reading a reply: the same values for a whole reply and for a streamed one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from lib_omost.canvas.model import Canvas, GlobalDescription, Note, Region


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The result of reading a reply. `canvas` is None only if there is no valid call at all; then `error` says why.
    called: whether the reply has calls, valid or not."""

    canvas: Canvas | None
    notes: tuple[Note, ...] = ()
    error: str | None = None
    called: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class GlobalSet:
    """The global description was read; `line` is where its call starts."""

    description: GlobalDescription
    line: int


@dataclass(frozen=True, slots=True)
class RegionAdded:
    """A region was read; `index` is its position in the canvas, from 0; `line` is where its call starts."""

    region: Region
    index: int
    line: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """Something was corrected or replaced by a default."""

    note: Note


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something could not be used."""

    note: Note


@dataclass(frozen=True, slots=True)
class Retracted:
    """Everything before was the model's thinking: the canvas is empty again, and all earlier notes are void."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply has ended; this is the result."""

    interpretation: Interpretation


CanvasEvent: TypeAlias = GlobalSet | RegionAdded | Corrected | Dropped | Retracted | Finished
