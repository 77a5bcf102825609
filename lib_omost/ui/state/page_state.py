"""The parts of the page and their values, as far as they follow from the chat and the state of the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

from lib_omost.events import unknown_sentence
from lib_omost.sessions import Settings
from lib_omost.studio import Status, Studio

from .conversation import Conversation
from .layout import chat_layout, notes_value
from .limits import JobKind

FLOW = "flow"
"""The sampler of the painters that have no choice of one; no other painter has it."""

LARGE_MODELS = "The README says how to get the full ones."
STOPPING = {"text": "Stopping …", "kind": "busy"}


class Changes(TypedDict, total=False):
    """New values for parts of the page.

    memory: for the browser's storage; its presence means that the change is stored on disk, too. session: name of the
    conversation that the page shows from now on, None for a new one. used: the settings of this work. settings: those
    that the controls should show. lacking: the names of settings that the painter has no choice of. fixed_seed: the
    seed to use from now on. later: prompts that can be sent again, see `Rounds.run_later`. by_hand: a reply was
    edited by the user. branches: where the chat has other continuations. waiting: the queue of the page. part: what a
    render keeps of the last picture, see `Plan`. unknown: a sentence about what the image model does not know, "" if
    there is nothing of the kind. filmstrip: the pictures of the chat. listed: the conversations of the side bar.
    handed_out: a file to download, and the folder of the login that it is for, see `Gallery.owner`. warning: a sentence
    that pops up.
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
    unknown: str
    busy: JobKind | None
    part: dict[str, Any]
    waiting: dict[str, Any]
    filmstrip: dict[str, Any]
    seed: int
    fixed_seed: int
    memory: Any
    session: str | None
    used: dict[str, dict[str, Any]]
    settings: Mapping[str, Mapping[str, Any]]
    lacking: frozenset[str]
    listed: dict[str, Any]
    handed_out: tuple[Path, str]
    later: tuple[str, ...]
    by_hand: bool
    branches: list[dict[str, Any]]
    warning: str


class PageState:
    """Computes what a page shows of a chat and of the models of one studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._lacking = studio.painter_preset.lacking

    def lacking(self) -> Changes:
        """The settings of the painter and those that it has no choice of, if another kind of painter has been switched
        to since the page was built."""
        preset = self.studio.painter_preset
        if preset.lacking == self._lacking:
            return {}
        return {"lacking": preset.lacking, "settings": {"render": asdict(preset.settings)}}

    def suited(self, settings: Settings) -> Settings:
        """Stored `settings` with a sampler that the painter has, where they were used with one of another family."""
        preset, render = self.studio.painter_preset, settings.get("render", {})
        if render.get("sampler") != FLOW or "sampler" in preset.lacking:
            return settings
        return {**settings, "render": {**render, "sampler": preset.settings.sampler}}

    def chat(self, chat: Conversation) -> Changes:
        """The values of everything on the page that depends on the chat."""
        return {
            "chat": chat,
            "memory": chat.to_json(),
            "layout": chat_layout(chat),
            "code": chat.code(),
            "notes": notes_value(chat.interpretation()),
            "progress": line(""),
            "busy": None,
            "later": (),
            **self.render(chat, None),
        }

    def render(self, chat: Conversation, busy: JobKind | None) -> Changes:
        """Whether Render can paint now, and if not, why; and what the image model does not know of the layout."""
        reason, ready = self._reason(chat, busy)
        canvas = None if busy == "chat" else chat.canvas()
        unknown = () if canvas is None else self.studio.unknown(canvas)
        return {"reason": reason, "ready": ready, "unknown": unknown_sentence(unknown)}

    def _reason(self, chat: Conversation, busy: JobKind | None) -> tuple[str, bool]:
        """The text below the button Render, and whether a click would paint."""
        if busy == "chat":
            return "The layout model is writing: Render waits in the queue until it has finished.", False
        if busy == "render":
            return "", False
        canvas = chat.canvas()
        if canvas is None:
            interpretation = chat.interpretation()
            if interpretation is None:
                return "Nothing to render yet: describe a picture or draw a box.", False
            return f"Nothing to render yet: {interpretation.error or 'the reply holds none'}", False
        painter = self.studio.status().painter
        if painter.state == "failed":
            return f"The image model cannot render: {painter.message}", False
        if painter.state != "ready":
            return "The image model is still loading: Render will wait for it.", True
        return "", True

    def models(self, status: Status) -> dict[str, Any]:
        """The models' state as JSON for `ModelStatus`."""
        parts = (
            ("layout model", status.composer, self.studio.composer_preset.note),
            ("image model", status.painter, self.studio.painter_preset.note),
            *(("safety check", part, "") for part in status.checks),
        )
        return {
            "hint": self._hint(),
            "parts": [
                {
                    "role": role,
                    "state": part.state,
                    "message": " ".join((part.message, *part.notes)) if part.state == "ready" else part.message,
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

    def _hint(self) -> str:
        """What the user of a built-in model should know before the first prompt; "" with other models."""
        composer, painter = self.studio.composer_preset.embedded, self.studio.painter_preset.embedded
        if not composer and not painter:
            return ""
        limits = " and ".join(["read English"] * composer + ["draw single things"] * painter)
        return f"Demonstration models: they {limits}. {LARGE_MODELS}"


def line(text: str, kind: str = "note") -> dict[str, Any]:
    """A sentence as JSON for `Progress`; `kind` is "note", "busy" or "error"."""
    return {"text": text, "kind": kind}
