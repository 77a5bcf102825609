"""Two requests at the same moment: what jobs and limits do stays right however their threads interleave.

Each test stops both threads inside of what a lock protects, by a barrier in something that is called there. With the
lock only one thread gets there, and goes on after `PATIENCE`; without it both do, and the test fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest

from lib_omost.errors import LimitError, OmostError
from lib_omost.ui.state import jobs as jobs_module
from lib_omost.ui.state.jobs import Jobs
from lib_omost.ui.state.limits import Admission, Limits

PATIENCE = 0.5


class Meeting:
    """Waits for the other thread at every call once it is armed, or for `PATIENCE`."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self.armed = True

    def __call__(self) -> None:
        if self.armed:
            with suppress(threading.BrokenBarrierError):
                self._barrier.wait(PATIENCE)


class MeetingDict(dict[str, Any]):
    """A dictionary at which two threads meet after a look for a key, and before they delete one."""

    def __init__(self, meeting: Meeting) -> None:
        super().__init__()
        self._meeting = meeting

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        self._meeting()
        return found

    def __delitem__(self, key: str) -> None:
        self._meeting()
        super().__delitem__(key)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run `acts` on threads; returns what each returned or raised."""
    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(act) for act in acts]
    return [future.exception() or future.result() for future in futures]


def began(job: AbstractContextManager[object], end: threading.Event) -> str:
    """Hold `job` until `end`; returns whether it began or was refused."""
    try:
        with job:
            end.wait(10 * PATIENCE)
            return "began"
    except (OmostError, LimitError):
        end.set()
        return "refused"


def test_a_page_has_one_job_though_two_begin_at_once() -> None:
    jobs = Jobs()
    jobs._jobs = MeetingDict(Meeting())
    end = threading.Event()
    outcomes = at_once(*[lambda: began(jobs.working("page", "chat"), end)] * 2)
    assert sorted(map(str, outcomes)) == ["began", "refused"]


def test_users_are_forgotten_one_by_one_though_two_pages_begin_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "MAX_PAGES", 2)
    meeting = Meeting()
    meeting.armed = False
    jobs = Jobs()
    jobs._users = MeetingDict(meeting)
    for page in ("first", "second"):
        jobs.set_user(page, "ann")
    meeting.armed = True
    assert at_once(lambda: jobs.set_user("third", "ben"), lambda: jobs.set_user("fourth", "cid")) == [None, None]
    assert sorted(jobs._users) == ["fourth", "third"]


class MeetingClock:
    """A clock at which two threads meet when each of them looks for the second time: after a request was found to be
    within the limits, and before it is counted."""

    def __init__(self) -> None:
        self._meeting = Meeting()
        self._looks = threading.local()

    def __call__(self) -> float:
        self._looks.count = getattr(self._looks, "count", 0) + 1
        if self._looks.count == 2:
            self._meeting()
        return 1000.0


@pytest.mark.parametrize(("users", "limits"), [(("ann", "ann"), Limits()), (("ann", "ben"), Limits(waiting=1))])
def test_limits_hold_though_two_requests_come_at_once(users: tuple[str, str], limits: Limits) -> None:
    admission = Admission(limits, MeetingClock())
    end = threading.Event()
    outcomes = at_once(*[lambda user=user: began(admission.admitted(user, "chat"), end) for user in users])
    assert sorted(map(str, outcomes)) == ["began", "refused"]


class MeetingAdmission(Admission):
    """An admission at which two threads meet after they have read the number of jobs, and before they write it."""

    meeting: Meeting | None = None
    number = 0

    @property
    def _jobs(self) -> int:
        number = self.number
        if self.meeting is not None:
            self.meeting()
        return number

    @_jobs.setter
    def _jobs(self, number: int) -> None:
        self.number = number


def test_two_jobs_that_end_at_once_both_give_their_place_back() -> None:
    admission = MeetingAdmission(Limits())

    def held(user: str) -> Iterator[None]:
        with admission.admitted(user, "chat"):
            yield

    ann, ben = held("ann"), held("ben")
    next(ann)
    next(ben)
    assert admission.number == 2
    admission.meeting = Meeting()
    assert at_once(lambda: next(ann, None), lambda: next(ben, None)) == [None, None]
    assert admission.number == 0
