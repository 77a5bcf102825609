"""Saved pictures: files below a folder, known by their relative names, and small previews for the page."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path

from PIL import Image

from lib_omost.artifacts.png import opened_png
from lib_omost.artifacts.record import PictureMetadata, Record, read_record, save_picture
from lib_omost.errors import PictureError
from lib_omost.render.settings import Picture
from lib_omost.sessions import Store, Stores
from lib_omost.sessions.stores import LOGINS, folder_name

from .entries import PictureEntry

PREVIEW_SIDE = 256
"""Longer side of a preview in pixels."""
THUMBNAIL_SIDE = 88
"""The same of a thumbnail in the list of conversations."""
MAX_CACHED = 256
"""Number of records, and of thumbnails, in memory."""


class Gallery:
    """Pictures below `folder` and in stored conversations. The page knows them only by their relative names.

    separate: each login has pictures of its own, in a folder below `folder`; `of` gives them. What this object finds
    then belongs to any login, and may only be served to its `owner`.
    """

    def __init__(self, folder: Path, store: Store | Stores | None = None, *, separate: bool = False) -> None:
        self.folder = folder.expanduser().resolve()
        self.separate = separate
        self._store = store
        self._place = self.folder / LOGINS if separate else self.folder

    def of(self, login: str) -> Gallery:
        """The pictures that `login` may see and adds to."""
        if not self.separate:
            return self
        own = Gallery(self.folder, None if self._store is None else self._store.of(login))
        own._place = self._place / folder_name(login)
        return own

    def folder_of(self, login: str) -> str:
        """The `owner` of what is made for `login`."""
        return folder_name(login) if self.separate else ""

    def owner(self, path: Path) -> str:
        """The name of the folder of the login that the picture at `path` belongs to; "" if it belongs to all."""
        for folder in (self.folder, *(() if self._store is None else (self._store.folder,))) if self.separate else ():
            if path.is_relative_to(folder / LOGINS):
                return path.relative_to(folder / LOGINS).parts[0]
        return ""

    def keep(self, picture: Picture, record: Record) -> PictureEntry:
        """Save a picture with everything needed to make it again. Raises RenderError if it cannot be written."""
        path = save_picture(self._place, picture, record)
        width, height = picture.image.size
        caption = f"Seed {picture.seed} · {width} × {height} · {picture.seconds:.1f} s"
        if record.origin is not None:
            caption += f" · {record.origin.repaint.percent}% repainted"
        subject = record.canvas.global_description.description or record.prompt
        return PictureEntry(path.relative_to(self.folder).as_posix(), caption, f"Rendered picture: {subject}"[:300])

    def find(self, name: str) -> Path | None:
        """The file for a name from a browser: a PNG below the folder, or a picture of a conversation,
        `conversation/file`. None for any other name, such as that of another login's picture."""
        conversation, _, file = name.rpartition("/")
        if self._store is not None and (kept := self._store.picture(conversation, file)) is not None:
            return kept
        try:
            path = (self.folder / name).resolve()
            valid = path.is_relative_to(self._place) and path.suffix == ".png" and path.is_file()
        except (OSError, ValueError):
            return None
        return path if valid else None

    def metadata(self, name: str) -> tuple[PictureMetadata, tuple[int, int]] | None:
        """The record in a picture's file, and the size of the picture in pixels; None if there is no such file or it
        has no valid record."""
        path = self.find(name)
        try:
            return None if path is None else _read_metadata(path, path.stat().st_mtime_ns)
        except (OSError, PictureError):
            return None

    def thumbnail(self, name: str) -> bytes | None:
        """The picture as a tiny JPEG file; None if it is missing or cannot be read."""
        path = self.find(name)
        try:
            return None if path is None else _thumbnail(path, path.stat().st_mtime_ns)
        except (OSError, PictureError, ValueError, SyntaxError):
            return None


@lru_cache(maxsize=MAX_CACHED)
def _thumbnail(path: Path, _changed: int) -> bytes:
    with path.open("rb") as file, opened_png(file, path.name) as image:
        return _jpeg(image, THUMBNAIL_SIDE)


@lru_cache(maxsize=MAX_CACHED)
def _read_metadata(path: Path, _changed: int) -> tuple[PictureMetadata, tuple[int, int]]:
    with path.open("rb") as file:
        with opened_png(file, path.name) as image:
            size = image.size
        return read_record(file, path.name), size


def data_uri(image: Image.Image) -> str:
    """A small JPEG of `image`, whose longer side has at most PREVIEW_SIDE pixels, as a data URI."""
    return "data:image/jpeg;base64," + base64.b64encode(_jpeg(image, PREVIEW_SIDE)).decode("ascii")


def _jpeg(image: Image.Image, side: int) -> bytes:
    small = image.convert("RGB")
    small.thumbnail((side, side))
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", quality=80)
    return buffer.getvalue()
