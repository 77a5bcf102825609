"""The pictures of this installation: a folder, names below it, and small previews for the page."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image

from lib_omost.artifacts.record import Record, save_picture
from lib_omost.render.settings import Picture
from lib_omost.sessions import Store

from .conversation import Shown

PREVIEW_SIDE = 256
"""Pixels of a preview's longer side."""


class Gallery:
    """Pictures below `folder` and in kept conversations; they are known to the page by their relative names only."""

    def __init__(self, folder: Path, store: Store | None = None) -> None:
        self.folder = folder.expanduser().resolve()
        self._store = store

    def keep(self, picture: Picture, record: Record) -> Shown:
        """Save a picture with everything needed to make it again. Raises RenderError if it cannot be written."""
        path = save_picture(self.folder, picture, record)
        width, height = picture.image.size
        caption = f"Seed {picture.seed} · {width} × {height} · {picture.seconds:.1f} s"
        subject = record.canvas.global_description.description or record.prompt
        return Shown(path.relative_to(self.folder).as_posix(), caption, f"Rendered picture: {subject}"[:300])

    def find(self, name: str) -> Path | None:
        """The file of a name that comes from a browser, or None: it must be a PNG of ours below the folder, or one of
        a conversation, `conversation/file`."""
        conversation, _, file = name.rpartition("/")
        if self._store is not None and (kept := self._store.picture(conversation, file)) is not None:
            return kept
        try:
            path = (self.folder / name).resolve()
            sound = path.is_relative_to(self.folder) and path.suffix == ".png" and path.is_file()
        except (OSError, ValueError):
            return None
        return path if sound else None


def data_uri(image: Image.Image) -> str:
    """A small JPEG of `image` that a page can show without a file."""
    small = image.convert("RGB")
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
