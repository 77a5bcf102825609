"""From the user's options to a studio: which models, on which device, and how each is loaded when its time comes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .choice import Choice, Options, choose
from .memory import Accelerator
from .part import Part, Report
from .studio import Studio

if TYPE_CHECKING:
    from .llm.base import ChatModel
    from .llm.local import LocalChatModel
    from .render.pipeline import Painter


def open_studio(options: Options) -> Studio:
    """A studio for `options`; nothing is loaded before it is started or used.

    Raises SettingsError for a model or a device that does not exist.
    """
    if options.offline:
        # Read by the hub library when it is first imported.
        os.environ["HF_HUB_OFFLINE"] = "1"
    choice = choose(options)
    accelerator = Accelerator(choice.device, keep_together=choice.plan.together)

    def load_composer(report: Report) -> ChatModel:
        if choice.composer.remote:
            return _reach_composer(choice, report)
        return accelerator.load("composer", lambda: _load_composer(choice, options.models, report))

    def load_painter(report: Report) -> Painter:
        from .render.loading import load_painter

        report(f"Loading {choice.painter.title} …", None)
        preset = choice.painter

        def load() -> Painter:
            painter = load_painter(
                preset.source, device=choice.device, models=options.models, lora=preset.lora, plan=choice.plan
            )
            painter.make_room = lambda: accelerator.make_room("painter")
            if options.compiled:
                painter.compile()
            return painter

        return accelerator.load("painter", load)

    return Studio(
        choice.composer,
        choice.painter,
        Part(choice.composer.title, load_composer),
        Part(choice.painter.title, load_painter),
        accelerator,
        choice.reason,
        options.models,
        choice.memory,
    )


def _reach_composer(choice: Choice, report: Report) -> ChatModel:
    from .llm.server import ServerChatModel

    report(f"Asking for the {choice.composer.title[0].lower()}{choice.composer.title[1:]} …", None)
    return ServerChatModel.connect(choice.composer.source)


def _load_composer(choice: Choice, models: Path | None, report: Report) -> LocalChatModel:
    preset = choice.composer
    report(f"Loading {preset.title} …", None)
    if preset.embedded:
        from .llm.embedded import load_embedded

        return load_embedded(Path(preset.source), device=choice.device, report=report)
    from .llm.local import LocalChatModel

    return LocalChatModel.load(
        preset.source,
        family=preset.family,
        device=choice.device,
        context_length=preset.context_length,
        models=models,
        bits=preset.bits,
    )
