"""The choice of models, device and memory plan, with the reasons.

Models that the user names are used. Otherwise the program chooses the large models if there is a CUDA device and their
weights are on disk or can be downloaded, and the embedded ones if not. torch is imported only if the operating system
shows a sign of an accelerator, so a machine without one starts at once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from ..hub import hub_file
from ..hub.diagnosis import kind_of
from ..llm.address import Address, is_address
from ..presets import (
    BIG_COMPOSER,
    BIG_PAINTER,
    SMALLER_COMPOSERS,
    ComposerPreset,
    PainterPreset,
    composer_preset,
    footprint,
    painter_preset,
)
from ..render.settings import Training
from ..runtime.device import backend, choose_device, free_memory
from ..runtime.driver import unused_card
from ..runtime.plan import COMPOSER, LARGEST, LEAST, PLANS, Plan, choose_plan
from .options import Options, with_options

EMBEDDED_PAINTING = 2**30
"""Upper limit of the bytes that the embedded painter needs while it paints."""
HUB_TIMEOUT = 5.0
"""Seconds after which a hub that has not answered counts as unreachable."""

logger = logging.getLogger(__name__)


SLOW_BITS = (
    "On a Mac 4 and 8 bits are slow, since bitsandbytes has no kernels for Apple's processors: let a server "
    "such as llama.cpp's run a GGUF of the composer and give its address, or name omost-phi-3-mini-128k (16 bits)."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen presets, device and memory plan.

    reason: a sentence that says why these models. memory: a sentence about the plan, "" if nothing has to be saved.
    advice: how to make an unused graphics card usable, "" if there is none.
    """

    composer: ComposerPreset
    painter: PainterPreset
    device: str
    reason: str
    plan: Plan = LARGEST
    memory: str = ""
    advice: str = ""


def choose(options: Options) -> Choice:
    """Choose what runs. Raises SettingsError for an unknown model, LoRA, device or plan, or for options that exclude
    each other."""
    device = choose_device(options.device)
    advice = unused_card() if device == "cpu" and options.device is None else ""
    choice = replace(_choose_models(options, device), advice=advice)
    return planned(options, choice)


def planned(options: Options, choice: Choice) -> Choice:
    """`choice` with the user's LoRAs and guide, and a memory plan for its models. Raises SettingsError for a LoRA that
    does not exist, or for options that exclude each other."""
    painter = with_options(choice.painter, options.loras, Training(options.prediction, options.zero_snr))
    choice = replace(choice, painter=painter, composer=_guided(choice.composer, options.guide))
    if choice.device == "mps" and choice.composer.quantised:
        choice = replace(choice, reason=f"{choice.reason} {SLOW_BITS}")
    choice = replace(choice, **_choose_plan(options.memory, choice))
    if options.compiled and painter.family.name != "sdxl":
        raise SettingsError(f"--compile is for SDXL alone, not for {painter.family.title}: start without it.")
    if options.compiled and choice.plan.float8 and choice.device != "mps":
        raise SettingsError(
            f"--compile does not go with the memory plan for {choice.plan.memory} GB, which keeps the image model's "
            "weights in 8 bits: start without --compile, or with --memory 12 if the card has that much free."
        )
    return choice


def _guided(composer: ComposerPreset, guide: bool | None) -> ComposerPreset:
    """`composer` with or without the guide, as the user wants."""
    if guide is None or guide is composer.guided:
        return composer
    if composer.remote:
        raise SettingsError("The guide works for a model that runs in this program, not for one on a server.")
    return replace(composer, guided=guide, grammar=guide or composer.grammar)


def _choose_plan(requested: int | None, choice: Choice) -> dict[str, Any]:
    """The values of `plan` and `memory` for a Choice."""
    free = free_memory(choice.device)
    composer = footprint(choice.composer)
    room = None if free is None else free - choice.painter.family.extra
    plan = choose_plan(requested, room, COMPOSER if composer is None else composer)
    if free is None:
        return {"plan": plan, "memory": "" if requested is None else f"Memory plan for {plan.memory} GB, as requested."}
    if requested is None and choice.painter.embedded:
        # It needs only a few hundred MB, so there is nothing to save.
        fits = (COMPOSER if composer is None else composer) + EMBEDDED_PAINTING <= free
        plan = LARGEST if fits or choice.composer.embedded or choice.composer.remote else PLANS[-2]
    why = "as requested" if requested is not None else "chosen accordingly; --memory names another"
    sentence = (
        f"{free / 1e9:.1f} GB of the {backend(choice.device)} device's memory are free. "
        f"Memory plan for {plan.memory} GB ({why}): {plan.description}."
    )
    if free < LEAST and not choice.painter.embedded:
        sentence += " That is little: close other programs that use the device, or paint small pictures."
    if composer is not None and composer > free and not choice.composer.embedded:
        sentence += (
            f" {choice.composer.title} takes about {composer / 1e9:.1f} GB while it writes, more than is free: "
            "it may not load. Name a smaller one with --composer."
        )
    return {"plan": plan, "memory": sentence}


def _choose_models(options: Options, device: str) -> Choice:
    named = [name for name in (options.composer, options.painter) if name is not None]
    if len(named) == 2:
        reason = "These models were named when the program was started."
        return Choice(composer_preset(named[0]), painter_preset(named[1]), device, reason)
    if device == "cuda":
        composer, why = _composer_for(options, device)
        painter = painter_preset(options.painter or BIG_PAINTER)
        sources = (*(() if composer.remote else (composer.source,)), painter.source)
        missing = [source for source in sources if not Path(source).exists() and not reachable(source, options)]
        if not missing:
            reason = f"There is a CUDA device and the weights are within reach, so the large models run.{why}"
            return Choice(composer, painter, device, reason)
        reason = f"{' and '.join(missing)} cannot be reached from here, so the embedded models run instead."
    else:
        reason = "There is no CUDA device that can be used here, so the small embedded models run."
    if named:
        shown = Address.parse(named[0]).url if is_address(named[0]) else named[0]
        reason = f"{shown} was named when the program was started; the embedded model stands beside it."
    composer = composer_preset(options.composer or "embedded")
    painter = painter_preset(options.painter or "embedded")
    return Choice(composer, painter, device, reason)


def fitting_composer(free: int | None) -> ComposerPreset:
    """The best composer for which `free` bytes of a device suffice; None means unlimited."""
    presets = [composer_preset(name) for name in (BIG_COMPOSER, *SMALLER_COMPOSERS)]
    return next((one for one in presets if free is None or (footprint(one) or 0) <= free), presets[-1])


def _composer_for(options: Options, device: str) -> tuple[ComposerPreset, str]:
    """The composer that the user names, or the best for which the memory suffices, and why it is a smaller one."""
    if options.composer is not None:
        return composer_preset(options.composer), ""
    wanted = composer_preset(BIG_COMPOSER)
    free = free_memory(device)
    if free is not None and options.memory is not None:
        free = min(free, options.memory * 2**30)
    composer = fitting_composer(free)
    if composer is wanted:
        return wanted, ""
    return composer, (
        f" {wanted.title} takes about {(footprint(wanted) or 0) / 1e9:.1f} GB while it writes, more than the "
        f"{(free or 0) / 1e9:.1f} GB that it could have, so {composer.title} writes; --composer names another."
    )


def reachable(source: str, options: Options) -> bool:
    """Whether the hub repository or file is on disk, or the hub confirms it within `HUB_TIMEOUT` seconds. Failures are
    logged."""
    from huggingface_hub import HfApi, is_offline_mode, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    repository, file = hub_file(source) or (source, "")
    try:
        for name in (file,) if file else ("config.json", "model_index.json"):
            if isinstance(try_to_load_from_cache(repository, name, cache_dir=options.models), str):
                return True
    except HFValidationError:
        logger.warning("%r is not a valid repository name", repository)
        return False
    if options.offline or is_offline_mode():
        logger.info("%s is not on this disk, and the hub is not asked in offline mode", repository)
        return False
    try:
        HfApi().model_info(repository, timeout=HUB_TIMEOUT)
    except Exception as error:  # any failure means the same: unreachable
        logger.warning("The hub could not be asked for %s: %s", repository, kind_of(error))
        return False
    return True
