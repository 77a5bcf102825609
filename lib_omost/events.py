"""The events and the status that a studio reports to page, command line and API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .canvas import Canvas, Interpretation
from .canvas.events import CanvasEvent
from .llm.base import Speed
from .render.settings import Notice, Picture, Preview, Step
from .runtime.background import LoadingStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work has not started: a model is loading, or the device is busy with other work."""

    message: str
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of the composer's reply."""

    text: str


@dataclass(frozen=True, slots=True)
class CanvasChanged:
    """What the last piece changed, and the canvas so far (None before the first valid call)."""

    event: CanvasEvent
    canvas: Canvas | None


@dataclass(frozen=True, slots=True)
class ChatFinished:
    """The end of a reply.

    finished: "end" if the model ended it, "length" if the token limit cut it off, "stopped" if the user did, and
    "repeating" if it was stopped because it kept repeating itself. tokens: how many were generated in `seconds`, which
    exclude loading and waiting. speed: None if the reply was interrupted or is empty.
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
class Performance:
    """Speed and memory of the last reply and picture; None for what has not happened yet or cannot be measured.

    tokens_per_second: of the last reply, with the time for reading the prompt. seconds_per_picture: of the last
    picture. peak_memory: largest number of bytes of device memory that torch has held since the start. memory_plan: the
    current plan in GB, see `plan.PLANS`.
    """

    tokens_per_second: float | None = None
    seconds_per_picture: float | None = None
    peak_memory: int | None = None
    memory_plan: int | None = None

    @property
    def sentences(self) -> str:
        """A description for the user, "" before the first reply or picture."""
        parts = []
        if self.tokens_per_second is not None:
            parts.append(f"The last reply: {self.tokens_per_second:.1f} tokens a second.")
        if self.seconds_per_picture is not None:
            parts.append(f"The last picture: {self.seconds_per_picture:.1f} s.")
        if parts and self.peak_memory is not None:
            plan = "" if self.memory_plan is None else f" by the memory plan for {self.memory_plan} GB"
            parts.append(f"At most {self.peak_memory / 1e9:.1f} GB of the device's memory were used{plan}.")
        return " ".join(parts)

    def to_json(self) -> dict[str, float | int | None]:
        rounded = {name: getattr(self, name) for name in ("tokens_per_second", "seconds_per_picture")}
        return {
            **{name: None if value is None else round(value, 3) for name, value in rounded.items()},
            "peak_memory": self.peak_memory,
            "memory_plan": self.memory_plan,
        }


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the studio.

    composer, painter: how far they are loaded. reason: why these models were chosen. memory: how they share the device
    memory, "" if they need not. checks: the active safety checks. advice: how to make an unused graphics card usable,
    "" if there is none.
    """

    composer: LoadingStatus
    painter: LoadingStatus
    device: str
    reason: str
    memory: str = ""
    checks: tuple[LoadingStatus, ...] = ()
    advice: str = ""
    performance: Performance = Performance()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences to show when the program starts."""
        return tuple(note for note in (self.advice, self.memory) if note)

    @property
    def parts(self) -> tuple[LoadingStatus, ...]:
        """The loading status of every model."""
        return (self.composer, self.painter, *self.checks)
