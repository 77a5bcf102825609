"""gradio's cache, from which the page serves its files."""

from __future__ import annotations

import logging
from pathlib import Path

from gradio.components import Component

logger = logging.getLogger(__name__)
NO_ROOM = "There is no room in the temporary folder of the page: make room there and try again."


def cached(component: Component, path: Path | None) -> str | None:
    """The path of a copy of the file in the cache; None if there is no such file, or no room for it. An exception would
    end the event without a word."""
    try:
        return None if path is None else component.move_resource_to_block_cache(path)
    except OSError:
        logger.exception("%s cannot be copied to gradio's cache", path)
        return None
