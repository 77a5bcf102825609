"""The events and the status that a studio reports to page, command line and API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .canvas import Canvas, Interpretation
from .canvas.events import CanvasEvent, Corrected, Dropped, GlobalSet, RegionAdded
from .canvas.thinking import answer_of, thinks
from .llm.base import Speed
from .render.settings import Notice, Picture, Preview, Step
from .runtime.background import LoadingStatus

MAX_UNKNOWN = 8
"""Things that the sentence about the unknown ones names; it counts the rest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work has not started: a model is loading, or the device is busy with other work."""

    message: str
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of the composer's reply. Thinking stands between lines `<think>` and `</think>`. thinking: whether
    the reply is in its thinking after this piece."""

    text: str
    thinking: bool = False


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
    exclude loading and waiting. speed: None if the reply was interrupted or is empty. window_full: whether the limit
    was what the model's window left, not the setting.
    """

    reply: str
    interpretation: Interpretation
    tokens: int
    seconds: float
    finished: Literal["end", "length", "stopped", "repeating"]
    speed: Speed | None = None
    window_full: bool = False

    @property
    def problem(self) -> str | None:
        """What is wrong with the reply, and what to do, as sentences; None for a layout that is complete, and for a
        reply that the user stopped."""
        if self.finished == "stopped":
            return None
        if self.finished == "repeating":
            return (
                "The composer said the same thing over and over and was stopped. Every part that was finished is kept; "
                "retry, with a new seed or another temperature."
            )
        if self.finished == "length":
            return f"{self._cut} {self._more_room}"
        if self.interpretation.canvas is not None:
            return None
        if not self.reply.strip():
            return (
                "The composer's answer is empty: it wrote no text at all. Retry with a new seed; if it stays empty, "
                "look at the output of the program that runs the model, or choose another composer."
            )
        if not answer_of(self.reply).strip():
            return (
                "The composer only thought and then ended: there is no answer after its thinking. Retry with a new "
                "seed, or switch the model's thinking off."
            )
        if self.interpretation.called:
            return self.interpretation.error
        return (
            "The answer has no layout: the composer wrote text, but no call of set_global_description or "
            "add_local_description. Say what the picture should show, or choose another composer if this goes on."
        )

    @property
    def _cut(self) -> str:
        if thinks(self.reply) and not answer_of(self.reply).strip():
            return f"The composer used all of its {self.tokens} tokens for thinking, so there is no answer."
        if self.interpretation.canvas is None:
            return f"The reply was cut off at {self.tokens} tokens, before its first description was complete."
        return f"The reply was cut off at {self.tokens} tokens. Every part that was finished is kept."

    @property
    def _more_room(self) -> str:
        thought = ", or switch the model's thinking off" if thinks(self.reply) else ""
        if self.window_full:
            return (
                f"The model's window is full: start a new chat, or run the model with a longer context{thought}, and "
                "retry."
            )
        return f"Raise “Max reply length” (--max-new-tokens in a command){thought}, and retry."


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


def layout_events(layout: Interpretation) -> Iterator[CanvasChanged]:
    """The events of a layout that was read as a whole."""
    canvas = layout.canvas
    assert canvas is not None
    yield CanvasChanged(GlobalSet(canvas.global_description, 1), replace(canvas, regions=()))
    for number, region in enumerate(canvas.regions):
        yield CanvasChanged(RegionAdded(region, number, 1), replace(canvas, regions=canvas.regions[: number + 1]))
    for note in layout.notes:
        yield CanvasChanged(Dropped(note) if note.kind == "dropped" else Corrected(note), canvas)


def unknown_sentence(things: Sequence[str], model: str = "image model") -> str:
    """The sentence about what a painter does not know, "" if there is nothing of the kind."""
    if not things:
        return ""
    shown = [*things[:MAX_UNKNOWN], *([f"{len(things) - MAX_UNKNOWN} more"] if len(things) > MAX_UNKNOWN else [])]
    return f"The {model} does not know: {', '.join(shown).rstrip('.')}."
