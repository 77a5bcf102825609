"""Rates: how much of something each user may have within some seconds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MAX_USERS = 10_000
"""Users who are remembered; the one who was active longest ago is forgotten."""


class Rate:
    """At most `most` units for each user within `seconds`. `now` returns the time in seconds. Thread-safe."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.seconds = seconds
        self._now = now
        self._taken: OrderedDict[str, deque[tuple[float, int]]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, user: str, units: int = 1) -> float:
        """Take `units` for `user`: 0.0, or, if there are too few left, the seconds until there are enough."""
        with self._lock:
            taken = self._taken.setdefault(user, deque())
            self._taken.move_to_end(user)
            while len(self._taken) > MAX_USERS:
                self._taken.popitem(last=False)
            now = self._now()
            while taken and taken[0][0] <= now - self.seconds:
                taken.popleft()
            total = units + sum(number for _, number in taken)
            if total <= self.most:
                taken.append((now, units))
                return 0.0
            for at, number in taken:
                total -= number
                if total <= self.most:
                    return max(0.001, at + self.seconds - now)
            return self.seconds

    def forget(self, user: str) -> None:
        """Give back all that `user` has taken."""
        with self._lock:
            self._taken.pop(user, None)
