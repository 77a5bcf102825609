"""The user's folders that the program writes to: one for data, one for what can be made again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The folder for what the user keeps, such as conversations. It need not exist yet.

    `~/.local/share/omost-studio` (XDG_DATA_HOME) on Linux, `~/Library/Application Support/Omost Studio` on macOS,
    `%LOCALAPPDATA%\\Omost Studio` on Windows.
    """
    if sys.platform == "darwin":
        # platformdirs follows XDG_DATA_HOME on macOS as well. Versions of this program before it did not, so a folder
        # that they made is used further.
        earlier = Path.home() / "Library" / "Application Support" / "Omost Studio"
        if earlier.is_dir():
            return earlier
    name = "Omost Studio" if sys.platform in ("darwin", "win32") else "omost-studio"
    return platformdirs.user_data_path(name, appauthor=False)


def cache_folder() -> Path:
    """The folder for what can be made again, such as unpacked models. It need not exist yet.

    `omost` under an absolute XDG_CACHE_HOME on every system, else under `~/.cache` on Linux, `~/Library/Caches` on
    macOS and `%LOCALAPPDATA%` on Windows.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    if sys.platform == "win32" and Path(given).is_absolute():
        return Path(given) / "omost"  # platformdirs reads the variable on the other systems only
    return platformdirs.user_cache_path("omost", appauthor=False, opinion=False)
