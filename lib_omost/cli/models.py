"""Opening the studio for a command."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lib_omost.cli.console import progress

if TYPE_CHECKING:
    from lib_omost.studio import Studio


def open_studio_for(options: argparse.Namespace) -> Studio:
    """The studio for the model arguments that all commands share. Raises SettingsError for an unknown model."""
    from lib_omost.opening.options import from_arguments
    from lib_omost.opening.studio import open_studio

    studio = open_studio(from_arguments(options))
    for note in studio.status().notes:
        progress(note)
    return studio
