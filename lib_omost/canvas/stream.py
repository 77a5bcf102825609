"""A canvas that grows while its reply arrives."""

from __future__ import annotations

from lib_omost.canvas.events import CanvasEvent
from lib_omost.canvas.interpreter import Interpreter
from lib_omost.canvas.model import Canvas
from lib_omost.canvas.scanner import Scanner


class CanvasStream:
    """Feed it a reply in any pieces; the canvas and the notes end as those of `interpret` on the whole.

    A region appears with the piece that closes its call. A call that has to be mended may have to wait for the end of
    its line, or for what follows it. The time is linear in the length of the reply.
    """

    def __init__(self) -> None:
        self._scanner = Scanner()
        self._interpreter = Interpreter()
        self._finished: list[CanvasEvent] | None = None

    @property
    def canvas(self) -> Canvas | None:
        """The canvas so far; None before the first sound call."""
        return self._interpreter.canvas

    def feed(self, piece: str) -> list[CanvasEvent]:
        """What this piece completes. Pieces after `finish` are ignored."""
        if self._finished is not None:
            return []
        return [event for statement in self._scanner.feed(piece) for event in self._interpreter.take(statement)]

    def finish(self) -> list[CanvasEvent]:
        """What the end of the reply completes; the last event is Finished. A second call gives the same again."""
        if self._finished is None:
            events = [event for statement in self._scanner.finish() for event in self._interpreter.take(statement)]
            self._finished = [*events, *self._interpreter.close(), self._interpreter.finish()]
        return list(self._finished)
