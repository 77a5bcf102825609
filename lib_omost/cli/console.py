"""What the command line reads and prints: files in, one JSON object or plain lines out, progress on the side."""

from __future__ import annotations

import json
import sys

from lib_omost.artifacts.text import decoded
from lib_omost.errors import OmostError, SettingsError

MAX_FILE = 4 * 2**20
"""Bytes that a reply in a file may have."""


class CutOff(OmostError):
    """A reply failed in its midst; `reply` is what had arrived."""

    def __init__(self, message: str, reply: str) -> None:
        super().__init__(message)
        self.reply = reply


def failure(error: OmostError) -> dict[str, object]:
    """The part of the JSON contract for what failed, with what there is of the reply."""
    kept = {"reply": error.reply} if isinstance(error, CutOff) else {}
    return {"ok": False, "error": str(error), **kept}


def read_text(name: str) -> str:
    """The text of file `name`, or of standard input for `-`, in any encoding that `artifacts.text` knows.

    Raises SettingsError if it cannot be read or is too long.
    """
    if name == "-":
        data = sys.stdin.buffer.read(MAX_FILE + 1)
    else:
        try:
            with open(name, "rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise SettingsError(f"{name} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_FILE:
        raise SettingsError(f"{name} is larger than the {MAX_FILE} bytes that a reply may have.")
    return decoded(data)


def print_json(value: dict[str, object]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False))


def progress(message: str, *, over: bool = False) -> None:
    """One line on standard error. With `over` it is written over the last one, and only on a terminal."""
    terminal = sys.stderr.isatty()
    if over and not terminal:
        return
    print(f"\r\x1b[K{message}" if terminal else message, end="" if over else "\n", file=sys.stderr, flush=True)


class Waits:
    """Prints what work waits for, each time that it is something else."""

    def __init__(self) -> None:
        self._last = ""

    def tell(self, message: str) -> None:
        if message != self._last:
            progress(message)
        self._last = message


def use_utf8() -> None:
    """Replies hold typographic quotes; a console in another encoding must not stop them."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
