"""The default folder of the conversations."""

from __future__ import annotations

import os
from pathlib import Path

from ..runtime.folders import data_folder

VARIABLE = "OMOST_SESSIONS"
"""Environment variable that names another folder."""


def default_folder() -> Path:
    """The folder that OMOST_SESSIONS names, else `sessions` in the user's data folder. It may not exist yet."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else data_folder() / "sessions"
