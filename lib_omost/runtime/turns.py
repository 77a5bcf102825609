"""A lock that is handed on in the order in which it was asked for, to whoever still waits."""

from __future__ import annotations

import threading
import weakref
from collections import deque

LOOK = 0.5
"""Seconds after which those who wait look whether somebody before them has gone without a word."""


class Turns:
    """Who is next. A ticket that is forgotten (its owner was closed, say) loses its place by itself."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[weakref.ref[Ticket]] = deque()

    def ticket(self) -> Ticket:
        """A place at the end of the line."""
        ticket = Ticket(self)
        with self._changed:
            self._line.append(weakref.ref(ticket))
        return ticket

    def _is_first(self, ticket: Ticket) -> bool:
        while self._line and self._line[0]() is None:
            self._line.popleft()
        return bool(self._line) and self._line[0]() is ticket

    def _wait(self, ticket: Ticket, timeout: float | None) -> bool:
        with self._changed:
            if timeout is not None:
                return self._changed.wait_for(lambda: self._is_first(ticket), timeout)
            while not self._changed.wait_for(lambda: self._is_first(ticket), LOOK):
                pass
            return True

    def _remove(self, ticket: Ticket) -> None:
        with self._changed:
            self._line = deque(place for place in self._line if place() not in (ticket, None))
            self._changed.notify_all()


class Ticket:
    """One place in the line; as a context manager it waits for its turn and then leaves."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def acquire(self, timeout: float | None = None) -> bool:
        """Whether the turn came within `timeout` seconds (None: however long it takes). The place is kept if not."""
        return self._turns._wait(self, timeout)

    def leave(self) -> None:
        """Give the turn to the next one, or the place up."""
        self._turns._remove(self)

    def __enter__(self) -> Ticket:
        self.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self.leave()
