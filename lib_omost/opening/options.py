"""The command-line options that choose the models: names, device and memory, LoRAs, safety checks."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from ..errors import SettingsError
from ..hub import hub_file
from ..presets import COMPOSERS, PAINTERS, PainterPreset
from ..render.settings import PRECISIONS, PREDICTIONS, Lora, Precision, Prediction, Training
from ..runtime.device import DEVICES
from ..runtime.plan import PLANS
from ..safety.checks import THRESHOLD, add_check_arguments

MAX_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """The user's choices about models; None leaves the choice to the program.

    models: the folder for hub downloads (None: the hub library's cache, which follows HF_HOME). compiled: compile the
    painter with torch.compile. memory: a memory plan by its GB. text_check, picture_check: safety checks, see
    `safety.checks.check_source`. guide: hold the composer to the things that a request names; None does so for the
    embedded one only. threshold: the score at which these refuse. public: other people can reach the models.
    loras, prediction, zero_snr, precision, pickles: concern the painter. verbose: let the libraries print warnings and
    progress bars. Each but `public` is an argument of `add_model_arguments`.
    """

    composer: str | None = None
    painter: str | None = None
    device: str | None = None
    models: Path | None = None
    offline: bool = False
    compiled: bool = False
    memory: int | None = None
    text_check: str | None = None
    picture_check: str | None = None
    threshold: float = THRESHOLD
    public: bool = False
    loras: Sequence[str] = ()
    prediction: Prediction | None = None
    zero_snr: bool | None = None
    precision: Precision | None = None
    pickles: bool = False
    guide: bool | None = None
    verbose: bool = False


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `from_arguments` reads; page and commands share them."""
    parser.add_argument(
        "--composer",
        help=f"language model: {', '.join(COMPOSERS)}, a hub repository owner/model, a folder, a .gguf file, or the "
        "address of an OpenAI-compatible server",
    )
    parser.add_argument(
        "--painter", help=f"image model: {', '.join(PAINTERS)}, a hub repository, a folder or a single file"
    )
    parser.add_argument("--device", help=f"{', '.join(DEVICES)} (default: the best available)")
    parser.add_argument(
        "--memory",
        type=int,
        metavar="GB",
        help=f"graphics memory to plan for: {', '.join(str(plan.memory) for plan in PLANS)} (default: what is free)",
    )
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="folder for downloaded models")
    parser.add_argument("--offline", action="store_true", help="use only what is on disk")
    parser.add_argument(
        "--compile",
        action="store_true",
        dest="compiled",
        help="compile the image model: slower first steps, faster later ones (CUDA)",
    )
    parser.add_argument(
        "--guide",
        action=argparse.BooleanOptionalAction,
        help="hold the language model to the things that a request names, in its words; reads English, and works for "
        "models in this program, not for servers (default: only the embedded one)",
    )
    parser.add_argument(
        "--lora",
        action="append",
        default=[],
        dest="loras",
        metavar="FILE[:WEIGHT]",
        help="a LoRA for the image model: a .safetensors file, or owner/model/file.safetensors of the hub; may be "
        "repeated (default weight: 1)",
    )
    parser.add_argument(
        "--prediction-type",
        choices=PREDICTIONS,
        dest="prediction",
        help="what the image model predicts (default: what its files say)",
    )
    parser.add_argument(
        "--zero-terminal-snr",
        action=argparse.BooleanOptionalAction,
        dest="zero_snr",
        help="whether the image model was trained down to pure noise (default: what its files say)",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="precision that the image model computes in (default: float16 on a graphics card, float32 on a CPU)",
    )
    parser.add_argument(
        "--allow-pickle",
        action="store_true",
        dest="pickles",
        help="also read image models and LoRAs in other formats than .safetensors: .ckpt, .pt and .bin files",
    )
    parser.add_argument("--verbose", action="store_true", help="also show what the libraries print")
    add_check_arguments(parser)


def from_arguments(parsed: argparse.Namespace, *, public: bool = False) -> Options:
    """The `Options` for the parsed arguments of `add_model_arguments`."""
    values = {field.name: getattr(parsed, field.name) for field in fields(Options) if field.name != "public"}
    return Options(**values, public=public)


def with_options(preset: PainterPreset, loras: Sequence[str], training: Training) -> PainterPreset:
    """`preset` with the user's LoRAs and training information, which override those of the preset.

    Raises SettingsError for a LoRA that does not exist.
    """
    added = tuple(parse_lora(text) for text in loras)
    title = preset.title
    if added:
        title += f" with {' and '.join(f'{Path(lora.file).stem} ({lora.scale:g})' for lora in added)}"
    merged = Training(
        preset.training.prediction if training.prediction is None else training.prediction,
        preset.training.zero_snr if training.zero_snr is None else training.zero_snr,
    )
    return replace(preset, title=title, added=added, training=merged)


def parse_lora(text: str) -> Lora:
    """Parse FILE or FILE:WEIGHT; the file is on this disk, or on the hub as owner/model/file.

    Raises SettingsError if there is no such file, or if the weight is not a number in the allowed range.
    """
    name, weight = text, 1.0
    head, colon, tail = text.rpartition(":")
    # A path may contain a colon.
    if colon and not _exists(text):
        try:
            name, weight = head, float(tail)
        except ValueError:
            if _exists(head):
                raise SettingsError(f"The weight of the LoRA {head} must be a number, not {tail!r}.") from None
    if not math.isfinite(weight) or abs(weight) > MAX_WEIGHT:
        raise SettingsError(f"The weight of the LoRA {name} must be from -{MAX_WEIGHT:g} to {MAX_WEIGHT:g}.")
    if _exists(name):
        path = Path(name).expanduser().resolve()
        return Lora(str(path.parent), path.name, weight)
    found = hub_file(name)
    if found is None:
        raise SettingsError(
            f"There is no LoRA {name!r}: name a .safetensors file, or one of the hub as owner/model/file.safetensors, "
            "followed by :WEIGHT if that is not 1."
        )
    return Lora(*found, weight)


def _exists(name: str) -> bool:
    return Path(name).expanduser().is_file()
