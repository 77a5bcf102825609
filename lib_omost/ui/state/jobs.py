"""Which page is at work, and how it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lib_omost.errors import OmostError

from .limits import Admission, JobKind

MAX_PAGES = 10_000
"""Pages whose users are remembered until they begin something."""


@dataclass(frozen=True, slots=True)
class Job:
    work: JobKind
    stop: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """At most one job for each open page, and what `admission` grants to each user; a page is known by the session name
    that gradio gives it."""

    def __init__(self, admission: Admission | None = None) -> None:
        self.admission = admission or Admission()
        self._jobs: dict[str, Job] = {}
        self._users: dict[str, str] = {}
        self._lock = threading.Lock()

    def belongs(self, page: str, user: str) -> None:
        """Say whose page it is: what begins on it next is that user's."""
        with self._lock:
            self._users.pop(page, None)
            self._users[page] = user
            if len(self._users) > MAX_PAGES:
                del self._users[next(iter(self._users))]

    def current(self, page: str) -> JobKind | None:
        """What this page is doing, or None."""
        job = self._jobs.get(page)
        return None if job is None else job.work

    def stop(self, page: str) -> bool:
        """Tell the page's job to stop, if it has one; whether it had."""
        job = self._jobs.get(page)
        if job is not None:
            job.stop.set()
        return job is not None

    @contextmanager
    def working(self, page: str, work: JobKind, cost: int = 1) -> Iterator[threading.Event]:
        """Hold the page's one job; yields the event that stops it, which is set at the end in any case.

        Raises OmostError if the page has a job already, however short ago it began, and LimitError where its user
        may not have it now.
        """
        job = Job(work)
        with self._lock:
            if page in self._jobs:
                raise OmostError("This page is at work already: wait until it has finished, or stop it.")
            self._jobs[page] = job
        try:
            with self.admission.admitted(self._users.get(page, page), work, cost):
                yield job.stop
        finally:
            job.stop.set()
            with self._lock:
                del self._jobs[page]
