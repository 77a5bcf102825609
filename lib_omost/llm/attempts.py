"""Repeating a request while a server is busy or not up yet, and stopping it from another thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .refusals import RequestError

ATTEMPTS = 4
BACK_OFF = 0.5
"""Seconds before the second attempt; doubled before each further one."""
LONGEST_WAIT = 30.0
"""Maximum number of seconds to wait before a retry at the server's request."""

Result = TypeVar("Result")


async def with_retries(request: Callable[[], Awaitable[Result]]) -> Result:
    """The result of `request`, which is retried with growing pauses while the server is busy or not up yet."""
    for attempt in range(ATTEMPTS):
        try:
            return await request()
        except RequestError as error:
            pause = max(BACK_OFF * 2**attempt, error.wait or 0.0)
            if not error.temporary or attempt == ATTEMPTS - 1 or pause > LONGEST_WAIT:
                raise
            await asyncio.sleep(pause)
    raise AssertionError


def run(work: Awaitable[Result], stopped: Callable[[], bool]) -> Result | None:
    """Run to the end, or until `stopped`; then returns None. Cancelling closes the connection."""

    async def watched() -> Result | None:
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait({task}, timeout=0.05)
            if stopped():
                task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            return None

    return asyncio.run(watched())
