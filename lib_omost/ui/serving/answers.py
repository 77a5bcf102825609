"""The answers of the endpoints: JSON objects that follow the events of a stream.

Every answer holds the whole state so far, so that a client needs only the latest one; docs/api.md lists the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lib_omost.canvas import Interpretation, as_json
from lib_omost.events import CanvasChanged, ChatEvent, ChatFinished, PaintEvent, TextPiece, Waiting
from lib_omost.render.settings import Notice, Step

Worded = Callable[[str], str]
"""Rewords a sentence for the client, such as without the folders of this machine."""


class ChatAnswer:
    """The state of a reply that is being written."""

    def __init__(self, worded: Worded) -> None:
        self._worded = worded
        self._state: dict[str, Any] = {
            "state": "waiting", "message": "", "reply": "", "canvas": None, "notes": [], "notices": [],
        }  # fmt: skip

    def take(self, event: ChatEvent) -> None:
        """Follow the next event of the stream."""
        state = self._state
        match event:
            case Waiting(message):
                state |= {"state": "waiting", "message": message}
            case Notice(message):
                state["notices"] = [*state["notices"], self._worded(message)]
            case TextPiece(text):
                state |= {"state": "writing", "message": "", "reply": state["reply"] + text}
            case CanvasChanged(canvas=canvas):
                state["canvas"] = None if canvas is None else as_json(canvas)
            case ChatFinished():
                state |= {"state": "finished", "finished": event.finished, "tokens": event.tokens}
                state |= {"seconds": round(event.seconds, 3), **interpretation_json(event.interpretation)}
                state["problem"] = event.problem

    def to_json(self) -> dict[str, Any]:
        """The state so far; later events do not change it."""
        return dict(self._state)


class RenderAnswer:
    """The state of a render of `count` pictures with `steps` steps each. notices: those that precede its own."""

    def __init__(self, steps: int, count: int, notices: Sequence[str], worded: Worded) -> None:
        self._worded = worded
        self._state: dict[str, Any] = {
            "state": "waiting", "message": "", "step": 0, "steps": steps, "picture": 0,
            "count": count, "notices": list(notices), "pictures": [],
        }  # fmt: skip

    def take(self, event: PaintEvent) -> None:
        """Follow the next event of the stream; pictures are added by `add`."""
        state = self._state
        match event:
            case Waiting(message):
                state |= {"state": "waiting", "message": message}
            case Notice():
                state["notices"] = [*state["notices"], self._worded(event.message)]
            case Step(picture=picture, step=step, steps=steps):
                state |= {"state": "painting", "message": "", "picture": picture + 1, "step": step, "steps": steps}

    def add(self, picture: dict[str, Any]) -> None:
        """Add a finished picture, described as JSON."""
        self._state["pictures"] = [*self._state["pictures"], picture]

    def to_json(self) -> dict[str, Any]:
        """The state so far; later events do not change it."""
        return dict(self._state)


def interpretation_json(interpretation: Interpretation) -> dict[str, Any]:
    """The canvas of a reply, the notes on what was corrected, and the error if there is no canvas."""
    canvas = interpretation.canvas
    return {
        "ok": canvas is not None,
        "canvas": None if canvas is None else as_json(canvas),
        "notes": [note.to_json() for note in interpretation.notes],
        "error": None if canvas is not None else interpretation.error,
    }
