"""What happens while a reply is read: the same values for a whole reply and for one that streams in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lib_omost.canvas.model import Canvas, GlobalDescription, Note, Region


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a reply says. `canvas` is None only if not a single sound call was found, and then `error` is a sentence."""

    canvas: Canvas | None
    notes: tuple[Note, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class GlobalSet:
    """The global description was read; `line` is where its call starts."""

    description: GlobalDescription
    line: int


@dataclass(frozen=True, slots=True)
class RegionAdded:
    """A region was read: the `index`-th (from 0) of the canvas; `line` is where its call starts."""

    region: Region
    index: int
    line: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """Something was mended, or replaced by a default."""

    note: Note


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something could not be kept."""

    note: Note


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply has ended; this is all of it."""

    interpretation: Interpretation


CanvasEvent: TypeAlias = GlobalSet | RegionAdded | Corrected | Dropped | Finished
