"""HTTP requests to a server: its list of models, the stream of a reply, and a sentence for every failure.

All responses are bounded in size and time. Retries are in `attempts.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ..errors import ModelError, SettingsError
from .address import Address
from .catalog import entries_of
from .chunks import DONE, error_in
from .eventstream import EventStream, OversizedError, ServerEvent
from .refusals import (
    KEPT,
    KEY,
    MODEL,
    TEMPORARY,
    ConnectionLostError,
    RequestError,
    ended,
    quoted_words,
    refusal,
    words_in,
    words_of_body,
)

MAX_BODY = 1 << 20
"""Maximum size in bytes of a response that is not a stream."""
MAX_REDIRECTS = 3
_SIGNS_OF_LIFE = frozenset(["ping", "pong", "keepalive", "keep-alive", "heartbeat", "processing"])


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts in seconds: for connecting, for a whole short response, for the first event of a reply (a server may
    load the model first), and between two events."""

    connect: float = 10.0
    answer: float = 30.0
    first: float = 600.0
    between: float = 120.0


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
        async with self._open("GET", f"{self.address.url}/models", None, self.timeouts.answer) as response:
            if response.status_code in (404, 405, 501):
                return None
            await self._require_success(response)
            body, kind = await self._body(response), _kind(response)
        try:
            entries = entries_of(json.loads(body))
        except (ValueError, RecursionError):
            entries = None
            if kind != "application/json":
                shown = words_in(kind) or "something without a type"
                raise ModelError(
                    f"{self._the()} answers with {shown} where application/json was expected: the address must be that "
                    "of an OpenAI-compatible API, which often ends in /v1."
                ) from None
        if entries is None:
            raise ModelError(
                f"The list of models of {self.address.url} is not that of an OpenAI-compatible server. "
                f"Check the address, or name the model in {MODEL}."
            )
        return entries

    async def ask(self, path: str, request: dict[str, Any] | None = None) -> Any:
        """The JSON answer to a question beside the API, at `path` below the server's root; None for any failure."""
        root = self.address.url.removesuffix("/v1")
        try:
            async with self._open("POST" if request else "GET", root + path, request, self.timeouts.answer) as response:
                await self._require_success(response)
                return json.loads(await self._body(response))
        except (ModelError, ValueError, RecursionError):
            return None

    async def events(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The events of one reply as they arrive, until the server ends or closes the stream. A body that is no stream
        comes as one event, and the end mark as `DONE`. Raises ModelError."""
        now = asyncio.get_running_loop().time
        limit, begun = self.timeouts.first, False
        deadline = now() + limit
        stream = EventStream()
        async with self._open("POST", f"{self.address.url}/chat/completions", request, limit) as response:
            await self._require_success(response)
            if _kind(response) == "text/html":
                words = words_of_body(await self._body(response), "text/html", self._key)
                raise ModelError(
                    f"{self._the()} answers with text/html where text/event-stream was expected: the address must be "
                    f"that of an OpenAI-compatible API, which often ends in /v1.{quoted_words(words)}"
                )
            pieces, ended = response.aiter_bytes(), False
            while not ended:
                try:
                    found = stream.feed(await asyncio.wait_for(anext(pieces), max(deadline - now(), 0.0)))
                except StopAsyncIteration:
                    found, ended = stream.finish(), True
                except TimeoutError:
                    raise self._silent(limit, begun=begun) from None
                except OversizedError:
                    raise ModelError(f"{self._the()} sent an endless line. {KEPT}") from None
                for event in found:
                    for value in self._values(event, begun=begun):
                        yield value
                        begun = True
                if ended and begun and _kind(response) != "text/event-stream":
                    yield DONE  # a body that came whole has no other mark of its end
                if found:  # a comment, which only keeps the connection alive, is not an event
                    limit = self.timeouts.between
                    deadline = now() + limit

    @asynccontextmanager
    async def _open(
        self, method: str, url: str, request: dict[str, Any] | None, limit: float
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
                try:
                    response = await asyncio.wait_for(self._sent(client, method, url, request), limit)
                except TimeoutError:
                    raise self._silent(limit, begun=False) from None
                try:
                    began = response.status_code == 200
                    yield response
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            reason = words_in(str(error), self._key) or type(error).__name__
            if began:
                raise ConnectionLostError(
                    f"The connection to {self.address.url} was lost ({reason}). {KEPT}"
                ) from error
            raise RequestError(
                f"The composer's server at {self.address.url} cannot be reached ({reason}): check that it runs and "
                "that the address is right, then send the prompt again.",
                status=None,
                temporary=True,
            ) from error

    async def _sent(
        self, client: httpx.AsyncClient, method: str, url: str, request: dict[str, Any] | None
    ) -> httpx.Response:
        """The response, after redirections that keep the request as it is."""
        sent = client.build_request(method, url, json=request)
        for _ in range(MAX_REDIRECTS):
            response = await client.send(sent, stream=True)
            following = response.next_request
            if following is None or following.method != method:
                return response
            await response.aclose()
            sent = following
        return await client.send(sent, stream=True)

    async def _require_success(self, response: httpx.Response) -> None:
        if 200 <= response.status_code < 300:
            return
        try:
            words = words_of_body(await self._body(response), _kind(response), self._key)
        except (ModelError, httpx.HTTPError):
            words = ""
        raise refusal(self._the(), response.status_code, words, response.headers, with_key=bool(self._key))

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()

        async def read() -> None:
            async for piece in response.aiter_bytes():
                body.extend(piece)
                if len(body) > MAX_BODY:
                    raise ModelError(f"{self._the()} sends too long a response: check the address.")

        try:
            await asyncio.wait_for(read(), self.timeouts.answer)
        except TimeoutError:
            raise self._silent(self.timeouts.answer, begun=False) from None
        return bytes(body)

    def _values(self, event: ServerEvent, *, begun: bool) -> list[dict[str, Any]]:
        """The JSON objects in an event. Raises ModelError for an error, and for what is no JSON."""
        data = event.data.strip()
        if data.upper() in ("[DONE]", "DONE"):
            return [DONE]
        try:
            value = json.loads(data) if data else None
        except (ValueError, RecursionError):
            return self._no_json(event, data, begun=begun)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if event.name == "error":
            raise self._gave_up(value, begun=begun)
        if not isinstance(value, dict):
            return [] if value is None else self._no_json(event._replace(complete=True), data, begun=begun)
        if (error := error_in(value)) is not None:
            raise self._gave_up(error, begun=begun)
        return [value]

    def _no_json(self, event: ServerEvent, data: str, *, begun: bool) -> list[dict[str, Any]]:
        lines = [line for line in data.split("\n") if line.strip()]
        if len(lines) > 1 and event.name != "error" and lines[0].lstrip()[:1] in ("{", ":"):
            # Events that are not separated by blank lines.
            return [value for line in lines for value in self._values(event._replace(data=line), begun=begun)]
        if event.name == "error":
            raise self._gave_up(data, begun=begun)
        if data.startswith(":") or data.strip(" .…").lower() in _SIGNS_OF_LIFE:
            return []
        if not event.complete and data.startswith("{"):
            return []  # the connection was closed in the middle of an event
        raise ModelError(
            f"{self._the()} sent something that is not part of a reply: {words_of_body(data.encode(), '', self._key)}"
            f"{f' {KEPT}' if begun else ''}"
        )

    def _gave_up(self, error: Any, *, begun: bool) -> ModelError:
        """The error that the server reports within a response of status 200."""
        words = words_in(error, self._key) or "it does not say why"
        code = error.get("code") if isinstance(error, dict) else None
        message = f"{self._the()} gave up: {ended(words)}"
        if begun:
            return ModelError(f"{message} {KEPT}")
        status = code if isinstance(code, int) else None
        return RequestError(message, status=status, temporary=status in TEMPORARY, words=words)

    def _silent(self, seconds: float, *, begun: bool) -> ModelError:
        if begun:
            return ModelError(f"{self._the()} has sent nothing for {seconds:.0f} s during its reply. {KEPT}")
        return ModelError(
            f"{self._the()} has not started to answer within {seconds:.0f} s: it may be busy or too slow for its model."
        )

    def _the(self) -> str:
        return f"The composer's server at {self.address.url}"


def _kind(response: httpx.Response) -> str:
    """The content type of a response, without its parameters."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
