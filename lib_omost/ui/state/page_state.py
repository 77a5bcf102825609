"""What the page says: its parts and their values, and what follows from the chat and from the models' state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from lib_omost.studio import Status, Studio

from .conversation import Conversation
from .layout import chat_layout, notes_value
from .limits import JobKind

STOPPING = {"text": "Stopping …", "kind": "busy"}


class Changes(TypedDict, total=False):
    """New values for parts of the page; `warning` is a sentence that pops up.

    `memory` is what the browser is to remember, and marks a change that is kept on disk; `session` names the
    conversation that the page shows from now on (None: a new one), `used` the settings that were used and `settings`
    those that the controls are to show, `by_hand` says that a reply of the chat was changed and not written
    anew, `branches` where other ways part from the chat, `listed` the conversations of the side bar, `handed_out` a
    file to save.
    """

    chat: Conversation
    cleared: Conversation
    prompt: str
    layout: dict[str, Any]
    code: str
    notes: dict[str, Any]
    progress: dict[str, Any]
    models: dict[str, Any]
    loaded: bool
    failed: bool
    reason: str
    ready: bool
    busy: JobKind | None
    seed: int
    memory: Any
    session: str | None
    used: dict[str, dict[str, Any]]
    settings: Mapping[str, Mapping[str, Any]]
    listed: dict[str, Any]
    handed_out: Path
    by_hand: bool
    branches: list[dict[str, Any]]
    warning: str


class PageState:
    """What a page shows of a chat and of the state of the models of one studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def chat(self, chat: Conversation) -> Changes:
        """Everything on the page that follows from the chat."""
        return {
            "chat": chat,
            "memory": chat.to_json(),
            "layout": chat_layout(chat),
            "code": chat.code(),
            "notes": notes_value(chat.interpretation()),
            "progress": line(""),
            "busy": None,
            **self.render(chat, None),
        }

    def render(self, chat: Conversation, busy: JobKind | None) -> Changes:
        """Whether Render would paint now, and if not, why."""
        reason, ready = self._reason(chat, busy)
        return {"reason": reason, "ready": ready}

    def _reason(self, chat: Conversation, busy: JobKind | None) -> tuple[str, bool]:
        """What stands under Render, and whether a click would paint."""
        if busy == "chat":
            return "The composer is writing: Render can be used when it has finished.", False
        if busy == "render":
            return "", False
        canvas = chat.canvas()
        if canvas is None:
            interpretation = chat.interpretation()
            if interpretation is None:
                return "Chat first: there is no canvas yet.", False
            return f"There is no canvas yet: {interpretation.error or 'the reply holds none'}", False
        painter = self.studio.status().painter
        if painter.state == "failed":
            return f"The painter cannot paint: {painter.message}", False
        if painter.state != "ready":
            return "The painter is still loading: Render will wait for it.", True
        return "", True

    def models(self, status: Status) -> dict[str, Any]:
        """The models' state as JSON for `ModelStatus`."""
        parts = (
            ("composer", status.composer, self.studio.composer_preset.note),
            ("painter", status.painter, self.studio.painter_preset.note),
            *(("safety check", part, "") for part in status.checks),
        )
        return {
            "parts": [
                {
                    "role": role,
                    "state": part.state,
                    "message": part.message,
                    "progress": part.progress,
                    "note": note,
                }
                for role, part, note in parts
            ],
            "reason": " ".join(
                filter(
                    None,
                    (
                        status.advice,
                        status.reason,
                        f"Device: {status.device}.",
                        status.memory,
                        status.performance.sentences,
                    ),
                )
            ),
        }


def line(text: str, kind: str = "note") -> dict[str, Any]:
    """A sentence as JSON for `Progress`; `kind` is "note", "busy" or "error"."""
    return {"text": text, "kind": kind}
