"""How much of an open page one user may have: so many jobs at once, so much work in so many minutes.

A page of one's own has no limits. On an open one each user has at most one reply and one render waiting or at work, so
that the queue for the device is one of users and not of requests, and nobody is behind the same user twice.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from lib_omost.errors import LimitError, SettingsError
from lib_omost.render.settings import RenderSettings

JobKind = Literal["chat", "render"]
NOUNS: dict[JobKind, tuple[str, str]] = {"chat": ("reply", "replies"), "render": ("picture", "pictures")}


@dataclass(frozen=True, slots=True)
class Limits:
    """`replies` and `pictures` that one user may have within `minutes`, and how many jobs of all users are taken on, at
    work or `waiting`. A picture that costs more than an ordinary one counts as several, see `cost`."""

    replies: int = 20
    pictures: int = 20
    minutes: float = 10.0
    waiting: int = 16

    def __post_init__(self) -> None:
        for name in ("replies", "pictures", "waiting"):
            if getattr(self, name) < 1:
                raise SettingsError(f"The limit of {name} must be at least 1, but it is {getattr(self, name)}.")
        if not 0 < self.minutes <= 24 * 60:
            raise SettingsError(f"The limits must count above 0, up to 1440 minutes, not {self.minutes:g}.")

    @property
    def sentence(self) -> str:
        """What is said about them when the page begins."""
        return (
            f"Others can reach this page: each user may have {self.replies} replies and {self.pictures} pictures in "
            f"{_minutes(self.minutes)}, one of each at a time, and {self.waiting} requests may wait or be at work."
        )

    def most(self, work: JobKind) -> int:
        return self.replies if work == "chat" else self.pictures


@dataclass(slots=True)
class _Account:
    """What one user does and did: when each recent request was taken on, and what it cost."""

    at_work: set[JobKind] = field(default_factory=set)
    spent: dict[JobKind, deque[tuple[float, int]]] = field(default_factory=lambda: {"chat": deque(), "render": deque()})


class Admission:
    """Takes on jobs within `limits`; without any it takes on every job. `now` tells the time in seconds."""

    def __init__(self, limits: Limits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._now = now
        self._accounts: dict[str, _Account] = {}
        self._jobs = 0
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, user: str, work: JobKind, cost: int = 1) -> Iterator[None]:
        """Hold a job of `user`. Raises LimitError, with when to try again, where it may not begin now."""
        if self.limits is None:
            yield
            return
        with self._lock:
            account = self._account(user)
            self._require(account, work, cost, self.limits)
            account.at_work.add(work)
            account.spent[work].append((self._now(), cost))
            self._jobs += 1
        try:
            yield
        finally:
            with self._lock:
                account.at_work.discard(work)
                self._jobs -= 1

    def _require(self, account: _Account, work: JobKind, cost: int, limits: Limits) -> None:
        one, many = NOUNS[work]
        most = limits.most(work)
        if work in account.at_work:
            raise LimitError(
                f"You have a {one} waiting or in the making already, and here everybody has one at a time: wait until "
                "it is there, or stop it."
            )
        if cost > most:
            raise LimitError(
                f"This would cost as much as {cost} ordinary {many}, and here everybody may have {most} in "
                f"{_minutes(limits.minutes)}: choose fewer or smaller pictures, or fewer steps."
            )
        if self._jobs >= limits.waiting:
            raise LimitError(
                f"{self._jobs} requests are waiting or at work already, which is all that this page takes on at once: "
                "try again in a minute."
            )
        seconds = self._wait(account.spent[work], most - cost, limits)
        if seconds > 0:
            raise LimitError(
                f"Here everybody may have {most} {one if most == 1 else many} in {_minutes(limits.minutes)}, and yours "
                f"are used up: try again in {_told(seconds)}."
            )

    def _wait(self, spent: deque[tuple[float, int]], most: int, limits: Limits) -> float:
        """Seconds until what was spent and still counts is at most `most`."""
        total, free = sum(cost for _, cost in spent), 0.0
        for at, cost in spent:
            if total <= most:
                break
            total -= cost
            free = at + 60 * limits.minutes
        return max(0.0, free - self._now())

    def _account(self, user: str) -> _Account:
        """The user's account without what no longer counts; accounts with nothing in them are forgotten."""
        assert self.limits is not None, "who asks has looked"
        since = self._now() - 60 * self.limits.minutes
        for name, account in list(self._accounts.items()):
            for spent in account.spent.values():
                while spent and spent[0][0] <= since:
                    spent.popleft()
            if not account.at_work and not any(account.spent.values()):
                del self._accounts[name]
        return self._accounts.setdefault(user, _Account())


def cost(settings: RenderSettings, usual: RenderSettings) -> int:
    """How many ordinary pictures a render counts as: at least its pictures, and as many times that as its passes work
    more than those of the `usual` settings do (pixels times steps)."""
    share = _work(settings) / _work(usual)
    return math.ceil(settings.count * max(1.0, share) - 1e-9)


def _work(settings: RenderSettings) -> float:
    base = settings.width * settings.height * settings.steps
    if not settings.hires:
        return base
    larger = settings.width * settings.height * settings.hires_scale**2
    return base + larger * settings.hires_steps


def _told(seconds: float) -> str:
    whole = math.ceil(seconds)
    return _minutes(math.ceil(seconds / 60)) if whole >= 60 else f"{whole} second{'s' * (whole != 1)}"


def _minutes(number: float) -> str:
    return f"{number:g} minute{'s' * (number != 1)}"
