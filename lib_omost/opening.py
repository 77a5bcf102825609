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

BOTH_FIT = 18 * 2**30
"""Bytes of graphics memory from which the quantised 8B composer (about 6 GB) and SDXL (about 8 GB) stay together."""


def open_studio(options: Options) -> Studio:
    """A studio for `options`; nothing is loaded before it is started or used.

    Raises SettingsError for a model or a device that does not exist.
    """
    choice = choose(options)
    if options.offline:
        # Read by the hub library when it is first imported, which is when the first hub model loads.
        os.environ["HF_HUB_OFFLINE"] = "1"
    accelerator = Accelerator(choice.device, keep_together=_both_fit(choice.device))

    def load_composer(report: Report) -> ChatModel:
        if choice.composer.remote:
            return _reach_composer(choice, report)
        return accelerator.load("composer", lambda: _load_composer(choice, options.models, report))

    def load_painter(report: Report) -> Painter:
        from .render.loading import load_painter

        report(f"Loading {choice.painter.title} …", None)
        preset = choice.painter

        def load() -> Painter:
            painter = load_painter(preset.source, device=choice.device, models=options.models, lora=preset.lora)
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


def _both_fit(device: str) -> bool:
    if device != "cuda":
        return False
    import torch

    return torch.cuda.get_device_properties(0).total_memory >= BOTH_FIT
