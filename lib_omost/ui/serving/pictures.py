"""The pictures of the endpoints: saved in the gallery of a user, and sent from gradio's cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradio.data_classes import FileData

from lib_omost.artifacts.parent import Parent, read_parent
from lib_omost.artifacts.record import Record
from lib_omost.errors import PictureError
from lib_omost.render.settings import Picture

from ..state.gallery import Gallery
from ..state.users import login_in
from ..widgets.cache import NO_ROOM

Cache = Callable[[Path], str | None]
"""Copies a file to gradio's cache, from which it is served; returns the path of the copy, or None if there is no room
for it."""


class ServedPictures:
    """The pictures of `gallery`, each user's apart, which clients get from the cache."""

    def __init__(self, gallery: Gallery, cache: Cache) -> None:
        self._gallery = gallery
        self._cache = cache

    def parent(self, user: str, name: str) -> Parent:
        """An earlier picture of `user`, of which a part can be painted anew. Raises PictureError if there is none of
        this name, or if its file cannot be read."""
        path = self._gallery.of(login_in(user)).find(name) if isinstance(name, str) else None
        if path is None:
            raise PictureError(f"There is no picture called {str(name)[:100]!r} here: render gives the names.")
        return read_parent(path)

    def keep(self, user: str, picture: Picture, record: Record) -> dict[str, Any]:
        """Save a picture with its record and describe it to the client: name, seed, seconds and file. Raises
        PictureError if the cache has no room for it."""
        shown = self._gallery.of(login_in(user)).keep(picture, record)
        path = self._gallery.find(shown.name)
        cached = None if path is None else self._cache(path)
        if cached is None:
            raise PictureError(f"The picture {shown.name} is saved, but it cannot be sent. {NO_ROOM}")
        file = FileData(path=cached, orig_name=Path(cached).name, mime_type="image/png")
        return {
            "name": shown.name,
            "seed": picture.seed,
            "seconds": round(picture.seconds, 3),
            "file": file.model_dump(),
        }
