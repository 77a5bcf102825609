"""The contents of the region editor, and of the notes below it, as JSON.

The browser blends every region with an opacity of 0.7 over those behind it, from far to near, as in the coarse colour
picture, so the editor shows what the painter can start from.
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
    continues: bool = False,
    rendered: int = 0,
) -> dict[str, Any]:
    """The canvas for the editor.

    preview: a data URI of the unfinished picture, shown in place of the colours. turn: index in the chat of the reply
    that contains the canvas. picture: name of the last picture made from it. continues: whether this is still the
    version that the editor shows, so that its steps can be undone; otherwise the editor forgets them.
    rendered: number of new pictures, each of which is a step for Undo.
    """
    return {
        "opacity": COLOR_OPACITY,
        "canvas": None if canvas is None else canvas_json(canvas),
        "preview": preview,
        "editable": editable,
        "turn": turn,
        "picture": picture,
        "continues": continues,
        "rendered": rendered,
    }


def chat_layout(
    chat: Conversation, *, editable: bool = True, preview: str | None = None, continues: bool = False, rendered: int = 0
) -> dict[str, Any]:
    """As `layout_value`, for the canvas of a chat."""
    return layout_value(
        chat.canvas(),
        preview,
        editable=editable,
        turn=chat.turn(),
        picture=chat.last_picture(),
        continues=continues,
        rendered=rendered,
    )


def notes_value(interpretation: Interpretation | None, notices: Sequence[str] = ()) -> dict[str, Any]:
    """The notes of an interpretation as JSON for `NoteList`, with the error if there is no canvas. notices: what the
    painter did differently from the request."""
    value: dict[str, Any] = {"notes": [], "error": None, "notices": list(notices[:MAX_NOTICES])}
    if interpretation is not None:
        value["notes"] = [note.to_json() for note in interpretation.notes]
        value["error"] = interpretation.error
    return value
