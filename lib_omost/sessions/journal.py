"""A reply on its way to disk: every piece is a line at the end of a file, so that a kill costs no finished token.

The first line says where the reply belongs, each further one is a piece as a JSON string. A line that was not finished
has no newline and does not count.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .form import MAX_TEXT, MESSAGE_NAME, clean

VERSION = 1
MAX_BYTES = 16 * 2**20
"""Bytes of a journal that are read: a text of MAX_TEXT characters in pieces of one character fits."""
SYNC_EVERY = 1.0
"""Seconds after which what was written is brought to the disk, so that even a power cut costs no more."""


class Journal:
    """Open for one reply; `parent` is the message that it answers. Raises OSError if it cannot be written."""

    def __init__(self, path: Path, parent: str | None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: what `append` returned from is with the operating system, which outlives this process.
        self._file = open(path, "xb", buffering=0)  # noqa: SIM115  # closed by `close`
        self._synced = time.monotonic()
        self._write({"version": VERSION, "parent": parent})

    def append(self, piece: str) -> None:
        self._write(piece)
        if time.monotonic() - self._synced > SYNC_EVERY:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        self._file.close()

    def _write(self, value: Any) -> None:
        self._file.write(json.dumps(value).encode("ascii") + b"\n")


@dataclass(frozen=True, slots=True)
class Written:
    """What a journal holds."""

    parent: str | None
    text: str


def read_journal(path: Path) -> Written | None:
    """What is in the journal up to its last whole line; None where not even its first line is sound."""
    with path.open("rb") as file:
        lines = file.read(MAX_BYTES).split(b"\n")[:-1]
    values: list[Any] = []
    for line in lines:
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            break
    if not values or not isinstance(values[0], dict) or values[0].get("version") != VERSION:
        return None
    parent = values[0].get("parent")
    if parent is not None and not (isinstance(parent, str) and MESSAGE_NAME.fullmatch(parent)):
        return None
    pieces = values[1:]
    sound = next((i for i, piece in enumerate(pieces) if not isinstance(piece, str)), len(pieces))
    return Written(parent, clean("".join(pieces[:sound]), MAX_TEXT))
