"""What a studio reports while it works, and what it says of itself: the values that its faces read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .canvas import Canvas, Interpretation
from .canvas.events import CanvasEvent
from .llm.base import Speed
from .render.settings import Notice, Picture, Preview, Step
from .runtime.background import PartStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work has not begun: a model is loading, or the device is busy with somebody else's work."""

    message: str
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of the composer's reply."""

    text: str


@dataclass(frozen=True, slots=True)
class CanvasChanged:
    """What the last piece meant, and the canvas as it stands now (None before the first sound call)."""

    event: CanvasEvent
    canvas: Canvas | None


@dataclass(frozen=True, slots=True)
class ChatFinished:
    """The end of a reply, however it came about: `finished` is "length" where the token limit cut it off,
    "repeating" where it was stopped because it said the same thing over and over.

    `tokens` were generated in `seconds` (model loading and waiting are not counted). `speed` is None where the reply
    was broken off or has no token.
    """

    reply: str
    interpretation: Interpretation
    tokens: int
    seconds: float
    finished: Literal["end", "length", "stopped", "repeating"]
    speed: Speed | None = None


ChatEvent = Waiting | TextPiece | CanvasChanged | Notice | ChatFinished
PaintEvent = Waiting | Notice | Step | Preview | Picture


@dataclass(frozen=True, slots=True)
class Status:
    """What runs, how far it is, why these models, and how they share the device's memory ("" where they need not);
    `checks` are the safety checks that are on."""

    composer: PartStatus
    painter: PartStatus
    device: str
    reason: str
    memory: str = ""
    checks: tuple[PartStatus, ...] = ()

    @property
    def parts(self) -> tuple[PartStatus, ...]:
        """All that is loaded."""
        return (self.composer, self.painter, *self.checks)
