"""Fetching and loading the models of a choice, each by the loader of its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import ModelError
from ..hub import DownloadRequest, fetch, hub_file, is_repository
from ..presets import family_of
from ..runtime.background import Report
from ..runtime.plan import Plan
from ..safety.filtering import require_checks, sounds_unfiltered
from ..safety.guard import Guard
from .choice import Choice
from .options import Options

if TYPE_CHECKING:
    from ..llm.base import ChatModel
    from ..llm.local import LocalChatModel
    from ..render.settings import Lora


def load_painter_of(
    choice: Choice,
    options: Options,
    source: str,
    loras: Sequence[Lora],
    plan: Plan,
    make_room: Callable[[], object],
    notify: Callable[[str], None],
) -> Any:
    """The painter in `source`, by the loader of its family. Raises ModelError if it is of another family than its
    settings are for, which only its files tell."""
    import torch

    preset = choice.painter
    family = family_of(source)
    if family.name != preset.family.name:
        raise ModelError(
            f"{preset.title} is a {family.title} checkpoint, which has other settings than {preset.family.title}: "
            f"choose it by its folder, --painter {source}."
        )
    common: dict[str, Any] = {
        "device": choice.device,
        "dtype": getattr(torch, options.precision) if options.precision else None,
        "loras": loras,
        "plan": plan,
        "make_room": make_room,
        # The folder of a download is named after its commit.
        "name": Path(preset.source).name if is_repository(preset.source) else None,
    }
    if family.name in ("flux2", "zimage"):
        from ..render.flow_loading import load_flow

        if family.name == "flux2":
            from ..render.flux2.loading import FAMILY
        else:
            from ..render.zimage.loading import FAMILY
        return load_flow(source, FAMILY, **common)
    from ..render.sdxl.loading import load_painter

    embedded: dict[str, Any] = {}
    if preset.embedded:
        from ..embedded.painter.loading import components

        embedded = components(Path(source))
    return load_painter(source, **common, training=preset.training, pickles=options.pickles, notify=notify, **embedded)


def reach_composer(choice: Choice, report: Report, public: Guard | None) -> ChatModel:
    """The model of a server; `public` is the guard of a public page, None for a private one."""
    from ..llm.server import ServerChatModel

    report(f"Asking for the {choice.composer.title[0].lower()}{choice.composer.title[1:]} …", None)
    model = ServerChatModel.connect(choice.composer.source)
    if public is not None:
        # Its name was not known before.
        require_checks(model.name, "composer", sounds_unfiltered(model.name), len(public.checks))
    return model


def fetch_painter(choice: Choice, options: Options, report: Report) -> tuple[str, list[Lora]]:
    """The paths of the painter and its LoRAs on this disk; those on the hub are downloaded first."""
    preset = choice.painter
    source = preset.source

    def fetched(repository: str, kind: Literal["painter", "file"], title: str, note: str = "", file: str = "") -> str:
        half = options.precision == "float16" if options.precision else choice.device != "cpu"
        request = DownloadRequest(repository, kind, title, note, file, half=half, pickles=options.pickles)
        return str(fetch(request, models=options.models, offline=options.offline, report=report))

    if is_repository(source):
        source = fetched(source, "painter", preset.title, preset.note)
    elif found := hub_file(source):
        repository, file = found
        source = str(Path(fetched(repository, "file", preset.title, preset.note, file)) / file)
    loras = [*(() if preset.lora is None else (preset.lora,)), *preset.added]
    for number, lora in enumerate(loras):
        if is_repository(lora.source):
            title = f"The LoRA {Path(lora.file).stem}"
            loras[number] = replace(lora, source=fetched(lora.source, "file", title, file=lora.file))
    return source, loras


def load_composer(choice: Choice, source: str, report: Report) -> LocalChatModel:
    preset = choice.composer
    if preset.embedded:
        from ..embedded.composer.loading import load_embedded

        return load_embedded(Path(preset.source), device=choice.device, report=report, guided=preset.guided)
    from ..llm.local import LocalChatModel

    guidance = None
    if preset.guided:
        from ..embedded.composer.guidance import BriefGuidance

        guidance = BriefGuidance(fluent=True)
    return LocalChatModel.load(
        source,
        family=preset.family,
        device=choice.device,
        context_length=preset.context_length,
        bits=preset.bits,
        name=Path(preset.source).name,
        guidance=guidance,
    )
