"""Interpreting a reply while it arrives."""

from __future__ import annotations

from lib_omost.canvas.events import CanvasEvent
from lib_omost.canvas.interpreter import Interpreter
from lib_omost.canvas.model import Canvas
from lib_omost.canvas.scanner import Scanner


class CanvasStream:
    """Takes a reply in arbitrary pieces; the final canvas and notes equal those of `interpret` on the whole reply.

    A region appears with the piece that closes its call. A call that needs repair may appear only at the end of its
    line or with the text that follows. The running time is linear in the length of the reply.
    """

    def __init__(self) -> None:
        self._scanner = Scanner()
        self._interpreter = Interpreter()
        self._finished: list[CanvasEvent] | None = None

    @property
    def canvas(self) -> Canvas | None:
        """The canvas so far; None before the first valid call."""
        return self._interpreter.canvas

    def feed(self, piece: str) -> list[CanvasEvent]:
        """Take the next piece and return the events that it completes. Pieces after `finish` are ignored."""
        if self._finished is not None:
            return []
        return [event for statement in self._scanner.feed(piece) for event in self._interpreter.take(statement)]

    def finish(self) -> list[CanvasEvent]:
        """End the reply and return the last events, of which the last is Finished. Further calls return the same."""
        if self._finished is None:
            events = [event for statement in self._scanner.finish() for event in self._interpreter.take(statement)]
            self._finished = [*events, *self._interpreter.close(), self._interpreter.finish()]
        return list(self._finished)
