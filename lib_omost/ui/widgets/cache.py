"""gradio's cache, from which the page serves its files."""

from __future__ import annotations

import hashlib
import logging
import os
from collections import OrderedDict
from pathlib import Path

from gradio.components import Component
from gradio.processing_utils import save_bytes_to_cache

logger = logging.getLogger(__name__)
NO_ROOM = "There is no room in the temporary folder of the page: make room there and try again."
MAX_KNOWN = 4000
"""Number of files whose copies are known."""
_copies: OrderedDict[tuple[object, ...], str] = OrderedDict()


def cached(component: Component, path: Path | None) -> str | None:
    """The path of a copy of the file in the cache; None if there is no such file, or no room for it. An exception would
    end the event without a word."""
    if path is None:
        return None
    try:
        state = path.stat()
        key = (component.GRADIO_CACHE, str(path), state.st_mtime_ns, state.st_size)
        # gradio would read the whole file each time, to find its copy by a hash.
        return _known(component, key) or _remembered(key, component.move_resource_to_block_cache(path))
    except OSError:
        logger.exception("%s cannot be copied to gradio's cache", path)
        return None


def cached_jpeg(component: Component, data: bytes | None) -> str | None:
    """As `cached`, for the contents of a JPEG file."""
    if data is None:
        return None
    try:
        key = (component.GRADIO_CACHE, hashlib.sha256(data).digest())
        if (copy := _known(component, key)) is not None:
            return copy
        copy = save_bytes_to_cache(data, "thumbnail.jpg", component.GRADIO_CACHE)
        component.temp_files.add(copy)
        return _remembered(key, copy)
    except OSError:
        logger.exception("A thumbnail cannot be copied to gradio's cache")
        return None


def _known(component: Component, key: tuple[object, ...]) -> str | None:
    copy = _copies.get(key)
    if copy is None or not os.path.isfile(copy):
        return None
    os.utime(copy)  # gradio deletes copies that were not used for long
    component.temp_files.add(copy)
    return copy


def _remembered(key: tuple[object, ...], copy: str | None) -> str | None:
    if copy is not None:
        _copies[key] = copy
        if len(_copies) > MAX_KNOWN:
            _copies.popitem(last=False)
    return copy
