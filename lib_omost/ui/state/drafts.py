"""Work in progress on the page: the state that results from the events so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from lib_omost.canvas import Canvas, Note
from lib_omost.canvas.events import Corrected, Dropped, GlobalSet, RegionAdded, Retracted
from lib_omost.render.settings import Picture, Preview, Step
from lib_omost.studio import CanvasChanged, ChatEvent, ChatFinished, Notice, PaintEvent, TextPiece, Waiting

from .entries import Entry, NoticeEntry, Reply
from .gallery import data_uri


@dataclass
class ChatDraft:
    """A reply that is being written."""

    text: str = ""
    canvas: Canvas | None = None
    notes: list[Note] = field(default_factory=list)
    notices: list[NoticeEntry] = field(default_factory=list)
    waiting: Waiting | None = None
    finished: ChatFinished | None = None
    thinking: bool = False
    _began: float = field(default_factory=time.monotonic)
    _seen: tuple[Any, ...] = ()
    _drawn: tuple[Any, ...] = (None, 0)
    _ended: bool = False

    def take(self, event: ChatEvent) -> None:
        """Process one event."""
        match event:
            case Waiting():
                self.waiting = event
            case TextPiece(text, thinking):
                self.text += text
                self.thinking = thinking
                self.waiting = None
            case CanvasChanged(change, canvas):
                if isinstance(change, Corrected | Dropped):
                    self.notes.append(change.note)
                elif isinstance(change, GlobalSet | RegionAdded):
                    self.canvas = canvas
                elif isinstance(change, Retracted):
                    self.canvas = None
                    self.notes.clear()
            case Notice(message):
                self.notices.append(NoticeEntry(message))
            case ChatFinished():
                self.finished = event

    def end(self, error: str | None) -> None:
        """End the work; if it failed, `error` is the sentence that says why."""
        self._ended = True
        if error is not None:
            self.notices.append(NoticeEntry(error, "error"))
        elif self.finished is None or self.finished.finished == "stopped":
            self.notices.append(NoticeEntry("Stopped. What was written so far is kept." if self.text else "Stopped."))
        elif self.finished.problem is not None:
            kept = self.finished.interpretation.canvas is not None
            self.notices.append(NoticeEntry(self.finished.problem, "note" if kept else "error"))

    def entries(self) -> list[Entry]:
        """The entries that currently follow the prompt."""
        entries: list[Entry] = [Reply(self.text)] if self.text else []
        entries += self.notices
        if not self.text and not self._ended:
            message = self.waiting.message if self.waiting else "The layout model reads …"
            entries.append(NoticeEntry(message, "busy"))
        return entries

    def has_new_text(self) -> bool:
        """Whether `entries` have changed since the last call."""
        seen, self._seen = self._seen, (len(self.text), len(self.notices), self.waiting)
        return seen != self._seen

    def has_new_canvas(self) -> bool:
        """Whether the canvas or the notes have changed since the last call."""
        drawn, self._drawn = self._drawn, (self.canvas, len(self.notes))
        return drawn[0] is not self.canvas or drawn[1] != len(self.notes)

    def notes_value(self) -> dict[str, Any]:
        return {"notes": [note.to_json() for note in self.notes], "error": None}

    def progress(self) -> dict[str, Any]:
        seconds = time.monotonic() - self._began
        if self._ended:
            errors = [notice.text for notice in self.notices if notice.kind == "error"]
            if errors:
                return {"text": errors[-1], "kind": "error"}
            if self.finished is None or self.finished.finished == "stopped":
                return {"text": "Stopped.", "kind": "note"}
            canvas = self.finished.interpretation.canvas
            count = 0 if canvas is None else len(canvas.regions)
            regions = f"{count} region{'' if count == 1 else 's'}" if canvas is not None else "No layout"
            return {"text": f"{regions} in {self.finished.seconds:.0f} s", "kind": "note"}
        if not self.text:
            message = self.waiting.message if self.waiting else f"The layout model reads … {seconds:.0f} s"
            fraction = self.waiting.progress if self.waiting else None
            return {"text": message, "kind": "busy", "fraction": fraction}
        if self.thinking:
            return {"text": f"Thinking … {seconds:.0f} s", "kind": "busy"}
        count = len(self.canvas.regions) if self.canvas else 0
        return {"text": f"Writing … {seconds:.0f} s, regions so far: {count}", "kind": "busy"}


@dataclass
class RenderDraft:
    """A running render."""

    canvas: Canvas
    step: Step | None = None
    waiting: Waiting | None = None
    notices: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    _handed_out: int = 0
    _preview: Preview | None = None
    _first_step: float | None = None
    _steps_since: int = -1
    _began: float = field(default_factory=time.monotonic)

    def take(self, event: PaintEvent) -> None:
        match event:
            case Waiting():
                self.waiting = event
            case Step():
                self.waiting = None
                self.step = event
                if self._first_step is None:
                    self._first_step = time.monotonic()
                self._steps_since += 1
            case Preview():
                self._preview = event
            case Picture():
                self.pictures.append(event)
            case Notice():
                self.notices.append(event.message)

    def new_pictures(self) -> list[Picture]:
        """The pictures that were finished since the last call."""
        new = self.pictures[self._handed_out :]
        self._handed_out = len(self.pictures)
        return new

    def new_preview(self) -> str | None:
        """The latest preview as a data URI; None if there is no new one."""
        preview, self._preview = self._preview, None
        return None if preview is None else data_uri(preview.image)

    def progress(self) -> dict[str, Any]:
        if self.waiting is not None:
            return {"text": self.waiting.message, "kind": "busy", "fraction": self.waiting.progress}
        if self.step is None:
            return {"text": "The image model prepares the regions …", "kind": "busy"}
        step = self.step
        text = "Painting"
        if step.pictures > 1:
            text += f" picture {step.picture + 1} of {step.pictures}"
        text += f", step {step.step} of {step.steps}"
        if step.phase == "hires":
            text += " of the high-resolution pass"
        if (left := self._seconds_left()) is not None:
            text += f", about {duration(left)} left"
        return {"text": text, "kind": "busy", "fraction": step.step / max(step.steps, 1)}

    def _seconds_left(self) -> float | None:
        """An estimate from the steps so far; it includes a high-resolution pass only after the first picture."""
        if self.step is None or self._first_step is None or self._steps_since < 1:
            return None
        pace = (time.monotonic() - self._first_step) / self._steps_since
        done = [picture.seconds for picture in self.pictures]
        each = sum(done) / len(done) if done else self.step.steps * pace
        return (self.step.steps - self.step.step) * pace + (self.step.pictures - self.step.picture - 1) * each

    def summary(self) -> str:
        """The result in a sentence, after the render has ended."""
        wanted = self.step.pictures if self.step else 0
        made = len(self.pictures)
        if made == 0:
            return "Stopped: no picture was finished."
        seconds = time.monotonic() - self._began
        text = f"{made} picture{'' if made == 1 else 's'} in {seconds:.1f} s."
        return f"Stopped after {text}" if made < wanted else text


def duration(seconds: float) -> str:
    """A readable duration: "40 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
