"""What an open page grants to each user; time is a number here that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from lib_omost.errors import LimitError, SettingsError
from lib_omost.render.settings import RenderSettings
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.entries import Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.limits import Admission, Limits, cost
from tests.scripted import REPLY
from tests.ui.brush import Brush
from tests.ui.studios import SAMPLING, SETTINGS, open_studio, play

USUAL = RenderSettings(width=512, height=512, steps=20)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_user_has_one_reply_and_one_picture_at_a_time(held: ExitStack) -> None:
    admission = Admission(Limits())
    held.enter_context(admission.admitted("ann", "chat"))
    with pytest.raises(LimitError, match="You already have a reply waiting or in progress"):
        held.enter_context(admission.admitted("ann", "chat"))
    held.enter_context(admission.admitted("ann", "render"))
    with pytest.raises(LimitError, match="You already have a picture waiting"):
        held.enter_context(admission.admitted("ann", "render"))
    held.enter_context(admission.admitted("ben", "chat"))
    held.close()
    with admission.admitted("ann", "chat"):
        pass


def test_so_many_in_so_many_minutes(clock: Clock) -> None:
    admission = Admission(Limits(replies=2, minutes=10), clock)
    for _ in range(2):
        with admission.admitted("ann", "chat"):
            clock.now += 60
    with pytest.raises(LimitError, match="2 replies in 10 minutes, and yours are used up: try again in 8 minutes"):
        admission.admitted("ann", "chat").__enter__()
    with admission.admitted("ben", "chat"), admission.admitted("ann", "render"):
        pass
    clock.now += 8 * 60 - 1
    with pytest.raises(LimitError, match="try again in 1 second"):
        admission.admitted("ann", "chat").__enter__()
    clock.now += 2
    with admission.admitted("ann", "chat"):
        pass
    with pytest.raises(LimitError, match="try again in 59 seconds"):
        admission.admitted("ann", "chat").__enter__()


def test_what_costs_more_counts_for_more(clock: Clock) -> None:
    admission = Admission(Limits(pictures=4, minutes=1), clock)
    with admission.admitted("ann", "render", 3):
        pass
    with pytest.raises(LimitError, match="try again in 1 minute"):
        admission.admitted("ann", "render", 2).__enter__()
    with admission.admitted("ann", "render", 1):
        pass
    with pytest.raises(LimitError, match=r"as much as 5 ordinary pictures.*4 in 1 minute: choose fewer or smaller"):
        admission.admitted("ben", "render", 5).__enter__()
    clock.now += 61
    with admission.admitted("ann", "render", 4):
        pass


def test_the_page_takes_on_so_many_jobs_of_all(held: ExitStack) -> None:
    admission = Admission(Limits(waiting=2))
    held.enter_context(admission.admitted("ann", "chat"))
    held.enter_context(admission.admitted("ben", "chat"))
    with pytest.raises(LimitError, match=r"2 requests are already waiting or running.*try again in a minute"):
        held.enter_context(admission.admitted("cid", "chat"))
    held.close()
    with admission.admitted("cid", "chat"):
        pass


def test_a_job_that_fails_gives_its_place_back() -> None:
    admission = Admission(Limits(waiting=1))
    with pytest.raises(ZeroDivisionError), admission.admitted("ann", "chat"):
        raise ZeroDivisionError
    with admission.admitted("ann", "chat"):
        pass


def test_who_is_long_gone_is_forgotten(clock: Clock) -> None:
    admission = Admission(Limits(minutes=1), clock)
    for number in range(100):
        with admission.admitted(f"user {number}", "chat"):
            pass
    clock.now += 61
    with admission.admitted("ann", "chat"):
        assert list(admission._accounts) == ["ann"]


def test_a_page_of_ones_own_has_no_limits(held: ExitStack) -> None:
    admission = Admission()
    for _ in range(50):
        held.enter_context(admission.admitted("me", "render", 1000))


@pytest.mark.parametrize(
    ("settings", "pictures"),
    [
        (USUAL, 1),
        (replace(USUAL, count=4), 4),
        (replace(USUAL, steps=5, width=256), 1),
        (replace(USUAL, steps=40), 2),
        (replace(USUAL, width=1024, height=1024), 4),
        (replace(USUAL, width=1024, height=1024, count=2), 8),
        (replace(USUAL, hires_scale=2.0, hires_steps=10), 3),
        (replace(USUAL, steps=21, count=3), 4),
    ],
)
def test_a_render_costs_what_it_works(settings: RenderSettings, pictures: int) -> None:
    assert cost(settings, USUAL) == pictures


@pytest.mark.parametrize(
    "limits", [{"replies": 0}, {"pictures": -1}, {"waiting": 0}, {"minutes": 0}, {"minutes": 2000}]
)
def test_limits_that_cannot_be_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(SettingsError):
        Limits(**limits)


def test_two_pages_of_one_user_share_a_quota(tmp_path: Path) -> None:
    admission = Admission(Limits(replies=1, pictures=3))
    handlers = Handlers(open_studio(painter=Brush()), Gallery(tmp_path), admission=admission)
    for page, user in (("one", "ann"), ("two", "ann"), ("three", "ben")):
        handlers.jobs.set_user(page, user)
    talk = Conversation((Prompt("a harbour"), Reply(REPLY)))
    page, _ = play(handlers.send("one", Conversation(), "a harbour", SAMPLING))
    assert page["chat"] == talk
    with pytest.raises(LimitError, match="1 reply"):
        play(handlers.send("two", Conversation(), "a harbour", SAMPLING))
    page, _ = play(handlers.send("three", Conversation(), "a harbour", SAMPLING))
    assert page["chat"] == talk
    page, _ = play(handlers.render("one", talk, {**SETTINGS, "count": 3}))
    assert len(page["chat"]) == 5
    with pytest.raises(LimitError, match="3 pictures"):
        play(handlers.render("two", talk, SETTINGS))
