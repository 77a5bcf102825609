"""The journal of a reply that is being written: every piece is appended to a file as a line, so a kill loses none.

The first line names the parent message, each further line is a piece as a JSON string. An unfinished line has no
newline and is ignored.
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
"""Bytes of a journal that are read: enough for a text of MAX_TEXT characters in pieces of one character."""
SYNC_EVERY = 1.0
"""Seconds after which the journal is flushed to disk; a power failure loses no more than that."""


class Journal:
    """The open journal of one reply to the message `parent`. Raises OSError if it cannot be written."""

    def __init__(self, path: Path, parent: str | None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: when `append` returns, the operating system has the data, which survives this process.
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
class JournaledReply:
    """The reply in a journal, and the id of the message that it answers."""

    parent: str | None
    text: str


def read_journal(path: Path) -> JournaledReply | None:
    """The reply in a journal up to the last valid line; None if the first line is invalid."""
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
    valid = next((i for i, piece in enumerate(pieces) if not isinstance(piece, str)), len(pieces))
    return JournaledReply(parent, clean("".join(pieces[:valid]), MAX_TEXT))
