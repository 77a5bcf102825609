"""The bodies of requests, read with a bound before anything else sees them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
MAX_BODY = 8 * 2**20
"""Bytes of a request: a chat of the length that a browser stores, twice, in characters of three bytes."""
MAX_LOGIN = 8 * 2**10
"""Bytes of a request to log in, or to cancel an event."""
MAX_NAMES = 2**15
"""Bytes of everything in an event but its data."""
MAX_BRACKETS = 100_000
"""Lists and objects in a request. Each takes a hundred times its two bytes in memory; a chat has a few thousand."""

MAX_DISCARDED = 256 * 2**20
DISCARD_SECONDS = 10.0
"""What is read of a refused body."""


class TooLongError(Exception):
    """The body has more bytes than are allowed, or too many parts."""


async def read_body(receive: Receive, most: int) -> Receive:
    """Read a whole body of at most `most` bytes; returns a `receive` that hands it out. Raises TooLongError."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            return _handing_out(event, receive)
        chunks.append(event.get("body", b""))
        size += len(chunks[-1])
        if size > most:
            raise TooLongError
        more = event.get("more_body", False)
    body = b"".join(chunks)
    if body.count(b"[") + body.count(b"{") > MAX_BRACKETS or (size > MAX_NAMES and not _has_short_names(body)):
        raise TooLongError
    return _handing_out({"type": "http.request", "body": body, "more_body": False}, receive)


def counted(receive: Receive, most: int) -> Receive:
    """A `receive` that raises TooLongError after `most` bytes."""
    size = 0

    async def bounded() -> Event:
        nonlocal size
        event = await receive()
        size += len(event.get("body", b""))
        if size > most:
            raise TooLongError
        return event

    return bounded


async def discard(receive: Receive, length: int) -> None:
    """Read and drop a body of `length` bytes, as far as that takes no long time, because most programs read the answer
    only when they have sent all of it."""
    if length > MAX_DISCARDED:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            event = await receive()
            while length > 0 and event["type"] == "http.request" and event.get("more_body", False):
                length -= len(event.get("body", b""))
                event = await receive()


def _has_short_names(body: bytes) -> bool:
    """Whether only the data of a long event are long. gradio keeps its other members, such as the session's name, long
    after the event."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    members = value.items() if isinstance(value, dict) else ()
    return all(name in ("data", "event_data", "params") or len(str(item)) <= MAX_NAMES for name, item in members)


def _handing_out(first: Event, receive: Receive) -> Receive:
    waiting = [first]

    async def next_event() -> Event:
        return waiting.pop() if waiting else await receive()

    return next_event
