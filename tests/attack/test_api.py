"""A short run of the random calls of api.py, on a page with and without logins."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from tests.attack.api import Log, run
from tests.attack.conftest import Served


@pytest.fixture
def log() -> Iterator[Log]:
    seen = Log()
    logging.getLogger("lib_omost").addHandler(seen)
    yield seen
    logging.getLogger("lib_omost").removeHandler(seen)


def test_the_work_for_an_event_does_not_grow_with_the_events_before_it(own_page: Served) -> None:
    """gradio would evaluate up to 10,000 earlier events after each one."""
    for _ in range(3):
        assert "complete" in own_page.call("check", "canvas.add_local_description('a boat')")[1]
    queue = own_page.blocks._queue
    assert queue.events_recorded >= 3
    assert len(queue.event_analytics) <= 1
    assert queue.cached_event_analytics_summary == {"functions": {}}


@pytest.mark.parametrize("login", ["", "ann"])
def test_random_calls_end_in_no_bug(own_page: Served, closed_page: Served, log: Log, login: str) -> None:
    page = closed_page if login else own_page
    cookie = page.cookie(login) if login else ""
    report = asyncio.run(run(f"http://127.0.0.1:{page.port}", 150, 3, cookie))
    assert report["bad"] == []
    assert log.seen == {}
    assert report["calls"] == 150
