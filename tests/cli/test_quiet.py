"""The console of a real run holds the program's own lines and nothing of the libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib_omost.presets import ROOT
from tests.scripted import REPLY

OWN = ("Loading ", "The device", "There is no", "The image model does not know")


def printed(folder: Path, *more: str) -> str:
    """What a render prints on the console besides its result."""
    reply, target = folder / "reply.txt", folder / "a.png"
    reply.write_text(REPLY, encoding="utf-8")
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS", "TQDM_DISABLE", "TRANSFORMERS_VERBOSITY", "DIFFUSERS_VERBOSITY"}
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    command = [sys.executable, "-m", "lib_omost", "render", str(reply), "-o", str(target), *more]
    command += ["--width", "128", "--height", "128", "--steps", "1", "--painter", "embedded"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=240, check=False
    )
    assert target.is_file(), done.stderr
    return done.stderr


def test_a_command_prints_its_own_lines_only(tmp_path: Path) -> None:
    lines = printed(tmp_path).splitlines()
    foreign = [line for line in lines if not line.startswith((*OWN, str(tmp_path)))]
    assert foreign == []
    assert len(lines) == len(set(lines)), "and none of them twice"


@pytest.mark.slow
def test_verbose_shows_the_libraries(tmp_path: Path) -> None:
    assert "it/s]" in printed(tmp_path, "--verbose")
