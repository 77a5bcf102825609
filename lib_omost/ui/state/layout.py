"""What the region editor and the notes below it show, as JSON.

Every region is laid over those behind it with seven tenths of its colour, far to near, in the browser: the very law of
the coarse colour picture, so what is seen is what the painter can start from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lib_omost.canvas import Canvas, Interpretation
from lib_omost.canvas.conditions import COLOR_OPACITY

from .conversation import Conversation
from .editing import canvas_json

MAX_NOTICES = 50


def layout_value(
    canvas: Canvas | None,
    preview: str | None = None,
    *,
    editable: bool = True,
    turn: int | None = None,
    picture: str | None = None,
) -> dict[str, Any]:
    """The canvas for the editor.

    `preview` is a data URI of the picture as it stands, shown in place of the colours. `turn` is the place in the chat
    of the reply that holds the canvas, `picture` the name of the last picture made of it.
    """
    return {
        "opacity": COLOR_OPACITY,
        "canvas": None if canvas is None else canvas_json(canvas),
        "preview": preview,
        "editable": editable,
        "turn": turn,
        "picture": picture,
    }


def chat_layout(chat: Conversation, *, editable: bool = True, preview: str | None = None) -> dict[str, Any]:
    """The same for the canvas of a chat."""
    return layout_value(chat.canvas(), preview, editable=editable, turn=chat.turn(), picture=chat.last_picture())


def notes_value(interpretation: Interpretation | None, notices: Sequence[str] = ()) -> dict[str, Any]:
    """Corrections and losses as JSON for `NoteList`; `error` says why there is no canvas, `notices` what the painter
    did otherwise than asked."""
    value: dict[str, Any] = {"notes": [], "error": None, "notices": list(notices[:MAX_NOTICES])}
    if interpretation is not None:
        value["notes"] = [note.to_json() for note in interpretation.notes]
        value["error"] = interpretation.error
    return value
