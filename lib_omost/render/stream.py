"""Work on a thread, as a stream of its events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from queue import SimpleQueue

from lib_omost.render.settings import Notice, Picture, RenderEvent

Emit = Callable[[RenderEvent], None]
Stopped = Callable[[], bool]


class Unrepeated:
    """Passes events on, but every notice only once; pictures: the number of finished pictures that were passed on."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._noticed: set[str] = set()
        self.pictures = 0

    def __call__(self, event: RenderEvent) -> None:
        if isinstance(event, Notice):
            if event.message in self._noticed:
                return
            self._noticed.add(event.message)
        self.pictures += isinstance(event, Picture)
        self._emit(event)


def in_thread(
    work: Callable[[Emit, Stopped], None], stop: threading.Event | None, lock: threading.Lock
) -> Generator[RenderEvent, None, None]:
    """The events of `work`, which runs on a thread while it holds `lock`.

    Exceptions from `work` are raised here. Setting `stop` or closing the stream makes `Stopped` return True; closing
    also waits for the thread.
    """
    events: SimpleQueue[RenderEvent | BaseException | None] = SimpleQueue()
    closed = threading.Event()

    def stopped() -> bool:
        return closed.is_set() or (stop is not None and stop.is_set())

    def run() -> None:
        try:
            with lock:
                work(events.put, stopped)
        except BaseException as error:
            events.put(error)
        else:
            events.put(None)

    worker = threading.Thread(target=run, name="painter", daemon=True)
    worker.start()
    try:
        while (event := events.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        closed.set()
        worker.join()
