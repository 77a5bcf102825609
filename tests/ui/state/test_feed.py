from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from lib_omost.errors import OmostError
from lib_omost.ui.state import feed
from lib_omost.ui.state.feed import Feed
from lib_omost.ui.state.jobs import Jobs


def test_every_event_comes_once_and_in_order() -> None:
    bunches = list(Feed(iter(range(1000)), threading.Event()))
    assert [event for bunch in bunches for event in bunch] == list(range(1000))
    assert len(bunches) < 20, "events come in bunches"


def test_an_error_comes_after_the_events_in_front_of_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    seen: list[int] = []
    with pytest.raises(ValueError, match="broken"):  # noqa: PT012
        for bunch in Feed(broken(), threading.Event()):
            seen += bunch
    assert seen == [1]


def test_a_stream_that_is_busy_gives_empty_bunches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT", 0.02)
    go_on = threading.Event()

    def slow() -> Iterator[int]:
        go_on.wait(10)
        yield 1

    bunches = iter(Feed(slow(), threading.Event()))
    assert next(bunches) == []
    go_on.set()
    assert [1] in list(bunches)


def test_a_closed_reader_stops_a_stream_that_is_busy() -> None:
    stop = threading.Event()
    ended = threading.Event()

    def slow() -> Iterator[int]:
        try:
            yield 1
            stop.wait(10)
        finally:
            ended.set()

    bunches = iter(Feed(slow(), stop))
    next(bunches)
    bunches.close()  # type: ignore[attr-defined]
    assert stop.is_set()
    assert ended.wait(5)


def test_a_slow_reader_is_given_time() -> None:
    def steady() -> Iterator[int]:
        for number in range(40):
            time.sleep(0.01)
            yield number

    bunches = 0
    for _ in Feed(steady(), threading.Event()):
        bunches += 1
        time.sleep(0.1)
    assert bunches <= 3


def test_a_page_has_one_job() -> None:
    jobs = Jobs()
    with jobs.working("a", "chat") as stop:
        assert jobs.current("a") == "chat"
        assert jobs.current("b") is None
        with pytest.raises(OmostError), jobs.working("a", "render"):
            pass
        assert jobs.current("a") == "chat", "the first job is untouched"
        assert not stop.is_set()
        assert jobs.stop("a")
        assert stop.is_set()
    assert jobs.current("a") is None
    assert not jobs.stop("a")
