"""From a stream of events to bunches of them, at a pace that a page can follow.

The stream runs on its own thread, so that its reader is never stuck in it: a reader that is closed (somebody
closed the browser's tab) sets the stop event at once, also while the stream is busy with a long step.
"""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Generic, TypeVar

Event = TypeVar("Event")

PACE = 0.1
"""Seconds between two bunches."""
HEARTBEAT = 0.5
"""Seconds after which an empty bunch is handed out, so that the reader can show that time goes by."""
SHARE = 4.0
"""A reader that needs t seconds for a bunch gets the next one SHARE * t later, so that a long chat costs no more."""


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Feed(Generic[Event]):
    """Iterates over lists of events; an error of the stream is raised after the events in front of it."""

    def __init__(self, events: Iterator[Event], stop: threading.Event) -> None:
        self._stop = stop
        self._queue: queue.SimpleQueue[Event | _End] = queue.SimpleQueue()
        # The stream goes on in the context of whoever asked for it, as ZeroGPU wants to know for whom it works.
        run = contextvars.copy_context().run
        self._thread = threading.Thread(target=run, args=(self._pump, events), name="feed", daemon=True)

    def __iter__(self) -> Iterator[list[Event]]:
        self._thread.start()
        pause = PACE
        try:
            while True:
                bunch: list[Event] = []
                end: _End | None = None
                with suppress(queue.Empty):
                    end = self._take(bunch, timeout=HEARTBEAT)
                    while end is None:
                        end = self._take(bunch, timeout=0)
                handed_out = time.perf_counter()
                if bunch or end is None:
                    yield bunch
                if end is not None:
                    if end.error is not None:
                        raise end.error
                    return
                pause = max(PACE, SHARE * (time.perf_counter() - handed_out))
                self._stop.wait(pause) if not self._stop.is_set() else time.sleep(PACE)
        finally:
            self._stop.set()

    def _take(self, bunch: list[Event], timeout: float) -> _End | None:
        item = self._queue.get(timeout=timeout) if timeout else self._queue.get_nowait()
        if isinstance(item, _End):
            return item
        bunch.append(item)
        return None

    def _pump(self, events: Iterator[Event]) -> None:
        error: BaseException | None = None
        try:
            for event in events:
                self._queue.put(event)
        except BaseException as caught:  # raised again where the events are read
            error = caught
        finally:
            self._queue.put(_End(error))
