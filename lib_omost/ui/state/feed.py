"""Batching a stream of events at a rate that a page can follow.

The stream runs on a thread, so its reader never blocks in it: closing the reader (for example because the browser tab
was closed) sets the stop event at once, even while the stream is busy with a long step.
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
"""Seconds between two batches."""
HEARTBEAT = 0.5
"""Seconds after which an empty batch is yielded, so that the reader can update elapsed times."""
SHARE = 4.0
"""A reader that takes t seconds for a batch gets the next one after SHARE * t, which bounds the load of a long chat."""


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Feed(Generic[Event]):
    """Iterates over lists of events. An error of the stream is raised after the events that precede it."""

    def __init__(self, events: Iterator[Event], stop: threading.Event) -> None:
        self._stop = stop
        self._queue: queue.SimpleQueue[Event | _End] = queue.SimpleQueue()
        # The stream runs in the context of its caller, because ZeroGPU has to know for whom it works.
        run = contextvars.copy_context().run
        self._thread = threading.Thread(target=run, args=(self._pump, events), name="feed", daemon=True)

    def __iter__(self) -> Iterator[list[Event]]:
        self._thread.start()
        pause = PACE
        try:
            while True:
                batch: list[Event] = []
                end: _End | None = None
                with suppress(queue.Empty):
                    end = self._take(batch, timeout=HEARTBEAT)
                    while end is None:
                        end = self._take(batch, timeout=0)
                yielded = time.perf_counter()
                if batch or end is None:
                    yield batch
                if end is not None:
                    if end.error is not None:
                        raise end.error
                    return
                pause = max(PACE, SHARE * (time.perf_counter() - yielded))
                self._stop.wait(pause) if not self._stop.is_set() else time.sleep(PACE)
        finally:
            self._stop.set()

    def _take(self, batch: list[Event], timeout: float) -> _End | None:
        item = self._queue.get(timeout=timeout) if timeout else self._queue.get_nowait()
        if isinstance(item, _End):
            return item
        batch.append(item)
        return None

    def _pump(self, events: Iterator[Event]) -> None:
        error: BaseException | None = None
        try:
            for event in events:
                self._queue.put(event)
        except BaseException as caught:  # raised again in the reader
            error = caught
        finally:
            self._queue.put(_End(error))
