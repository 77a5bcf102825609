"""The gate before the page: every request passes it before gradio, and its body is read only if it may come in.

It refuses names and sites that are not allowed, requests without a login, bodies that are too long, guessed passwords
and users who ask for too much; it determines the address of the client; and it adds the headers that protect the page.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from ..state.rates import Rate
from ..state.users import UNKNOWN, client_address, network
from ..widgets.cache import is_own
from .access import Access
from .bodies import MAX_BODY, MAX_LOGIN, Event, Receive, TooLongError, counted, discard, read_body
from .headers import believed, protected, value_of, values_of
from .names import Names

logger = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
PREFIX = "/gradio_api"
_UNUSED = "deep_link openapi.json vibe- undo-vibe- dev/ proxy= process_recording run/ api/ stream/ call/v2/"
CLOSED = ("/monitoring", "/openapi.json", "/docs", "/redoc", *(f"{PREFIX}/{name}" for name in _UNUSED.split()))
"""Beginnings of gradio's addresses that the page does not use."""
OPEN = tuple(f"{PREFIX}/{name}" for name in ("startup-events", "theme.css", "app_id", "login_check", "user", "token"))
"""Addresses under PREFIX that need no login: they only tell the browser that it needs one."""
FILES = f"{PREFIX}/file=", f"{PREFIX}/file/"
"""Beginnings of the addresses of files."""
UPLOAD = f"{PREFIX}/upload"
GUESSES = 10
"""Wrong passwords from one address within `GUESS_SECONDS`."""
GUESS_SECONDS = 300.0
REQUESTS = 300
"""Events and calls of one user of a public page within a minute."""
REQUEST_BYTES = 12 * 2**20
"""Their bytes: an event sends the whole chat, which usually has less than 100 kB."""


class Refusal(Exception):
    """The request is refused with this status and sentence; `wait`: seconds after which to try again."""

    def __init__(self, status: int, sentence: str, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.wait = status, sentence, wait


class Gate:
    """The middleware around `application`. `server` is gradio's application, which knows the logins."""

    def __init__(self, application: Application, server: Any, access: Access) -> None:
        self._application = application
        self._server = server
        self._access = access
        self._guesses = Rate(GUESSES, GUESS_SECONDS)
        self._requests = Rate(REQUESTS, 60.0)
        self._bytes = Rate(REQUEST_BYTES, 60.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._application(scope, receive, send)
            return  # the page has no web sockets
        answer = _Answer(send, self._access.names)
        try:
            body = await self._admitted(scope, receive, answer)
            await self._application(scope, body, answer.send)
        except Refusal as refusal:
            await discard(receive, _length(scope["headers"]))
            await answer.refuse(refusal)
        except TooLongError:
            await answer.refuse(Refusal(413, "This request is too long."))
        except Exception:
            if not answer.closed:  # after a refusal the application sees a broken request
                raise

    async def _admitted(self, scope: Scope, receive: Receive, answer: _Answer) -> Receive:
        """Check a request; returns where its body comes from. Raises Refusal."""
        headers, path = list(scope["headers"]), scope["path"].rstrip("/")
        client = self._client(scope)
        self._check_names(headers)
        if path.startswith(CLOSED):
            raise Refusal(404, "There is nothing here.")
        headers = believed(headers, self._access.names, client)
        scope["headers"] = headers
        scope["client"] = (client, 0)
        scheme = value_of(headers, b"x-forwarded-proto")
        scope["scheme"] = scheme or scope.get("scheme", "http")
        login = self._login(headers, path)
        if self._access.separate and path.startswith(FILES) and not is_own(path[len(FILES[0]) :], login):
            raise Refusal(404, "There is nothing here.")
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        user = f"{login}@{network(client)}"
        most = self._most(path)
        length = _length(headers)
        if length > most:
            raise Refusal(413, f"This request has {length:,} bytes; at most {most:,} can be read.")
        if path == "/login":
            self._count_guess(client, answer)
            return await read_body(receive, most)
        if path == UPLOAD:
            refusal = self._access.uploads.refusal(user, length or most)
            if refusal is not None:
                raise Refusal(*refusal)
            return answer.watched(counted(receive, most))
        if self._access.limited:
            self._count_request(user, length)
        return await read_body(receive, most)

    def _client(self, scope: Scope) -> str:
        peer = (scope.get("client") or (UNKNOWN, 0))[0]
        forwarded = values_of(scope["headers"], b"x-forwarded-for")
        return client_address(str(peer), forwarded, self._access.proxies)

    def _check_names(self, headers: list[tuple[bytes, bytes]]) -> None:
        names, host = self._access.names, value_of(headers, b"host")
        if not names.is_host(host):
            raise Refusal(
                421, f"This page is not served as {host[:100]!r}: start it with --allow-host and that name to allow it."
            )
        origin = value_of(headers, b"origin")
        hosts = [host, *(name for name in values_of(headers, b"x-forwarded-host")[:1] if names.is_host(name))]
        if any(key == b"origin" for key, _ in headers) and not names.is_origin(origin, hosts):
            raise Refusal(
                403, f"The site {origin[:100]!r} may not call this page: start it with --allow-host and its name."
            )

    def _login(self, headers: list[tuple[bytes, bytes]], path: str) -> str:
        """The name of the login; "" if none is needed. Raises Refusal if one is needed and missing."""
        if self._server.auth is None:
            return ""
        cookies = dict(part.strip().partition("=")[::2] for line in _cookies(headers) for part in line.split(";"))
        for name in (f"access-token-{self._server.cookie_id}", f"access-token-unsecure-{self._server.cookie_id}"):
            if (user := self._server.tokens.get(cookies.get(name))) is not None:
                return str(user)
        if path.startswith(PREFIX) and not path.startswith(OPEN):
            raise Refusal(401, "Not authenticated")
        return ""

    def _most(self, path: str) -> int:
        if path in ("/login", f"{PREFIX}/cancel", f"{PREFIX}/reset"):
            return MAX_LOGIN
        return self._access.uploads.largest if path == UPLOAD else MAX_BODY

    def _count_guess(self, client: str, answer: _Answer) -> None:
        """Count a login until its password has proved right."""
        place = network(client)
        if wait := self._guesses.take(place):
            raise Refusal(
                429, f"Too many wrong passwords came from here: try again in {math.ceil(wait / 60)} minutes.", wait
            )
        answer.on_success = lambda: self._guesses.forget(place)

    def _count_request(self, user: str, size: int) -> None:
        if wait := self._requests.take(user) or self._bytes.take(user, size):
            raise Refusal(429, f"You ask for too much at once: try again in {math.ceil(wait)} seconds.", wait)


class _Answer:
    """The answer to one request: adds headers to what the application sends, or refuses in its place."""

    def __init__(self, send: Send, names: Names) -> None:
        self._send = send
        self._names = names
        self._begun = False
        self.closed = False
        self.on_success: Callable[[], None] = lambda: None

    async def send(self, event: Event) -> None:
        if self.closed:
            return
        if event["type"] == "http.response.start":
            self._begun = True
            event["headers"] = protected(list(event.get("headers", [])), self._names)
            if event["status"] < 300:
                self.on_success()
        await self._send(event)

    def watched(self, receive: Receive) -> Receive:
        """`receive`, with a refusal as soon as the body is too long, since the application would report a bug."""

        async def next_event() -> Event:
            try:
                return await receive()
            except TooLongError:
                await self.refuse(Refusal(413, "This file is too large for the page."))
                raise

        return next_event

    async def refuse(self, refusal: Refusal) -> None:
        if self._begun or self.closed:
            return
        body = json.dumps({"detail": refusal.sentence, "error": refusal.sentence}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [(b"connection", b"close")]
        if refusal.wait:
            headers.append((b"retry-after", str(math.ceil(refusal.wait)).encode()))
        await self.send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
        self.closed = True


def _length(headers: list[tuple[bytes, bytes]]) -> int:
    """The length of the body; 0 if it is not given."""
    length = value_of(headers, b"content-length")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0


def _cookies(headers: list[tuple[bytes, bytes]]) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == b"cookie"]


async def misunderstood(request: Any, error: Exception) -> Any:
    """The answer to a request at which gradio fails because it lacks what gradio's own page always sends."""
    from starlette.responses import JSONResponse

    logger.warning("A request to %s cannot be understood: %r", request.url.path, error)
    return JSONResponse({"detail": "This request cannot be understood."}, 400)


MISUNDERSTOOD = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What gradio raises then. An error of this program never gets so far: its work runs in gradio's queue."""


def gated(access: Access) -> Callable[[Any], contextlib.AbstractAsyncContextManager[None]]:
    """A lifespan for gradio's application that puts the gate before it. The server begins to listen after that."""

    @contextlib.asynccontextmanager
    async def lifespan(server: Any) -> AsyncIterator[None]:
        server.middleware_stack = Gate(server.middleware_stack, server, access)
        yield

    return lifespan
