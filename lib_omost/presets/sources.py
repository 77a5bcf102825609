"""Where models come from: the repository itself, and whether a name that is no preset's can be a model's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import SettingsError
from ..hub import is_repository

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the program, with the embedded models under models/."""


def require_source(name: str, part: str, presets: Iterable[str], others: str) -> None:
    """Raises SettingsError if a `part` called `name` is neither a hub repository nor there on this disk; the
    `presets` and `others` are what it may be instead."""
    if is_repository(name) or Path(name).expanduser().exists():
        return
    raise SettingsError(
        f"There is no {part} called {name!r}: name one of {', '.join(presets)}, "
        f"a hub repository such as owner/model, {others}."
    )
