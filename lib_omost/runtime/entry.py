"""The first steps of every entry point. This module parses on Python 3.8, so that it can report a too old Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
"""The oldest supported Python, as in pyproject.toml."""
ROOT = Path(__file__).resolve().parents[2]


def begin(version: tuple[int, ...] = sys.version_info[:2], root: Path = ROOT) -> None:
    """Prepare the process; must be called before torch is imported.

    Exits with a sentence and status 2 if Python is older than 3.11, or if the package was installed without the folders
    beside it (`models`, `chat_templates`), which happens unless the install is editable.
    """
    if version < OLDEST:
        _refuse(
            f"Omost Studio needs Python 3.11, 3.12 or 3.13, but this is Python {version[0]}.{version[1]} "
            f"({sys.executable}). Start it with a newer one, for example `python3.12 gradio_app.py`."
        )
    if not (root / "models").is_dir() or not (root / "chat_templates").is_dir():
        _refuse(
            f"Omost Studio was installed without its models ({root / 'models'} is missing). "
            "Clone the repository and install it from there with `python -m pip install -e .`."
        )
    # Makes waiting OpenMP threads sleep; OpenMP reads it once, when torch is first imported. Threads that spin while
    # waiting make decoding ten times slower on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)
