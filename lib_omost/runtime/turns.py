"""A fair lock: turns come in the order of the requests, and abandoned requests are skipped."""

from __future__ import annotations

import threading
import weakref
from collections import deque

POLL = 0.5
"""Seconds after which a waiter checks whether a ticket before it has been garbage-collected."""


class Turns:
    """The queue of tickets. A ticket that is garbage-collected, because its owner was closed, loses its place."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[weakref.ref[Ticket]] = deque()

    def ticket(self) -> Ticket:
        """A new ticket at the end of the queue."""
        ticket = Ticket(self)
        with self._changed:
            self._queue.append(weakref.ref(ticket))
        return ticket

    def _is_first(self, ticket: Ticket) -> bool:
        while self._queue and self._queue[0]() is None:
            self._queue.popleft()
        return bool(self._queue) and self._queue[0]() is ticket

    def _wait(self, ticket: Ticket, timeout: float | None) -> bool:
        with self._changed:
            if timeout is not None:
                return self._changed.wait_for(lambda: self._is_first(ticket), timeout)
            while not self._changed.wait_for(lambda: self._is_first(ticket), POLL):
                pass
            return True

    def _remove(self, ticket: Ticket) -> None:
        with self._changed:
            self._queue = deque(place for place in self._queue if place() not in (ticket, None))
            self._changed.notify_all()


class Ticket:
    """A place in the queue; as a context manager it waits for its turn and gives it up at the end."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for the turn; returns whether it came within `timeout` seconds (None: wait indefinitely). If not, the
        place is kept."""
        return self._turns._wait(self, timeout)

    def leave(self) -> None:
        """Give up the turn or the place."""
        self._turns._remove(self)

    def __enter__(self) -> Ticket:
        self.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self.leave()
