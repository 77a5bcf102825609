"""The models that a command names, as a studio."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lib_omost.cli.console import progress

if TYPE_CHECKING:
    from lib_omost.studio import Studio


def open_studio_for(options: argparse.Namespace) -> Studio:
    """A studio for the arguments that all commands with models share. Raises SettingsError for what does not exist."""
    from lib_omost.opening.options import from_arguments
    from lib_omost.opening.studio import open_studio

    studio = open_studio(from_arguments(options))
    for note in studio.status().notes:
        progress(note)
    return studio
