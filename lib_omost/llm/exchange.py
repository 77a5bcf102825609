"""One exchange with a server: a request, and its reply event by event until one of them ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..errors import ModelError
from .base import Finish
from .chunks import read_chunk
from .delivery import Delivery
from .endpoint import Endpoint
from .fields import RequestFields
from .refusals import KEPT, ConnectionLostError, RequestError

USAGE_TIMEOUT = 2.0
"""Seconds to wait for the token counts after the end of a reply."""

_BROKEN_OFF = {
    "filter": f"The composer's server withheld the rest of the reply: say it in other words. {KEPT}",
    "error": f"The composer's server broke the reply off because of an error of its own: look at its output. {KEPT}",
}


async def exchange(
    endpoint: Endpoint,
    request: dict[str, Any],
    fields: RequestFields,
    delivery: Delivery,
    limit: int,
    counted: Callable[[dict[str, Any]], int],
) -> Finish:
    """Send `request` and pass the reply, of at most `limit` tokens, on to `delivery`; returns how it ended.

    fields: of the request; a refusal of one of them is not temporary. counted: the number of tokens of the reply if an
    event reports it, else 0. Raises RequestError if the request was refused or not answered at all, and ModelError if
    the reply breaks off after its beginning.
    """
    end: str | None = None
    events = endpoint.events(request)
    try:
        while True:
            try:
                # The reason marks the end; a server may neither close the stream nor send [DONE] then.
                event = await asyncio.wait_for(anext(events), None if end is None else USAGE_TIMEOUT)
            except (StopAsyncIteration, TimeoutError):
                break
            chunk = read_chunk(event)
            if not delivery.take(chunk, counted(event), limit, ended=end is not None):
                end = "length"  # the server ignores the limit
                break
            if end is None and chunk.end in ("filter", "error"):
                raise ModelError(_BROKEN_OFF[chunk.end])
            end = end or chunk.end
    except ModelError as error:
        if isinstance(error, ConnectionLostError) and not delivery.tokens:
            raise RequestError(str(error), status=None, temporary=True) from error
        if isinstance(error, RequestError) and fields.names(error.status, error.words):
            error.temporary = False  # the same request would be refused again
        if end is None:
            delivery.finish()
            raise
    finally:
        await events.aclose()
    delivery.finish()
    if end is not None:
        return "length" if end == "length" else "end"
    closed = f"The server at {endpoint.address.url} closed the connection"
    if delivery.tokens:
        raise ModelError(f"{closed} before the reply was complete. {KEPT}")
    raise RequestError(f"{closed} without an answer: look at its output.", status=None, temporary=True)
