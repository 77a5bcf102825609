"""HTTP requests to a server: its list of models, the stream of a reply, and a sentence for every failure.

All responses are bounded in size and time. Retries are in `server.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from ..errors import ModelError, SettingsError
from .address import Address
from .eventstream import EventStream, OversizedError

KEY = "OMOST_SERVER_KEY"
MODEL = "OMOST_SERVER_MODEL"

MAX_BODY = 1 << 20
"""Maximum size in bytes of a response that is not a stream."""
MAX_WORDS = 300
"""Characters shown of a server's error message."""
TEMPORARY = (408, 425, 429, 500, 502, 503, 504)
"""Status codes of temporary failures."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts in seconds: for connecting, for a whole short response, for the first event of a reply (a server may
    load the model first), and between two events."""

    connect: float = 10.0
    answer: float = 30.0
    first: float = 600.0
    between: float = 120.0


class RequestError(ModelError):
    """The server did not start a reply. status: of HTTP, None if there was no response. temporary: whether a retry may
    succeed. wait: seconds after which the server asks to retry, None if it does not say."""

    def __init__(self, message: str, *, status: int | None, temporary: bool, wait: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.temporary = temporary
        self.wait = wait


class ConnectionLostError(ModelError):
    """The connection was lost in the middle of a response."""


class Endpoint:
    """Sends requests to one server."""

    def __init__(self, address: Address, key: str = "", timeouts: Timeouts | None = None) -> None:
        """Raises SettingsError for a key that is not valid in a header."""
        if not key.isascii() or not key.isprintable():
            raise SettingsError(f"The key in {KEY} has invalid characters: copy it again, without line breaks.")
        self.address = address
        self.timeouts = timeouts or Timeouts()
        self._key = key

    async def models(self) -> list[dict[str, Any]] | None:
        """The entries of the server's list of models; None if it has no such list. Raises ModelError."""
        async with self._open("GET", "/models", None, self.timeouts.answer) as response:
            if response.status_code in (404, 405, 501):
                return None
            await self._require(response, "application/json")
            body = await self._body(response)
        try:
            entries = json.loads(body)["data"]
            return [entry for entry in entries if isinstance(entry.get("id"), str) and entry["id"].isprintable()]
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
            raise ModelError(
                f"The list of models of {self.address.url} is not that of an OpenAI-compatible server. "
                f"Check the address, or name the model in {MODEL}."
            ) from None

    async def events(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The events of one reply as they arrive, until the server ends or closes the stream. Raises ModelError."""
        now = asyncio.get_running_loop().time
        limit, begun = self.timeouts.first, False
        deadline = now() + limit
        stream = EventStream()
        async with self._open("POST", "/chat/completions", request, limit) as response:
            await self._require(response, "text/event-stream")
            pieces = response.aiter_raw()
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), max(deadline - now(), 0.0))
                    found = stream.feed(piece)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    raise self._silent(limit, begun=begun) from None
                except OversizedError:
                    raise ModelError(f"{self._the()} sent an endless line. {_KEPT}") from None
                for data in found:
                    if data.strip() == "[DONE]":
                        return
                    yield self._event(data)
                if found:  # a comment, which only keeps the connection alive, is not an event
                    limit, begun = self.timeouts.between, True
                    deadline = now() + limit

    def words(self, value: Any) -> str:
        """The server's error message on one line, shortened and without the key; "" if there is none."""
        for name in ("error", "message", "detail"):
            if isinstance(value, dict) and value.get(name):
                value = value[name]
        text = value if isinstance(value, str) else json.dumps(value) if value else ""
        if self._key:
            text = text.replace(self._key, "…")
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS]}…"

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, request: dict[str, Any] | None, limit: float
    ) -> AsyncIterator[httpx.Response]:
        """The response, whose headers must arrive within `limit` seconds; network failures become sentences."""
        headers = {"Accept-Encoding": "identity", "Accept": "text/event-stream, application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        began = False
        try:
            async with httpx.AsyncClient(
                headers=headers,
                auth=None if self._key else self.address.credentials,
                timeout=httpx.Timeout(None, connect=self.timeouts.connect, write=self.timeouts.answer),
                trust_env=not self.address.local,
            ) as client:
                sent = client.build_request(method, f"{self.address.url}{path}", json=request)
                try:
                    response = await asyncio.wait_for(client.send(sent, stream=True), limit)
                except TimeoutError:
                    raise self._silent(limit, begun=False) from None
                try:
                    began = response.status_code == 200
                    yield response
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            reason = self.words(str(error)) or type(error).__name__
            if began:
                raise ConnectionLostError(
                    f"The connection to {self.address.url} was lost ({reason}). {_KEPT}"
                ) from error
            raise RequestError(
                f"The composer's server at {self.address.url} cannot be reached ({reason}): check that it runs and "
                "that the address is right, then send the prompt again.",
                status=None,
                temporary=True,
            ) from error

    async def _require(self, response: httpx.Response, kind: str) -> None:
        """Raises ModelError unless the response is a success with this content type."""
        status = response.status_code
        if status != 200:
            raise self._refusal(status, await self._words_of(response), response.headers)
        found = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        encoded = response.headers.get("content-encoding", "identity").lower()
        if found != kind or encoded != "identity":
            shown = self.words(found if encoded == "identity" else f"{found}, {encoded}") or "something without a type"
            raise ModelError(
                f"{self._the()} answers with {shown} where {kind} was expected: the address must be that of an "
                "OpenAI-compatible API, which often ends in /v1."
            )

    async def _words_of(self, response: httpx.Response) -> str:
        try:
            body = await self._body(response)
        except (ModelError, httpx.HTTPError):
            return ""
        kind = response.headers.get("content-type", "")
        try:
            return self.words(json.loads(body))
        except (ValueError, RecursionError):
            return self.words(body.decode("utf-8", errors="replace")) if "html" not in kind else ""

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()

        async def read() -> None:
            async for piece in response.aiter_raw():
                body.extend(piece)
                if len(body) > MAX_BODY:
                    raise ModelError(f"{self._the()} sends too long a response: check the address.")

        try:
            await asyncio.wait_for(read(), self.timeouts.answer)
        except TimeoutError:
            raise self._silent(self.timeouts.answer, begun=False) from None
        return bytes(body)

    def _refusal(self, status: int, words: str, headers: httpx.Headers) -> RequestError:
        quote = f" It says: {words}" if words else ""
        quote += "" if not words or words.endswith((".", "!", "?", "…")) else "."
        wait = _seconds(headers.get("retry-after", ""))
        if status in (401, 403):
            advice = f"did not accept the key: put a good one into {KEY} and start again."
            if not self._key:
                advice = f"asks for a key: put it into {KEY} and start again."
        elif status == 404:
            advice = f"has no such model or address: name one of its models in {MODEL}; addresses often end in /v1."
        elif status in (400, 413, 422):
            advice = f"does not accept the request ({status}): try a shorter chat or another model in {MODEL}."
        elif status == 429:
            when = "a little later" if wait is None else f"in {wait:.0f} s"
            advice = f"has too many requests (429): send the prompt again {when}."
        elif status >= 500:
            advice = f"has failed ({status}): look at its output, and send the prompt again."
        else:
            advice = f"answers with the status {status}, which is not a reply: check the address."
        return RequestError(f"{self._the()} {advice}{quote}", status=status, temporary=status in TEMPORARY, wait=wait)

    def _event(self, data: str) -> dict[str, Any]:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise ModelError(f"{self._the()} sent something that is not part of a reply: {self.words(data)} {_KEPT}")
        if event.get("error"):
            raise ModelError(f"{self._the()} gave up: {self.words(event)} {_KEPT}")
        return event

    def _silent(self, seconds: float, *, begun: bool) -> ModelError:
        if begun:
            return ModelError(f"{self._the()} has sent nothing for {seconds:.0f} s during its reply. {_KEPT}")
        return ModelError(
            f"{self._the()} has not started to answer within {seconds:.0f} s: it may be busy or too slow for its model."
        )

    def _the(self) -> str:
        return f"The composer's server at {self.address.url}"


_KEPT = "The part that arrived is kept; retry for the rest."


def _seconds(text: str) -> float | None:
    """The value of the header Retry-After, a number of seconds or a date, as seconds from now."""
    try:
        if text.isascii() and text.isdigit():
            return float(text[:9])
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError):
        return None
