"""Export and import of a conversation as one zip file.

The zip holds `session.json` and `pictures/*.png`. On import only these names are used, and nothing is unpacked under a
path from the zip. Counts, sizes and their sums are checked before anything is unpacked, and pictures before anything is
stored. One file is imported at a time, which bounds the memory of all visitors' imports together.
"""

from __future__ import annotations

import errno
import io
import struct
import threading
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from lib_omost.artifacts.atomic import replacing
from lib_omost.artifacts.png import check_png
from lib_omost.errors import PictureError, SessionError

from .folder import FILE
from .form import MAX_BYTES, PICTURE_NAME, from_bytes, to_bytes
from .model import Session, new_session_id, now
from .recovery import PICTURES
from .store import Store

MAX_ARCHIVE = 1 << 30
"""Maximum size of a zip file in bytes."""
MAX_UNPACKED = 2 << 30
"""Maximum size of all pictures in it, in bytes."""
MAX_PICTURE = 64 * 2**20
"""Maximum size of one picture in bytes."""
MAX_ENTRIES = 5_000
MAX_PIXELS = 64 * 2**20
"""Pixels that are decompressed to check them. Of further pictures only the checksums are checked."""
LAYOUT = "layout.json"
"""The file with the layout in a zip of all exports of a canvas, which is no conversation."""
_RATIOS = {FILE: 100, LAYOUT: 100, PICTURES: 3}
"""How many times its packed size a file may have: texts repeat each other, pictures are compressed already."""
_SPARE = 2**16
"""Bytes that a file may have beyond that."""
_importing = threading.Lock()
_MAX_DIRECTORY = 2 * 2**20
"""Maximum size of the central directory in bytes; the zip library reads it whole."""
_END = struct.Struct("<4s4H2LH")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error)
"""Exceptions that the zip library raises for damaged files."""


def export(store: Store, name: str, target: Path) -> Path:
    """Write the conversation called `name` to the zip file `target`. Raises SessionError if it cannot be written."""
    session = store.load(name)
    try:
        with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(FILE, to_bytes(session))
            for picture in sorted({message.file for message in session.messages if message.file}):
                path = store.picture(name, picture)
                if path is not None:
                    # A PNG is compressed already.
                    archive.write(path, f"{PICTURES}/{picture}", zipfile.ZIP_STORED)
    except OSError as error:
        raise SessionError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target


def packed_layout(source: Path, limit: int) -> bytes | None:
    """The LAYOUT of a zip file of exports, of at most `limit` bytes. None for a conversation and for any other zip.

    Raises SessionError if the file is no zip, is damaged, or unpacks to too much.
    """
    try:
        with source.open("rb") as file:
            _check_directory(file, source.name)
            with _importing, zipfile.ZipFile(file) as archive:
                entries = {info.filename: info for info in archive.infolist()}
                if FILE in entries or LAYOUT not in entries:
                    return None
                return _content(archive, entries[LAYOUT], limit)
    except _BROKEN as error:
        raise SessionError(f"{source.name} is not a zip file, or it is damaged ({error}).") from error


def import_archive(store: Store, source: Path) -> tuple[Session, tuple[str, ...]]:
    """Store the conversation in the zip file `source` under a new name; also returns sentences about what was left out.

    Raises SessionError, and stores nothing, if the file is not such a zip, is damaged, or unpacks to too much.
    """
    try:
        with source.open("rb") as file:
            _check_directory(file, source.name)
            with _importing, zipfile.ZipFile(file) as archive, TemporaryDirectory() as folder:
                return _import_archive(store, archive, source, Path(folder))
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SessionError(
                f"There is no room on the disk to import {source.name}: make room and try again."
            ) from error
        raise SessionError(f"{source.name} is not an exported conversation, or it is damaged ({error}).") from error


def _import_archive(
    store: Store, archive: zipfile.ZipFile, source: Path, folder: Path
) -> tuple[Session, tuple[str, ...]]:
    name, size = source.name, source.stat().st_size
    entries = {info.filename: info for info in archive.infolist()}
    if FILE not in entries:
        raise SessionError(f"{name} is not an exported conversation: there is no {FILE} in it.")
    _check_sizes(archive, name, size)
    reading = from_bytes(_content(archive, entries[FILE], MAX_BYTES), new_session_id())
    session = replace(reading.session, updated=now())
    notices: list[str] = []
    if reading.lost:
        notices.append(f"Parts of the conversation in {name} are damaged and were left out.")
    pictures: dict[str, Path] = {}
    room, pixels = MAX_UNPACKED, MAX_PIXELS
    for file in sorted({message.file for message in session.messages if message.file}):
        info = entries.get(f"{PICTURES}/{file}")
        if info is None:
            continue
        content = _content(archive, info, min(MAX_PICTURE, room))
        room -= len(content)
        try:
            pixels -= check_png(io.BytesIO(content), file, max(pixels, 0))
        except PictureError as error:
            notices.append(str(error))
            continue
        pictures[file] = folder / file
        pictures[file].write_bytes(content)
    foreign = sum(1 for entry in entries if entry != FILE and not _is_picture(entry))
    if foreign:
        notices.append(f"{foreign} other files in {name} were not imported.")
    store.write(session, pictures)
    return session, tuple(notices)


def _check_directory(file: BinaryIO, name: str) -> None:
    """Check the end of a zip before the zip library reads it, which would read a central directory of any size."""
    size = file.seek(0, io.SEEK_END)
    if size > MAX_ARCHIVE:
        raise SessionError(f"{name} has {size:,} bytes; an exported conversation has at most {MAX_ARCHIVE:,}.")
    file.seek(max(0, size - (1 << 16) - _END.size))
    tail = file.read()
    # As the library does: a record at the very end, then the last signature.
    places = {len(tail) - _END.size, tail.rfind(b"PK\x05\x06")}
    places = {at for at in places if 0 <= at <= len(tail) - _END.size and tail[at : at + 4] == b"PK\x05\x06"}
    ends = [_END.unpack_from(tail, at) for at in places]
    if not ends:
        raise SessionError(f"{name} is not a zip file, or its end is missing.")
    for _, _, _, _, count, directory, _, _ in ends:
        if count > MAX_ENTRIES or directory > _MAX_DIRECTORY:
            raise SessionError(f"{name} holds too many files to be an exported conversation.")
    if b"PK\x06\x07" in tail[-(1 << 10) :]:
        raise SessionError(f"{name} is a ZIP64 file, which an exported conversation never is.")
    file.seek(0)


def _check_sizes(archive: zipfile.ZipFile, name: str, size: int) -> None:
    """Check what the entries claim: each has its own name and bytes, and all together are not too large."""
    entries = archive.infolist()
    for unique in ({info.filename for info in entries}, {info.header_offset for info in entries}):
        if len(unique) < len(entries):
            raise SessionError(f"{name} holds a file more than once, which no exported conversation does.")
    if sum(info.compress_size for info in entries) > size:
        raise SessionError(f"{name} is damaged: its files are larger than itself.")
    used = [info for info in entries if info.filename == FILE or _is_picture(info.filename)]
    if sum(info.file_size for info in used) > MAX_UNPACKED + MAX_BYTES:
        raise SessionError(f"{name} unpacks to more than the {MAX_UNPACKED:,} bytes that are allowed.")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """One file of the zip, read up to `limit` bytes whatever its header claims."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SessionError(f"{info.filename} is compressed in a way that an exported conversation never is.")
    if info.file_size <= limit:
        ratio = _RATIOS.get(info.filename, _RATIOS[PICTURES])
        limit = min(limit, ratio * info.compress_size + _SPARE)
    with archive.open(info) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise SessionError(f"{info.filename} unpacks to more than the {limit:,} bytes that are allowed.")
    return content


def _is_picture(entry: str) -> bool:
    folder, _, file = entry.rpartition("/")
    return folder == PICTURES and PICTURE_NAME.fullmatch(file) is not None
