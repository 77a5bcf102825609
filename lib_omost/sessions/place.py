"""Where conversations are kept unless the user says otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "OMOST_SESSIONS"
"""The environment variable that names another folder."""


def default_folder() -> Path:
    """The folder that OMOST_SESSIONS names, or the one for a user's data on this system. It need not exist yet.

    Linux follows the XDG base directory specification, where only an absolute XDG_DATA_HOME counts.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Omost Studio" / "sessions"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Omost Studio" / "sessions"
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "omost-studio" / "sessions"
