"""The user's folders. They must be those of earlier versions: conversations are in them."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

from lib_omost.runtime.folders import cache_folder, data_folder

SYSTEMS = {"linux": Unix, "darwin": MacOS, "win32": Windows}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "AppData" / "Local"))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def on(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the program and platformdirs take this machine for one that runs `system`."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platformdirs, "PlatformDirs", SYSTEMS[system])
    # Windows itself is asked for its folders there; elsewhere only its variables can be read.
    monkeypatch.setattr("platformdirs.windows.get_win_folder", get_win_folder_from_env_vars)


@pytest.mark.parametrize(
    ("system", "data", "cache"),
    [
        ("linux", ".local/share/omost-studio", ".cache/omost"),
        ("darwin", "Library/Application Support/Omost Studio", "Library/Caches/omost"),
        ("win32", "AppData/Local/Omost Studio", "AppData/Local/omost"),
    ],
)
@pytest.mark.parametrize("xdg", [None, "relative"])
def test_each_system_has_its_folders_and_a_relative_variable_is_ignored(
    system: str, data: str, cache: str, xdg: str | None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(system, monkeypatch)
    if xdg is not None:
        monkeypatch.setenv("XDG_DATA_HOME", xdg)
        monkeypatch.setenv("XDG_CACHE_HOME", xdg)
    assert data_folder() == home / data
    assert cache_folder() == home / cache
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("system", list(SYSTEMS))
def test_the_cache_follows_an_absolute_variable_on_every_system(
    system: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(system, monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "elsewhere"))
    assert cache_folder() == home / "elsewhere" / "omost"


def test_data_on_linux_follows_an_absolute_variable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("linux", monkeypatch)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "elsewhere"))
    assert data_folder() == home / "elsewhere" / "omost-studio"


def test_on_a_mac_a_folder_of_earlier_versions_is_still_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("darwin", monkeypatch)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "elsewhere"))
    assert data_folder() == home / "elsewhere" / "Omost Studio"
    earlier = home / "Library" / "Application Support" / "Omost Studio"
    earlier.mkdir(parents=True)
    assert data_folder() == earlier
