"""Interpreting a reply while it arrives, or as a whole."""

from __future__ import annotations

from lib_omost.canvas.escapes import Escapes
from lib_omost.canvas.events import CanvasEvent, Dropped, Finished, Interpretation, Retracted
from lib_omost.canvas.interpreter import Interpreter
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.scanner import Scanner
from lib_omost.canvas.thinking import Part, Thinking

PIECE = 4_000
"""Characters of a whole reply that are read at once."""


class CanvasStream:
    """Takes a reply in arbitrary pieces; the final canvas and notes equal those of `interpret` on the whole reply.

    A region appears with the piece that closes its call. A call that needs repair may appear only at the end of its
    line or with the text that follows. Thinking is left out; if its closing mark comes without an opening one, the
    events before it are taken back with Retracted. The running time is linear in the length of the reply.

    `region` is `Region` or a subclass with more fields.
    """

    def __init__(self, region: type[Region] = Region) -> None:
        self._region = region
        self._thinking = Thinking()
        self._escapes = Escapes()
        self._scanner = Scanner()
        self._interpreter = Interpreter(region)
        self._finished: list[CanvasEvent] | None = None

    @property
    def canvas(self) -> Canvas | None:
        """The canvas so far; None before the first valid call."""
        return self._interpreter.canvas

    def feed(self, piece: str) -> list[CanvasEvent]:
        """Take the next piece and return the events that it completes. Pieces after `finish` are ignored."""
        if self._finished is not None:
            return []
        return [event for part in self._thinking.feed(piece) for event in self._take(part)]

    def finish(self) -> list[CanvasEvent]:
        """End the reply and return the last events, of which the last is Finished. Further calls return the same."""
        if self._finished is None:
            events = [event for part in self._thinking.finish() for event in self._take(part)]
            events += self._end_scan()
            self._finished = [*events, *self._interpreter.close(), self._interpreter.finish()]
        return list(self._finished)

    def result(self) -> Interpretation:
        """End the reply and return the result."""
        last = self.finish()[-1]
        assert isinstance(last, Finished)
        return last.interpretation

    def _take(self, part: Part) -> list[CanvasEvent]:
        if part.kind == "unopened":
            return self._retract()
        # Thinking is read as blank lines, so that line numbers stay valid.
        text = part.text if part.kind == "answer" else "\n" * part.text.count("\n")
        if part.kind in ("opening", "closing"):
            events = self._end_scan()
            self._scanner = self._scanner.following()
            return events
        if part.kind == "answer":
            text, escaped = self._escapes.feed(text)
            if escaped:  # nothing of the text so far was code
                self._scanner = self._scanner.following()
        return self._read(text)

    def _read(self, text: str) -> list[CanvasEvent]:
        return [event for statement in self._scanner.feed(text) for event in self._interpreter.take(statement)]

    def _end_scan(self) -> list[CanvasEvent]:
        return [event for statement in self._scanner.finish() for event in self._interpreter.take(statement)]

    def _retract(self) -> list[CanvasEvent]:
        """Take back everything so far, because it was thinking."""
        self._end_scan()
        canvas = self._interpreter.canvas
        self._scanner = self._scanner.following()
        self._interpreter = Interpreter(self._region)
        if canvas is None:
            return [Retracted()]
        note = self._interpreter.note_draft(self._scanner.line, canvas)
        return [Retracted(), Dropped(note)]


def interpret(reply: str, region: type[Region] = Region) -> Interpretation:
    """The canvas that `reply` describes, and a note for everything that was not taken literally.

    `region` is `Region` or a subclass with more fields. Accepts any text and never raises; limits.py bounds how much of
    it is read.
    """
    stream = CanvasStream(region)
    for start in range(0, len(reply), PIECE):  # so that no more than the statements of one piece are in memory
        stream.feed(reply[start : start + PIECE])
    return stream.result()
