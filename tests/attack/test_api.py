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


@pytest.mark.parametrize("login", ["", "ann"])
def test_random_calls_end_in_no_bug(own_page: Served, closed_page: Served, log: Log, login: str) -> None:
    page = closed_page if login else own_page
    cookie = page.cookie(login) if login else ""
    report = asyncio.run(run(f"http://127.0.0.1:{page.port}", 150, 3, cookie))
    assert report["bad"] == []
    assert log.seen == {}
    assert report["calls"] == 150
