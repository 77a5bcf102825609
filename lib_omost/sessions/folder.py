"""The folder of one conversation: its file, read and written whole, and its pictures.

The caller holds the lock of the store. Files are untrusted: what is damaged is set aside, and nothing is lost of what
is intact.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lib_omost.artifacts.atomic import replacing
from lib_omost.errors import SessionError

from .form import MAX_BYTES, MAX_MESSAGES, PICTURE_NAME, ParsedSession, from_bytes, to_bytes
from .model import Session
from .recovery import DAMAGED, PICTURES, day, set_aside

FILE = "session.json"


def read_session(folder: Path) -> tuple[Session, list[str]]:
    """The conversation in the file of a folder, empty if there is no file, and sentences about what was damaged. Raises
    SessionError if the file cannot be read.

    A damaged file is set aside. A partly damaged one is replaced by its intact part, if the disk can be written to.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Session(folder.name), []
    except OSError as error:
        raise SessionError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        reading = from_bytes(data, folder.name)
    except ValueError as error:
        aside = set_aside(path)
        sentence = (
            f"A conversation of {day(folder.name)} is damaged ({error}). Its file was set aside as {aside}; "
            "its pictures and all other conversations are not affected."
        )
        return Session(folder.name), [sentence]
    return reading.session, _replace_damaged(path, data, reading) if reading.lost else []


def write_session(folder: Path, session: Session) -> None:
    """Write the file of a conversation in place of the former one. Raises SessionError if it is too long to be read
    again, and OSError if it cannot be written; the former file is intact then."""
    data = to_bytes(session)
    if len(data) > MAX_BYTES or len(session.messages) > MAX_MESSAGES:
        raise SessionError("This conversation has become too long to be kept: please continue in a new one.")
    _make(folder.parent, folder)
    with replacing(folder / FILE, private=True) as file:
        file.write(data)


def add_picture(folder: Path, file: str, path: Path) -> None:
    """Add the picture at `path` to a conversation, as a hard link, or as a copy if it is on another disk. Raises
    OSError if it cannot be added."""
    assert PICTURE_NAME.fullmatch(file), file
    target = folder / PICTURES / file
    if target.exists():
        return
    _make(folder.parent, target.parent)
    try:
        os.link(path, target)
    except OSError:
        with replacing(target, private=True) as copy, path.open("rb") as source:
            shutil.copyfileobj(source, copy)


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """A context that turns an OSError into a SessionError, which begins with `what`."""
    try:
        yield
    except OSError as error:
        raise SessionError(f"{what}: {error.strerror or error}.") from error


def _replace_damaged(path: Path, data: bytes, reading: ParsedSession) -> list[str]:
    """Replace a partly damaged file by its intact part, and keep a copy of the damaged file beside it."""
    with suppress(OSError):
        aside = path.with_name(f"{DAMAGED}{secrets.token_hex(3)}.json")
        with replacing(aside, private=True) as file:
            file.write(data)
        write_session(path.parent, reading.session)
        return [
            f"Parts of the conversation “{reading.session.shown_title}” are damaged and were left out; "
            f"the damaged file is kept as {aside}."
        ]
    return []


def _make(store: Path, folder: Path) -> None:
    """Create the folder of a store and one in it, which only their owner can read."""
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
