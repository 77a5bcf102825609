"""Renders whose page was closed or reloaded while they ran, to be told when their conversation is opened again."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from .conversation import Conversation

SENTENCE = "The render was cut off when its page was closed or reloaded. Render paints it again."
MAX_KEPT = 500
PATIENCE = 2.0
"""Seconds within which the work of a page that was reloaded has ended."""


class Interruptions:
    """Knows the conversations whose last render was cut off; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._cut: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def watching(self, key: str) -> Iterator[None]:
        """Within this context a render of the conversation runs, whose generator is closed if its page is gone."""
        with self._lock:
            self._running[key] += 1
            self._cut.pop(key, None)
        try:
            yield
        except GeneratorExit:
            with self._lock:
                self._cut[key] = None
                while len(self._cut) > MAX_KEPT:
                    self._cut.popitem(last=False)
            raise
        finally:
            with self._lock:
                self._running[key] -= 1
                if not self._running[key]:
                    del self._running[key]

    def take(self, key: str) -> bool:
        """Whether the last render of the conversation was cut off; it is told once. Waits for one that is ending."""
        deadline = time.monotonic() + PATIENCE
        while key in self._running and time.monotonic() < deadline:
            time.sleep(0.05)
        with self._lock:
            if key not in self._cut:
                return False
            del self._cut[key]
            return True


def key_of(session: str | None, chat: Conversation) -> str:
    """The key of a conversation: the name under which it is kept, or what it says."""
    return session or json.dumps(chat.to_json())
