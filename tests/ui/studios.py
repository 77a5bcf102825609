"""Real studios around a scripted composer and a real, tiny painter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lib_omost.presets import composer_preset, painter_preset
from lib_omost.render.settings import RenderSettings
from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.background import BackgroundModel
from lib_omost.safety.guard import Guard
from lib_omost.studio import Studio
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.page_state import Changes
from tests.scripted import ScriptedComposer

SAMPLING: dict[str, Any] = {"seed": 1, "temperature": 0.6, "top_p": 0.9, "max_new_tokens": 4096}
SETTINGS: dict[str, Any] = {"width": 64, "height": 64, "steps": 2, "seed": 7, "negative_prompt": ""}
PAGE = "page"


def tiny_painter() -> Any:
    from lib_omost.render.sdxl.painter import SDXLPainter
    from tests.render.tiny import pipeline

    return SDXLPainter(pipeline(), "tiny")


def open_studio(
    composer: Any = None, painter: Any = None, *, load_painter: Any = None, guard: Guard | None = None
) -> Studio:
    """A studio whose painter is made by `load_painter(report)`, or is `painter`, or the tiny one."""
    composer = composer or ScriptedComposer()
    accelerator = Accelerator("cpu")
    accelerator.load("composer", lambda make_room: composer)

    def load(report: Any) -> Any:
        loaded = load_painter(report) if load_painter else painter or tiny_painter()
        return accelerator.load("painter", lambda make_room: loaded)

    return Studio(
        composer_preset("embedded"),
        painter_preset("embedded"),
        BackgroundModel("The scripted composer", lambda report: composer),
        BackgroundModel("The tiny painter", load),
        accelerator,
        "This is a test.",
        guard=guard,
    )


def open_handlers(folder: Path, composer: Any = None, painter: Any = None, **options: Any) -> Handlers:
    return Handlers(open_studio(composer, painter, **options), Gallery(folder))


def play(changes: Any) -> tuple[Changes, list[Changes]]:
    """Run a handler to its end: the page as it stands then, and every change on the way."""
    steps = list(changes)
    page: Changes = {}
    for step in steps:
        page |= step
    return page, steps


def settled(chat: Conversation) -> list[str]:
    """The kinds of entries in a chat, for comparing at a glance."""
    return [type(entry).__name__ for entry in chat.entries]


SMALL = RenderSettings(**SETTINGS)
