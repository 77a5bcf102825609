"""The models that check texts and pictures, and how the user names them. Values only; nothing is loaded here."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import SettingsError
from ..hub import is_repository

Kind = Literal["text", "picture"]

DEFAULT_CHECKS: dict[Kind, str] = {
    "text": "eliasalbouzidi/distilbert-nsfw-text-classifier",
    "picture": "Falconsai/nsfw_image_detection",
}
"""Both under the Apache License 2.0. docs/hosting.md says what they miss."""
OFF = "off"
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class CheckSource:
    """The model of a check.

    source: a hub repository or a folder. labels: those that mean unsafe, empty if their names are known. threshold: the
    score, above 0 and at most 1, at which something is refused.
    """

    kind: Kind
    source: str
    labels: tuple[str, ...] = ()
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise SettingsError(f"The threshold of the checks must be above 0, up to 1, but it is {self.threshold:g}.")

    @property
    def name(self) -> str:
        """The name for users and records, without local folders."""
        return self.source if is_repository(self.source) else Path(self.source).name

    @property
    def title(self) -> str:
        return f"{self.kind.capitalize()} check {self.name}"


def check_source(kind: Kind, given: str | None, threshold: float = THRESHOLD) -> CheckSource | None:
    """Parse MODEL or MODEL=LABEL,LABEL, where MODEL is a hub repository or a folder; None for None and for "off".
    Raises SettingsError for anything else."""
    if given is None or given.lower() == OFF:
        return None
    model, labels = given, ""
    if "=" in given and not Path(given).expanduser().exists():
        model, _, labels = given.rpartition("=")
    named = tuple(filter(None, (label.strip() for label in labels.split(","))))
    folder = Path(model).expanduser()
    if model and folder.is_dir():
        return CheckSource(kind, str(folder.resolve()), named, threshold)
    if not is_repository(model):
        raise SettingsError(
            f"There is no {kind} check called {model!r}: name a hub repository such as {DEFAULT_CHECKS[kind]}, "
            "or a folder that exists."
        )
    return CheckSource(kind, model, named, threshold)


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for checks; they fill `text_check`, `picture_check` and `threshold`."""
    purposes: dict[Kind, str] = {"text": "prompts and layouts", "picture": "pictures before they are shown"}
    for kind, what in purposes.items():
        parser.add_argument(
            f"--{kind}-check",
            nargs="?",
            const=DEFAULT_CHECKS[kind],
            metavar="MODEL[=LABELS]",
            help=f"check {what}: a hub repository or a folder, with the labels that mean unsafe if their names do "
            f"not say it (default MODEL: {DEFAULT_CHECKS[kind]})",
        )
    parser.add_argument(
        "--check-threshold",
        type=float,
        default=THRESHOLD,
        dest="threshold",
        metavar="SCORE",
        help=f"score at which a check refuses (default: {THRESHOLD})",
    )
