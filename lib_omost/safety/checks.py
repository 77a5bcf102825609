"""Which models check texts and pictures, and how one is named: values only, nothing is loaded here."""

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
"""Both under the Apache License 2.0. What they miss is told in docs/hosting.md."""
OFF = "off"
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class CheckSource:
    """A check's model: a hub repository or a folder, and the labels that mean unsafe, empty where their names say so
    by themselves. `threshold` is the score, above 0 to 1, from which on something is refused."""

    kind: Kind
    source: str
    labels: tuple[str, ...] = ()
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise SettingsError(f"The threshold of the checks must be above 0, up to 1, but it is {self.threshold:g}.")

    @property
    def name(self) -> str:
        """As shown to users and in records: without the folders of this machine."""
        return self.source if is_repository(self.source) else Path(self.source).name

    @property
    def title(self) -> str:
        return f"{self.kind.capitalize()} check {self.name}"


def check_source(kind: Kind, given: str | None, threshold: float = THRESHOLD) -> CheckSource | None:
    """The check that `given` names: MODEL or MODEL=LABEL,LABEL, where MODEL is a hub repository or a folder; None for
    None and for "off". Raises SettingsError if it is none of these."""
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
    purposes: dict[Kind, str] = {"text": "what is asked and laid out", "picture": "pictures before they are shown"}
    for kind, what in purposes.items():
        parser.add_argument(
            f"--{kind}-check",
            nargs="?",
            const=DEFAULT_CHECKS[kind],
            metavar="MODEL[=LABELS]",
            help=f"check {what}: a hub repository or a folder, with the labels that mean unsafe where their names do "
            f"not say it (MODEL left out: {DEFAULT_CHECKS[kind]})",
        )
    parser.add_argument(
        "--check-threshold",
        type=float,
        default=THRESHOLD,
        dest="threshold",
        metavar="SCORE",
        help=f"from which score on a check refuses (default: {THRESHOLD})",
    )
