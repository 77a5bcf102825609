"""What a studio reports while it works, and what it says of itself: the values that its faces read."""

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
class Performance:
    """How fast the last work was, and what it took: None for what has not been done yet or what nothing counts.

    tokens_per_second: of the last reply, the reading of its prompt included. seconds_per_picture: of the last picture.
    peak_memory: bytes of the device that torch held at most since the start. memory_plan: GB of the plan that is
    followed, see `plan.PLANS`.
    """

    tokens_per_second: float | None = None
    seconds_per_picture: float | None = None
    peak_memory: int | None = None
    memory_plan: int | None = None

    @property
    def sentences(self) -> str:
        """In words, "" before the first work is done."""
        said = []
        if self.tokens_per_second is not None:
            said.append(f"The last reply: {self.tokens_per_second:.1f} tokens a second.")
        if self.seconds_per_picture is not None:
            said.append(f"The last picture: {self.seconds_per_picture:.1f} s.")
        if said and self.peak_memory is not None:
            plan = "" if self.memory_plan is None else f" by the memory plan for {self.memory_plan} GB"
            said.append(f"At most {self.peak_memory / 1e9:.1f} GB of the device's memory were used{plan}.")
        return " ".join(said)

    def to_json(self) -> dict[str, float | int | None]:
        rounded = {name: getattr(self, name) for name in ("tokens_per_second", "seconds_per_picture")}
        return {
            **{name: None if value is None else round(value, 3) for name, value in rounded.items()},
            "peak_memory": self.peak_memory,
            "memory_plan": self.memory_plan,
        }


@dataclass(frozen=True, slots=True)
class Status:
    """What runs, how far it is, why these models, and how they share the device's memory ("" where they need not);
    `checks` are the safety checks that are on; `advice` says what would let an unused card be used, "" without one."""

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
        """What is to be said when the program starts."""
        return tuple(said for said in (self.advice, self.memory) if said)

    @property
    def parts(self) -> tuple[LoadingStatus, ...]:
        """All that is loaded."""
        return (self.composer, self.painter, *self.checks)
