"""Assembly of a studio from the user's options, and loading of its models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import ModelError
from ..hub import DownloadRequest, fetch, hub_file, is_repository
from ..presets import family_of
from ..runtime.accelerator import Accelerator
from ..runtime.background import BackgroundModel, Report
from ..runtime.device import is_out_of_memory, keep_from_spilling, release
from ..runtime.libraries import silence
from ..runtime.plan import Plan, smaller, smaller_for_painting
from ..runtime.proxies import prepare_proxies
from ..runtime.zero import is_zero
from ..safety.checks import check_source
from ..safety.filtering import require_checks, sounds_unfiltered
from ..safety.guard import Guard, open_guard
from ..studio import Studio
from .choice import Choice, choose
from .options import Options

if TYPE_CHECKING:
    from ..llm.base import ChatModel
    from ..llm.local import LocalChatModel
    from ..llm.zero import ZeroComposer
    from ..render.painter import Painter
    from ..render.settings import Lora


def open_studio(options: Options) -> Studio:
    """A studio for `options`; no model is loaded until it is started or used.

    Raises SettingsError for a model or device that does not exist, and if the public could reach an unfiltered model
    without both safety checks.
    """
    return open_models(options)[0]


def open_models(options: Options) -> tuple[Studio, Loaders]:
    """As `open_studio`, together with what loads other models into this studio."""
    if not options.verbose:
        silence()
    unused_proxies = prepare_proxies()
    choice = choose(options)
    keep_from_spilling(choice.device)
    accelerator = Accelerator(choice.device, keep_together=choice.plan.together)
    guard = open_guard(
        check_source("text", options.text_check, options.threshold),
        check_source("picture", options.picture_check, options.threshold),
        models=options.models,
        offline=options.offline,
        turn=accelerator.turn,
    )
    loaders = Loaders(options, accelerator, guard, zero=choice.device == "cuda" and is_zero())
    studio = Studio(
        choice.composer,
        choice.painter,
        loaders.composer(choice),
        loaders.painter(choice),
        accelerator,
        choice.reason,
        options.models,
        choice.memory,
        guard,
        " ".join(filter(None, (choice.advice, *unused_proxies))),
        choice.plan,
    )
    return studio, loaders


@dataclass(frozen=True)
class Loaders:
    """Makes the models of a choice, which load in the background onto one device. `zero`: this is ZeroGPU."""

    options: Options
    accelerator: Accelerator
    guard: Guard
    zero: bool = False

    def composer(self, choice: Choice) -> BackgroundModel[ChatModel]:
        """The composer of `choice`. Raises SettingsError if the public could reach an unfiltered one without both
        safety checks."""
        if self.options.public:
            require_checks(choice.composer.title, "composer", choice.composer.unfiltered, len(self.guard.checks))
        return BackgroundModel(choice.composer.title, partial(self._composer, choice))

    def painter(self, choice: Choice) -> BackgroundModel[Painter]:
        """The same for the painter."""
        if self.options.public:
            require_checks(choice.painter.title, "painter", choice.painter.unfiltered, len(self.guard.checks))
        model: BackgroundModel[Painter] = BackgroundModel(
            choice.painter.title, lambda report: self._painter(choice, report, model.note)
        )
        return model

    def _composer(self, choice: Choice, report: Report) -> ChatModel:
        options = self.options
        if choice.composer.remote:
            return _reach_composer(choice, report, self.guard if options.public else None)
        source = choice.composer.source
        if is_repository(source):
            request = DownloadRequest(source, "composer", choice.composer.title, choice.composer.note)
            source = str(fetch(request, models=options.models, offline=options.offline, report=report))
        report(f"Loading {choice.composer.title} …", None)

        def load(make_room: Callable[[], object]) -> LocalChatModel | ZeroComposer:
            from ..llm.zero import ZeroComposer

            make_room()  # the weights are read straight to the device
            model = _load_composer(choice, source, report)
            return ZeroComposer(model) if self.zero else model

        return self.accelerator.load("composer", load)

    def _painter(self, choice: Choice, report: Report, notify: Callable[[str], None]) -> Painter:
        preset, options, accelerator = choice.painter, self.options, self.accelerator
        source, loras = _fetch_painter(choice, options, report)
        report(f"Loading {preset.title} …", None)

        def load(plan: Plan, make_room: Callable[[], object]) -> Painter:
            # Imported within the turn, never while the composer is loading: transformers imports its classes lazily,
            # and a second thread that needs one meanwhile, as the import of diffusers does, gets an error.
            from diffusers.utils import logging as diffusers_logging

            from ..render.zero import ZeroPainter

            if not options.verbose:
                diffusers_logging.disable_progress_bar()

            followed = plan if accelerator.keeps_together or not plan.together else smaller(plan) or plan
            painter = _load_painter(choice, options, source, loras, followed, make_room, notify)
            painter.make_room = lambda: accelerator.make_room("painter")
            if options.compiled:
                painter.compile()  # SDXL alone, see `planned`
            return ZeroPainter(painter) if self.zero else painter

        plan = choice.plan
        while True:
            try:
                return accelerator.load("painter", partial(load, plan))
            except ModelError as error:
                smaller_plan = smaller_for_painting(plan)
                if smaller_plan is None or options.compiled or not is_out_of_memory(error):
                    raise
            release(choice.device)
            plan = smaller_plan
            report(f"The memory of the device ran out: loading {preset.title} by the plan for {plan.memory} GB …", None)


def _load_painter(
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


def _reach_composer(choice: Choice, report: Report, public: Guard | None) -> ChatModel:
    """The model of a server; `public` is the guard of a public page, None for a private one."""
    from ..llm.server import ServerChatModel

    report(f"Asking for the {choice.composer.title[0].lower()}{choice.composer.title[1:]} …", None)
    model = ServerChatModel.connect(choice.composer.source)
    if public is not None:
        # Its name was not known before.
        require_checks(model.name, "composer", sounds_unfiltered(model.name), len(public.checks))
    return model


def _fetch_painter(choice: Choice, options: Options, report: Report) -> tuple[str, list[Lora]]:
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


def _load_composer(choice: Choice, source: str, report: Report) -> LocalChatModel:
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
