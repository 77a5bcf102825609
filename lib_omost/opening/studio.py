"""Assembly of a studio from the user's options, and loading of its models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..hub import DownloadRequest, fetch, is_repository
from ..runtime.accelerator import Accelerator
from ..runtime.background import BackgroundModel, Report
from ..runtime.device import is_out_of_memory, keep_from_spilling, release
from ..runtime.libraries import silence
from ..runtime.plan import Plan, smaller, smaller_for_painting
from ..runtime.proxies import prepare_proxies
from ..runtime.zero import is_zero
from ..safety.checks import check_source
from ..safety.filtering import require_checks
from ..safety.guard import Guard, open_guard
from ..studio import Studio
from .choice import Choice, choose
from .loading import fetch_painter, load_composer, load_painter_of, reach_composer
from .options import Options

if TYPE_CHECKING:
    from ..llm.base import ChatModel
    from ..llm.local import LocalChatModel
    from ..llm.zero import ZeroComposer
    from ..render.painter import Painter


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
            return reach_composer(choice, report, self.guard if options.public else None)
        source = choice.composer.source
        if is_repository(source):
            request = DownloadRequest(source, "composer", choice.composer.title, choice.composer.note)
            source = str(fetch(request, models=options.models, offline=options.offline, report=report))
        report(f"Loading {choice.composer.title} …", None)

        def load(make_room: Callable[[], object]) -> LocalChatModel | ZeroComposer:
            from ..llm.zero import ZeroComposer

            make_room()  # the weights are read straight to the device
            model = load_composer(choice, source, report)
            return ZeroComposer(model) if self.zero else model

        return self.accelerator.load("composer", load)

    def _painter(self, choice: Choice, report: Report, notify: Callable[[str], None]) -> Painter:
        preset, options, accelerator = choice.painter, self.options, self.accelerator
        source, loras = fetch_painter(choice, options, report)
        report(f"Loading {preset.title} …", None)

        def load(plan: Plan, make_room: Callable[[], object]) -> Painter:
            # Imported within the turn, never while the composer is loading: transformers imports its classes lazily,
            # and a second thread that needs one meanwhile, as the import of diffusers does, gets an error.
            from diffusers.utils import logging as diffusers_logging

            from ..render.zero import ZeroPainter

            if not options.verbose:
                diffusers_logging.disable_progress_bar()

            followed = plan if accelerator.keeps_together or not plan.together else smaller(plan) or plan
            painter = load_painter_of(choice, options, source, loras, followed, make_room, notify)
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
