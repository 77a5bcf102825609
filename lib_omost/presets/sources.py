"""Sources of models: the folder of this repository, and validation of names that are not presets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import SettingsError
from ..hub import is_repository

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the program, with the embedded models under models/."""


def require_source(name: str, part: str, presets: Iterable[str], others: str) -> None:
    """Raises SettingsError if `name`, for a `part` such as "composer", is neither a hub repository nor a path on this
    disk. presets, others: the alternatives that the message lists."""
    if is_repository(name) or Path(name).expanduser().exists():
        return
    raise SettingsError(
        f"There is no {part} called {name!r}: name one of {', '.join(presets)}, "
        f"a hub repository such as owner/model, {others}."
    )
