"""A language model on an OpenAI-compatible server: vLLM, Ollama, llama.cpp, LM Studio, `transformers serve`.

The conversation is sent as roles and texts; the server applies its chat template. Requests use only fields that all
such servers support. A grammar is sent only if the server is known to support it, or the user says so.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from ..errors import ModelError, SettingsError
from .address import Address
from .base import Finish, Generation, Message, Sampling
from .dialects import DIALECTS, KINDS, constrained_request
from .endpoint import KEY, MODEL, ConnectionLostError, Endpoint, RequestError, Timeouts
from .window import FittedConversation, fit

CONTEXT = "OMOST_SERVER_CONTEXT"
GRAMMAR = "OMOST_SERVER_GRAMMAR"

CONTEXT_LENGTH = 8192
"""Window in tokens of a server that does not report one."""
ATTEMPTS = 4
BACK_OFF = 0.5
"""Seconds before the second attempt; doubled before each further one."""
LONGEST_WAIT = 30.0
"""Maximum number of seconds to wait before a retry at the server's request."""
USAGE_TIMEOUT = 2.0
"""Seconds to wait for the token counts after the end of a reply."""
BYTES_PER_TOKEN = 3.0
"""Assumed for prompts until the server reports a count; common tokenizers have more for English and Canvas code."""
MAX_SEED = 2**31
MAX_NAMES = 8
"""Number of the server's models that an error message lists."""
MAX_TOKEN = 128
"""Length in characters of the longest tokens of common vocabularies, which are runs of blanks."""
SPARE_EVENTS = 100
"""Maximum number of events of a reply in addition to one per token."""

Emit = Callable[[str, int], None]
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class ServerChatModel:
    """The model of a server. Replies may run concurrently if the server supports it.

    name: of the model, as the server reports it. context_length: tokens of prompt and reply together.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        model: str | None,
        context_length: int = CONTEXT_LENGTH,
        dialect: str | None = None,
        usage: bool = False,
        available: Sequence[str] = (),
    ) -> None:
        """model: None leaves the choice to the server. dialect: for grammars, None if it does not support them. usage:
        whether it can report token counts. available: the models in its list."""
        self.name = model or "the server's model"
        self.context_length = context_length
        self._endpoint = endpoint
        self._model = model
        self._dialect = dialect
        self._usage = usage
        self._available = tuple(available)
        self._refused_grammar = False
        self._bytes_per_token = BYTES_PER_TOKEN

    @classmethod
    def connect(
        cls,
        address: str,
        *,
        environment: Mapping[str, str] = os.environ,
        timeouts: Timeouts | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> ServerChatModel:
        """Query the server's models and use the one that OMOST_SERVER_MODEL names, else the first.

        environment: OMOST_SERVER_KEY is sent with every request; OMOST_SERVER_CONTEXT is the window in tokens if the
        server does not report it; OMOST_SERVER_GRAMMAR is `vllm` or `llama.cpp` for a server that takes a grammar like
        these, `json-schema` for one that takes OpenAI's response format, or `off`. Raises ModelError if the server
        cannot be reached, and SettingsError for an invalid variable.
        """
        endpoint = Endpoint(Address.parse(address), environment.get(KEY, "").strip(), timeouts)
        wanted = environment.get(MODEL, "").strip()
        dialect = environment.get(GRAMMAR, "").strip().lower()
        if dialect not in ("", "off", *DIALECTS):
            raise SettingsError(f"{GRAMMAR} is {dialect!r}: write off, {', '.join(DIALECTS)}, or leave it empty.")
        context = environment.get(CONTEXT, "").strip()
        if context and not (context.isascii() and context.isdigit() and 512 <= int(context[:9]) <= 10_000_000):
            raise SettingsError(f"{CONTEXT} is {context!r}: write the tokens of the model's window, such as 8192.")

        async def ask() -> list[dict[str, Any]] | None:
            return await _with_retries(endpoint.models)

        entries = _run(ask(), stopped) or []
        entry = next((entry for entry in entries if entry["id"] == wanted), None) if wanted else None
        if not wanted and entries:
            entry = entries[0]
        kind = KINDS.get(str((entry or {}).get("owned_by", "")))
        return cls(
            endpoint,
            model=wanted or (None if entry is None else entry["id"]),
            context_length=int(context) if context else _window(entry or {}),
            dialect=None if dialect == "off" else dialect or kind,
            usage=kind is not None,
            available=[entry["id"] for entry in entries],
        )

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """An estimate from the lengths of the texts, improved by the counts that the server reports."""
        return int(_size(messages) / self._bytes_per_token) + 1

    def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Does nothing, because the estimate of the tokens is quick."""

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """Start a reply, see `ChatModel.stream`. Stopping closes the connection, which makes the server stop. Raises
        ModelError if the last message alone is too long."""
        fitted = fit(messages, self.count_tokens, self.context_length, sampling.max_new_tokens)
        notices = fitted.notices
        # A model that was trained for canvases need not be constrained.
        constrained = grammar and "omost" not in self.name.lower()
        if constrained and self._refused_grammar:
            notices += ("The server does not support the Canvas grammar, so the model may write something else.",)

        def work(emit: Emit, stopped: Callable[[], bool]) -> Finish:
            result = _run(self._write(fitted, sampling, constrained, emit), stopped)
            return "stopped" if result is None else result

        return Generation(
            work,
            stop=stop,
            prompt_tokens=fitted.prompt_tokens,
            dropped_rounds=fitted.dropped_rounds,
            notices=notices,
            name=f"{self.name} answers",
        )

    def to(self, device: str) -> ServerChatModel:
        """Does nothing, because the model is on the server."""
        return self

    async def _write(self, fitted: FittedConversation, sampling: Sampling, grammar: bool, emit: Emit) -> Finish:
        request = self._request(fitted, sampling)
        asked = request
        read: Callable[[str], str] = str
        if grammar and self._dialect is not None and not self._refused_grammar:
            asked, read = constrained_request(request, self._dialect)
        try:
            return await _with_retries(lambda: self._once(asked, fitted, lambda text, tokens: emit(read(text), tokens)))
        except RequestError as error:
            if error.status == 404 and self._available:
                names = ", ".join(self._available[:MAX_NAMES])
                raise ModelError(f"{error} Its models: {names}{', …' * (len(self._available) > MAX_NAMES)}.") from error
            if asked is request or error.status not in (400, 422, 500):
                raise
            logger.warning("The Canvas grammar was refused: %s", error)
        reply = await _with_retries(lambda: self._once(request, fitted, emit))
        self._refused_grammar = True  # since without it the request was a good one
        return reply

    def _request(self, fitted: FittedConversation, sampling: Sampling) -> dict[str, Any]:
        request: dict[str, Any] = {
            "messages": [{"role": message.role, "content": message.text.strip()} for message in fitted.messages],
            "stream": True,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": fitted.max_new_tokens,
            "seed": sampling.seed % MAX_SEED,
        }
        if self._model is not None:
            request["model"] = self._model
        if self._usage:
            request["stream_options"] = {"include_usage": True}
        return request

    async def _once(self, request: dict[str, Any], fitted: FittedConversation, emit: Emit) -> Finish:
        count = length = tokens = 0
        finish: Finish | None = None
        events = self._endpoint.events(request)
        try:
            while True:
                try:
                    # The finish reason marks the end; a server may neither close the stream nor send [DONE] then.
                    event = await asyncio.wait_for(anext(events), None if finish is None else USAGE_TIMEOUT)
                except (StopAsyncIteration, TimeoutError):
                    break
                text, reason = _delta(event)
                count, length = count + 1, length + len(text)
                tokens = max(tokens + bool(text), self._counted(event, fitted))
                if length > MAX_TOKEN * fitted.max_new_tokens or count > fitted.max_new_tokens + SPARE_EVENTS:
                    return "length"  # the server ignores the limit
                emit("" if finish else text, tokens)
                if reason == "content_filter":
                    raise ModelError("The composer's server withheld the rest of the reply: say it in other words.")
                if reason:
                    finish = "length" if reason == "length" else "end"
        except ModelError as error:
            if isinstance(error, ConnectionLostError) and not tokens:
                raise RequestError(str(error), status=None, temporary=True) from error
            if finish is None:
                raise
        finally:
            await events.aclose()
        if finish is not None:
            return finish
        closed = f"The server at {self._endpoint.address.url} closed the connection"
        if tokens:
            raise ModelError(
                f"{closed} before the reply was complete. The part that arrived is kept; retry for the rest."
            )
        raise RequestError(f"{closed} without an answer: look at its output.", status=None, temporary=True)

    def _counted(self, event: dict[str, Any], fitted: FittedConversation) -> int:
        """The number of tokens of the reply if the event reports it, else 0; learns from that of the prompt."""
        usage = event.get("usage")
        if not isinstance(usage, dict):
            return 0
        prompt, reply = (usage.get(name) for name in ("prompt_tokens", "completion_tokens"))
        if isinstance(prompt, int) and prompt > 0:
            self._bytes_per_token = min(max(_size(fitted.messages) / prompt, 1.0), 6.0)
        return reply if isinstance(reply, int) and 0 <= reply <= fitted.max_new_tokens + 1 else 0


def _delta(event: dict[str, Any]) -> tuple[str, str]:
    """The text in an event, and the finish reason; each may be empty."""
    try:
        choice = event["choices"][0]
        delta = choice.get("delta") or {}
        text, reason = delta.get("content"), choice.get("finish_reason")
    except (LookupError, TypeError, AttributeError):
        return "", ""  # the event with the token counts has no choices
    text = text if isinstance(text, str) else ""
    # JSON can contain lone surrogates, which cannot be encoded.
    return text.encode("utf-8", errors="replace").decode("utf-8"), reason if isinstance(reason, str) else ""


def _window(entry: dict[str, Any]) -> int:
    """The window in an entry of the list of models: vLLM's `max_model_len`, llama.cpp's `meta.n_ctx`."""
    meta = entry.get("meta")
    reported = (entry.get("max_model_len"), meta.get("n_ctx") if isinstance(meta, dict) else None)
    return next((value for value in reported if isinstance(value, int) and value >= 512), CONTEXT_LENGTH)


def _size(messages: Sequence[Message]) -> int:
    return sum(len(message.text.encode("utf-8", errors="replace")) + 12 for message in messages)


async def _with_retries(request: Callable[[], Awaitable[Result]]) -> Result:
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


def _run(work: Awaitable[Result], stopped: Callable[[], bool]) -> Result | None:
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
