"""Limits per user of a public page: jobs at once, and work within a number of minutes.

A private page has no limits. On a public one each user has at most one reply and one render waiting or running, so
users queue for the device rather than requests, and nobody waits behind the same user twice.
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

JobKind = Literal["chat", "render", "check", "file"]
NOUNS: dict[JobKind, tuple[str, str]] = {
    "chat": ("reply", "replies"),
    "render": ("picture", "pictures"),
    "check": ("check", "checks"),
    "file": ("file", "files"),
}
CHECKS = 200
"""Canvas codes that a user may have read within `Limits.minutes`; a long one counts as several, see `reading_cost`."""
FILES = 40
"""Files that a user may open or have made within `Limits.minutes`."""
QUEUED: tuple[JobKind, ...] = ("chat", "render")
"""The kinds of jobs that use the device."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a public page.

    replies, pictures: how many one user may have within `minutes`; a picture that costs more than an ordinary one
    counts as several, see `cost`. waiting: how many jobs of all users may run or wait at once.
    """

    replies: int = 20
    pictures: int = 20
    minutes: float = 10.0
    waiting: int = 16

    def __post_init__(self) -> None:
        for name in ("replies", "pictures", "waiting"):
            if getattr(self, name) < 1:
                raise SettingsError(f"The limit of {name} must be at least 1, but it is {getattr(self, name)}.")
        if not 0 < self.minutes <= 24 * 60:
            raise SettingsError(f"The minutes of the limits must be above 0 and at most 1440, not {self.minutes:g}.")

    @property
    def sentence(self) -> str:
        """The sentence that is printed when the page starts."""
        return (
            f"Others can reach this page: each user may have {self.replies} replies and {self.pictures} pictures in "
            f"{_minutes(self.minutes)}, one of each at a time, and {self.waiting} requests may wait or run at once."
        )

    def most(self, work: JobKind) -> int:
        return {"chat": self.replies, "render": self.pictures, "check": CHECKS, "file": FILES}[work]


@dataclass(slots=True)
class _Account:
    """The running jobs of one user, and the time and cost of each recent one."""

    running: set[JobKind] = field(default_factory=set)
    spent: dict[JobKind, deque[tuple[float, int]]] = field(default_factory=lambda: {kind: deque() for kind in NOUNS})


class Admission:
    """Admits jobs within `limits`, or all jobs if there are none. `now` returns the time in seconds."""

    def __init__(self, limits: Limits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._now = now
        self._accounts: dict[str, _Account] = {}
        self._jobs = 0
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, user: str, work: JobKind, cost: int = 1) -> Iterator[None]:
        """Within this context `user` has a job. Raises LimitError, which says when to try again, if the limits do not
        allow it now."""
        if self.limits is None:
            yield
            return
        with self._lock:
            account = self._account(user)
            self._require(account, work, cost, self.limits)
            account.running.add(work)
            account.spent[work].append((self._now(), cost))
            self._jobs += work in QUEUED
        try:
            yield
        finally:
            with self._lock:
                account.running.discard(work)
                self._jobs -= work in QUEUED

    def _require(self, account: _Account, work: JobKind, cost: int, limits: Limits) -> None:
        one, many = NOUNS[work]
        most = limits.most(work)
        if work in account.running:
            raise LimitError(
                f"You already have a {one} waiting or in progress, and everybody has one at a time here: wait until it "
                "is finished, or stop it."
            )
        if cost > most:
            advice = ": choose fewer or smaller pictures, or fewer steps" if work == "render" else ""
            raise LimitError(
                f"This would cost as much as {cost} ordinary {many}, and here everybody may have {most} in "
                f"{_minutes(limits.minutes)}{advice}."
            )
        if work in QUEUED and self._jobs >= limits.waiting:
            raise LimitError(
                f"{self._jobs} requests are already waiting or running, which is the limit of this page: "
                "try again in a minute."
            )
        seconds = self._wait(account.spent[work], most - cost, limits)
        if seconds > 0:
            raise LimitError(
                f"Here everybody may have {most} {one if most == 1 else many} in {_minutes(limits.minutes)}, and yours "
                f"are used up: try again in {_duration(seconds)}."
            )

    def _wait(self, spent: deque[tuple[float, int]], most: int, limits: Limits) -> float:
        """Seconds until the cost that still counts is at most `most`."""
        total, free = sum(cost for _, cost in spent), 0.0
        for at, cost in spent:
            if total <= most:
                break
            total -= cost
            free = at + 60 * limits.minutes
        return max(0.0, free - self._now())

    def _account(self, user: str) -> _Account:
        """The user's account, after expired costs and empty accounts were removed."""
        assert self.limits is not None, "the caller has checked"
        since = self._now() - 60 * self.limits.minutes
        for name, account in list(self._accounts.items()):
            for spent in account.spent.values():
                while spent and spent[0][0] <= since:
                    spent.popleft()
            if not account.running and not any(account.spent.values()):
                del self._accounts[name]
        return self._accounts.setdefault(user, _Account())


def cost(settings: RenderSettings, usual: RenderSettings) -> int:
    """How many ordinary pictures a render counts as: the number of its pictures, multiplied, if they take more work
    (pixels times steps) than with the `usual` settings, by that ratio."""
    share = _work(settings) / _work(usual)
    return math.ceil(settings.count * max(1.0, share) - 1e-9)


def reading_cost(text: str) -> int:
    """How many checks of Canvas code the reading of `text` counts as."""
    return 1 + len(text) // 10_000


def _work(settings: RenderSettings) -> float:
    base = settings.width * settings.height * settings.steps
    if not settings.hires:
        return base
    larger = settings.width * settings.height * settings.hires_scale**2
    return base + larger * settings.hires_steps


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    return _minutes(math.ceil(seconds / 60)) if whole >= 60 else f"{whole} second{'s' * (whole != 1)}"


def _minutes(number: float) -> str:
    return f"{number:g} minute{'s' * (number != 1)}"
