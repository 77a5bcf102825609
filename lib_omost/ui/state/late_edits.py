"""Edits by hand that a later step of the page has overtaken.

Every edit is an event of its own, and every button sends the newest edit along. So an undo right after an edit contains
it, while the edit's own event may still be on its way, with the chat as it was before the undo.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

MAX_PAGES = 500


class LateEdits:
    """Knows up to which number the edits of each page are part of a step; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, int] = OrderedDict()

    def note(self, page: str, number: int) -> None:
        """A step of the page contains its edits up to `number`; 0 says nothing."""
        with self._lock:
            self._known[page] = max(number, self._known.pop(page, 0))
            while len(self._known) > MAX_PAGES:
                self._known.popitem(last=False)

    def has(self, page: str, number: int) -> bool:
        """Whether the edit with this number is already part of a step; False for 0."""
        with self._lock:
            return 0 < number <= self._known.get(page, 0)
