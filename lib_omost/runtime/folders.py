"""The user's folders for data and for cached files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The folder for the user's data, such as conversations. It may not exist yet.

    `~/.local/share/omost-studio` (XDG_DATA_HOME) on Linux, `~/Library/Application Support/Omost Studio` on macOS,
    `%LOCALAPPDATA%\\Omost Studio` on Windows.
    """
    if sys.platform == "darwin":
        # platformdirs follows XDG_DATA_HOME on macOS, too. Earlier versions of this program did not, so a folder that
        # they created is still used.
        earlier = Path.home() / "Library" / "Application Support" / "Omost Studio"
        if earlier.is_dir():
            return earlier
    name = "Omost Studio" if sys.platform in ("darwin", "win32") else "omost-studio"
    return platformdirs.user_data_path(name, appauthor=False)


def cache_folder() -> Path:
    """The folder for cached files, such as unpacked models. It may not exist yet.

    `omost` under an absolute XDG_CACHE_HOME on every system, else under `~/.cache` on Linux, `~/Library/Caches` on
    macOS and `%LOCALAPPDATA%` on Windows.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    if sys.platform == "win32" and Path(given).is_absolute():
        return Path(given) / "omost"  # platformdirs ignores the variable on Windows
    return platformdirs.user_cache_path("omost", appauthor=False, opinion=False)
