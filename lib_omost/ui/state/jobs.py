"""The running job of each page, and the way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from lib_omost.errors import OmostError

from .limits import Admission, JobKind

MAX_PAGES = 10_000
"""Number of pages whose users are kept."""


@dataclass(frozen=True, slots=True)
class Job:
    kind: JobKind
    stop: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """At most one job per open page, within the limits of `admission` per user. A page is identified by gradio's
    session name."""

    def __init__(self, admission: Admission | None = None) -> None:
        self.admission = admission or Admission()
        self._jobs: dict[str, Job] = {}
        self._users: dict[str, str] = {}
        self._lock = threading.Lock()

    def set_user(self, page: str, user: str) -> None:
        """Set the user of a page, who is charged for its next jobs."""
        with self._lock:
            self._users.pop(page, None)
            self._users[page] = user
            if len(self._users) > MAX_PAGES:
                del self._users[next(iter(self._users))]

    def current(self, page: str) -> JobKind | None:
        """The kind of job that runs on this page, or None."""
        job = self._jobs.get(page)
        return None if job is None else job.kind

    def stop(self, page: str) -> bool:
        """Ask the page's job to stop; returns whether there was one."""
        job = self._jobs.get(page)
        if job is not None:
            job.stop.set()
        return job is not None

    def admitted(self, page: str, kind: JobKind) -> AbstractContextManager[None]:
        """Within this context the user of a page has a job beside the page's own. Raises LimitError if the limits do
        not allow it now."""
        return self.admission.admitted(self._users.get(page, page), kind)

    @contextmanager
    def working(self, page: str, kind: JobKind, cost: int = 1) -> Iterator[threading.Event]:
        """Within this context the page has a job; yields the event that stops it, which is always set at the end.

        Raises OmostError if the page already has a job, and LimitError if the limits do not allow its user another one
        now.
        """
        job = Job(kind)
        with self._lock:
            if page in self._jobs:
                raise OmostError("This page is already busy: wait until it has finished, or stop it.")
            self._jobs[page] = job
        try:
            with self.admission.admitted(self._users.get(page, page), kind, cost):
                yield job.stop
        finally:
            job.stop.set()
            # No lock: the entry is this job's, and to take it out is one step.
            del self._jobs[page]
