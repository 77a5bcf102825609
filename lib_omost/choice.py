"""Which models run, on which device, and the sentence that says why.

What the user names is what runs. Left to itself the program takes the big models where there is a CUDA device and
their weights are on disk or within reach, and the embedded ones everywhere else. torch is asked only where the
operating system shows a sign of an accelerator, so that a machine without one starts at once.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import SettingsError
from .llm.address import Address, is_address
from .presets import BIG_COMPOSER, BIG_PAINTER, ComposerPreset, PainterPreset, composer_preset, painter_preset

DEVICES = ("cuda", "mps", "xpu", "cpu")
HUB_TIMEOUT = 5.0
"""Seconds that the hub may take to answer before it counts as out of reach."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about models; None leaves the choice to the program.

    `models` is the folder that hub downloads are kept in (None: the hub library's own, which follows HF_HOME).
    `compiled` has torch.compile compile the painter.
    """

    composer: str | None = None
    painter: str | None = None
    device: str | None = None
    models: Path | None = None
    offline: bool = False
    compiled: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The two presets, the device, and one sentence for the user that says why these."""

    composer: ComposerPreset
    painter: PainterPreset
    device: str
    reason: str


def choose(options: Options) -> Choice:
    """Decide what runs. Raises SettingsError for an unknown model or device."""
    device = choose_device(options.device)
    named = [name for name in (options.composer, options.painter) if name is not None]
    if len(named) == 2:
        reason = "These models were named when the program was started."
        return Choice(composer_preset(named[0]), painter_preset(named[1]), device, reason)
    if device == "cuda":
        composer = composer_preset(options.composer or BIG_COMPOSER)
        painter = painter_preset(options.painter or BIG_PAINTER)
        sources = (*(() if composer.remote else (composer.source,)), painter.source)
        missing = [source for source in sources if not Path(source).exists() and not reachable(source, options)]
        if not missing:
            reason = "There is a CUDA device and the weights are within reach, so the large models run."
            return Choice(composer, painter, device, reason)
        reason = f"{' and '.join(missing)} cannot be reached from here, so the embedded models run instead."
    else:
        reason = "There is no CUDA device here, so the small embedded models run."
    if named:
        shown = Address.parse(named[0]).url if is_address(named[0]) else named[0]
        reason = f"{shown} was named when the program was started; the embedded model stands beside it."
    composer = composer_preset(options.composer or "embedded")
    painter = painter_preset(options.painter or "embedded")
    return Choice(composer, painter, device, reason)


def choose_device(requested: str | None) -> str:
    """The device to run on: `requested` where it is there, else the best that this machine has.

    Raises SettingsError where `requested` is unknown or absent.
    """
    if requested == "cpu" or (requested is None and not _sign_of_accelerator()):
        return "cpu"
    if requested is not None and requested not in DEVICES:
        raise SettingsError(f"There is no device called {requested!r}: use one of {', '.join(DEVICES)}.")
    import torch

    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
        "cpu": True,
    }
    if requested is None:
        return next(device for device in DEVICES if available[device])
    if not available[requested]:
        raise SettingsError(
            f"torch finds no {requested} device on this machine: start without --device, or with --device cpu."
        )
    return requested


def reachable(repository: str, options: Options) -> bool:
    """Whether the hub repository is on disk already, or the hub answers for it within `HUB_TIMEOUT` seconds."""
    from huggingface_hub import HfApi, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        for name in ("config.json", "model_index.json"):
            if isinstance(try_to_load_from_cache(repository, name, cache_dir=options.models), str):
                return True
    except HFValidationError:
        return False
    if options.offline or os.environ.get("HF_HUB_OFFLINE", "0").lower() in ("1", "true", "yes", "on"):
        return False
    try:
        HfApi().model_info(repository, timeout=HUB_TIMEOUT)
    except Exception:  # any failure to get an answer means the same: out of reach
        return False
    return True


def _sign_of_accelerator() -> bool:
    if sys.platform != "linux" or shutil.which("nvidia-smi") is not None:
        return True
    return any(Path(node).exists() for node in ("/dev/nvidia0", "/dev/kfd", "/dev/dxg", "/dev/dri"))
