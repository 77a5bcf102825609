"""Input and output of the command line: text files, JSON objects, progress lines."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator

from lib_omost.artifacts.text import decoded
from lib_omost.errors import OmostError, SettingsError

MAX_FILE = 4 * 2**20
"""Maximum size of a reply file in bytes."""


class IncompleteReplyError(OmostError):
    """The composer failed in the middle of a reply; `reply` is what had arrived."""

    def __init__(self, message: str, reply: str) -> None:
        super().__init__(message)
        self.reply = reply


def failure(error: OmostError) -> dict[str, object]:
    """The JSON output for an error, with the incomplete reply if there is one."""
    reply = {"reply": error.reply} if isinstance(error, IncompleteReplyError) else {}
    return {"ok": False, "error": str(error), **reply}


def read_text(name: str) -> str:
    """The text of file `name`, or of standard input for `-`, in any encoding that `artifacts.text` recognises.

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


def piped_lines() -> Iterator[str]:
    """The lines of standard input as they arrive, in any encoding that `artifacts.text` recognises."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # a test has replaced it
        yield from sys.stdin
        return
    first = stream.readline()
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first:
        yield from decoded(first + stream.read(MAX_FILE)).splitlines()
        return
    yield decoded(first)
    for line in stream:
        yield decoded(line)


def print_json(value: dict[str, object]) -> None:
    """Print one JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False))


def progress(message: str, *, over: bool = False) -> None:
    """Print one line on standard error. With `over` it replaces the last line, and appears only on a terminal."""
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
    """Switch the console to UTF-8, because replies may contain characters that its encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
