"""Bounds on uploaded files: of one, of all of one user, and of the room on the disk."""

from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path

from ..state.rates import Rate

LARGEST = 512 * 2**20
"""Bytes of a file on a page of one's own: an exported conversation with its pictures."""
LARGEST_PUBLIC = 64 * 2**20
SECONDS = 3600.0
FILES, BYTES = 40, 512 * 2**20
"""What one user of a public page may upload within an hour."""
FREE = 512 * 2**20
"""Bytes of the disk that uploads leave free, for pictures and conversations."""
MULTIPART = 64 * 2**10
"""Bytes around a file in a request."""


class Uploads:
    """public: whether others can reach the page. folder: where files go, the system's temporary folder if none is
    given."""

    def __init__(self, *, public: bool = False, folder: Path | None = None, free: int = FREE) -> None:
        self.largest = (LARGEST_PUBLIC if public else LARGEST) + MULTIPART
        self._folder = folder or Path(tempfile.gettempdir())
        self._free = free
        self._rates = (Rate(FILES, SECONDS), Rate(BYTES, SECONDS)) if public else None

    def refusal(self, user: str, size: int) -> tuple[int, str, float] | None:
        """Why `user` may not upload `size` bytes now: status, sentence, and seconds to wait; None if it is allowed."""
        if shutil.disk_usage(self._folder).free < self._free + size:
            return 507, "The disk of this page is full: ask its owner to make room, and try again then.", 0.0
        if self._rates is None:
            return None
        files, sizes = self._rates
        wait = files.take(user) or sizes.take(user, size)
        if not wait:
            return None
        return 429, f"You have uploaded too many files: try again in {math.ceil(wait / 60)} minutes.", wait
