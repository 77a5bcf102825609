"""gradio's cache, from which the page serves its files."""

from __future__ import annotations

import hashlib
import logging
import os
from collections import OrderedDict
from pathlib import Path

from gradio.components import Component
from gradio.processing_utils import save_bytes_to_cache, save_file_to_cache
from gradio.utils import get_upload_folder

from lib_omost.sessions.stores import LOGINS, folder_name

from ..state.gallery import Gallery

logger = logging.getLogger(__name__)
NO_ROOM = "There is no room in the temporary folder of the page: make room there and try again."
MAX_KNOWN = 4000
"""Number of files whose copies are known."""
_copies: OrderedDict[tuple[object, ...], str] = OrderedDict()


def cached(component: Component, path: Path | None, owner: str = "") -> str | None:
    """The path of a copy of the file in the cache; None if there is no such file, or no room for it. An exception would
    end the event without a word. owner: the folder of the login that the copy is served to, see `Gallery.owner`."""
    if path is None:
        return None
    try:
        state = path.stat()
        folder = _folder(component.GRADIO_CACHE, owner)
        key = (folder, str(path), state.st_mtime_ns, state.st_size)
        # gradio would read the whole file each time, to find its copy by a hash.
        if (copy := _known(component, key)) is not None:
            return copy
        copy = save_file_to_cache(path, folder)
        component.temp_files.add(copy)
        return _remembered(key, copy)
    except OSError:
        logger.exception("%s cannot be copied to gradio's cache", path)
        return None


def cached_picture(component: Component, gallery: Gallery, name: str) -> str | None:
    """As `cached`, for the picture `name`, whose copy is served to its owner."""
    path = gallery.find(name)
    return None if path is None else cached(component, path, gallery.owner(path))


def cached_jpeg(component: Component, data: bytes | None, owner: str = "") -> str | None:
    """As `cached`, for the contents of a JPEG file."""
    if data is None:
        return None
    try:
        folder = _folder(component.GRADIO_CACHE, owner)
        key = (folder, hashlib.sha256(data).digest())
        if (copy := _known(component, key)) is not None:
            return copy
        copy = save_bytes_to_cache(data, "thumbnail.jpg", folder)
        component.temp_files.add(copy)
        return _remembered(key, copy)
    except OSError:
        logger.exception("A thumbnail cannot be copied to gradio's cache")
        return None


def is_own(path: str | Path, login: str) -> bool:
    """Whether the file at `path` was copied to the cache for `login`."""
    return Path(os.path.abspath(path)).is_relative_to(_folder(get_upload_folder(), folder_name(login)))


def is_upload(path: Path) -> bool:
    """Whether the file at `path` in the cache was uploaded; all others are copies for a login."""
    return not Path(os.path.abspath(path)).is_relative_to(Path(get_upload_folder()) / LOGINS)


def _folder(cache: str, owner: str) -> str:
    return str(Path(cache) / LOGINS / owner) if owner else cache


def _known(component: Component, key: tuple[object, ...]) -> str | None:
    copy = _copies.get(key)
    if copy is None or not os.path.isfile(copy):
        return None
    os.utime(copy)  # gradio deletes copies that were not used for long
    component.temp_files.add(copy)
    return copy


def _remembered(key: tuple[object, ...], copy: str) -> str:
    _copies[key] = copy
    if len(_copies) > MAX_KNOWN:
        _copies.popitem(last=False)
    return copy
