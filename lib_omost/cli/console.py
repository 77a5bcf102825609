"""Input and output of the command line: text files, JSON objects, progress lines."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from itertools import chain

from lib_omost.artifacts.text import decoded, known_encoding, own_pages
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


ENCODING = "If that is wrong, name its encoding with --encoding."


def read_text(name: str, encoding: str = "") -> str:
    """The text of file `name`, or of standard input for `-`, in `encoding` or else in the one that `artifacts.text`
    recognises; prints a line if that is only likely.

    Raises SettingsError if it cannot be read or is too long.
    """
    known_encoding(encoding or "utf-8")
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
    found = decoded(data, encoding, own_pages(console=name == "-"))
    if found.doubt:
        progress(f"{found.doubt} {ENCODING}")
    return found.text


def piped_lines(encoding: str = "") -> Iterator[str]:
    """The lines of standard input as they arrive, see `read_text`. A code page is recognised by all lines so far that
    are not UTF-8."""
    known_encoding(encoding or "utf-8")
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # a test has replaced it
        yield from sys.stdin
        return
    first = stream.readline(MAX_FILE)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first:
        yield from decoded(first + stream.read(MAX_FILE), encoding).text.splitlines()
        return
    own, seen, doubt = own_pages(console=True), b"", ""
    for line in chain([first], iter(lambda: stream.readline(MAX_FILE), b"")):
        found = decoded(line, encoding, own)
        if found.doubt:
            seen = (seen + line)[-MAX_FILE:]
            known = decoded(seen, "", own)
            found = decoded(line, known.encoding)
            if known.doubt != doubt:
                progress(f"{known.doubt} {ENCODING}")
            doubt = known.doubt
        yield found.text


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
