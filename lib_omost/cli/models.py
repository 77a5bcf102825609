"""The models that a command names, as a studio."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lib_omost.cli.console import progress
from lib_omost.opening.options import PAINTER_OPTIONS
from lib_omost.safety.checks import CHECK_OPTIONS

if TYPE_CHECKING:
    from lib_omost.studio import Studio


def open_studio_for(options: argparse.Namespace) -> Studio:
    """A studio for the arguments that all commands with models share. Raises SettingsError for what does not exist."""
    from lib_omost.opening.options import Options
    from lib_omost.opening.studio import open_studio

    names = ("composer", "painter", "device", "models", "offline", "compiled", "memory")
    given = {name: getattr(options, name) for name in (*names, *PAINTER_OPTIONS, *CHECK_OPTIONS)}
    studio = open_studio(Options(**given))
    for note in studio.status().notes:
        progress(note)
    return studio
