"""A language model behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, LM Studio, `transformers serve`.

The conversation goes as roles and texts, and the server's own chat template is used. What every such server knows is
sent and nothing else; a grammar goes only where the server is known to read one, or the user says so.
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
from .dialects import DIALECTS, KINDS, held
from .endpoint import KEY, MODEL, BrokenOff, Endpoint, Refused, Timeouts
from .window import Fitted, fit

CONTEXT = "OMOST_SERVER_CONTEXT"
GRAMMAR = "OMOST_SERVER_GRAMMAR"

CONTEXT_LENGTH = 8192
"""Tokens of the window of a server that does not tell its own."""
ATTEMPTS = 4
BACK_OFF = 0.5
"""Seconds before the second attempt; doubled before each further one."""
LONGEST_WAIT = 30.0
"""Seconds that a server may ask to wait for without the user being asked first."""
LAST_WORDS = 2.0
"""Seconds in which the count of tokens may follow the end of a reply."""
BYTES_PER_TOKEN = 3.0
"""Of a prompt, until the server has told a count; fewer than any usual tokenizer needs for English and Canvas code."""
MAX_SEED = 2**31
MAX_NAMES = 8
"""Models of the server that an error names."""
MAX_TOKEN = 128
"""Characters of the longest tokens of usual vocabularies, which are runs of blanks."""
SPARE_EVENTS = 100
"""Events of a reply beyond one for each token."""

Emit = Callable[[str, int], None]
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class ServerChatModel:
    """The model of a server. Replies may run beside each other, if the server can.

    name: the model's, as the server tells it. context_length: tokens of prompt and reply together.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        model: str | None,
        context_length: int = CONTEXT_LENGTH,
        dialect: str | None = None,
        usage: bool = False,
        offered: Sequence[str] = (),
    ) -> None:
        """model: None leaves it to the server. dialect: how it takes a grammar, None where it takes none. usage:
        whether it can be asked to count tokens. offered: the models that it says it has."""
        self.name = model or "the server's model"
        self.context_length = context_length
        self._endpoint = endpoint
        self._model = model
        self._dialect = dialect
        self._usage = usage
        self._offered = tuple(offered)
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
        """Asks the server which models it has and takes the one that OMOST_SERVER_MODEL names, else the first.

        environment: OMOST_SERVER_KEY is sent with every request; OMOST_SERVER_CONTEXT is the window in tokens where
        the server does not tell it; OMOST_SERVER_GRAMMAR is `vllm` or `llama.cpp` for a server that reads a grammar
        as these do, `json-schema` for one that reads OpenAI's response format, or `off`. Raises ModelError when it
        cannot be reached, SettingsError for a wrong variable.
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
            return await _again(endpoint.models)

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
            offered=[entry["id"] for entry in entries],
        )

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """An estimate from the texts' lengths, which the counts that the server sends make better."""
        return int(_size(messages) / self._bytes_per_token) + 1

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """Starts a reply, see `ChatModel.stream`; stopping closes the connection, at which servers stop their work.
        Raises ModelError when the last message alone is too long."""
        fitted = fit(messages, self.count_tokens, self.context_length, sampling.max_new_tokens)
        notices = fitted.notices
        # A model that was trained for canvases has its own way of writing them.
        constrained = grammar and "omost" not in self.name.lower()
        if constrained and self._refused_grammar:
            notices += ("The server does not take the Canvas grammar, so the model may write something else.",)

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
        """The model stays where it is."""
        return self

    async def _write(self, fitted: Fitted, sampling: Sampling, grammar: bool, emit: Emit) -> Finish:
        request = self._request(fitted, sampling)
        asked = request
        read: Callable[[str], str] = str
        if grammar and self._dialect is not None and not self._refused_grammar:
            asked, read = held(request, self._dialect)
        try:
            return await _again(lambda: self._once(asked, fitted, lambda text, tokens: emit(read(text), tokens)))
        except Refused as error:
            if error.status == 404 and self._offered:
                names = ", ".join(self._offered[:MAX_NAMES])
                raise ModelError(f"{error} Its models: {names}{', …' * (len(self._offered) > MAX_NAMES)}.") from error
            if asked is request or error.status not in (400, 422, 500):
                raise
            logger.warning("The Canvas grammar was refused: %s", error)
        reply = await _again(lambda: self._once(request, fitted, emit))
        self._refused_grammar = True  # since without it the request was a good one
        return reply

    def _request(self, fitted: Fitted, sampling: Sampling) -> dict[str, Any]:
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

    async def _once(self, request: dict[str, Any], fitted: Fitted, emit: Emit) -> Finish:
        count = length = tokens = 0
        finish: Finish | None = None
        events = self._endpoint.events(request)
        try:
            while True:
                try:
                    # The end is known by its reason; a server need neither close nor say [DONE] then.
                    event = await asyncio.wait_for(anext(events), None if finish is None else LAST_WORDS)
                except (StopAsyncIteration, TimeoutError):
                    break
                text, reason = _delta(event)
                count, length = count + 1, length + len(text)
                tokens = max(tokens + bool(text), self._counted(event, fitted))
                if length > MAX_TOKEN * fitted.max_new_tokens or count > fitted.max_new_tokens + SPARE_EVENTS:
                    return "length"  # the server does not keep to the limit
                emit("" if finish else text, tokens)
                if reason == "content_filter":
                    raise ModelError("The composer's server withheld the rest of the reply: say it in other words.")
                if reason:
                    finish = "length" if reason == "length" else "end"
        except ModelError as error:
            if isinstance(error, BrokenOff) and not tokens:
                raise Refused(str(error), status=None, passing=True) from error
            if finish is None:
                raise
        finally:
            await events.aclose()
        if finish is not None:
            return finish
        place = f"The server at {self._endpoint.address.url} closed the connection"
        if tokens:
            raise ModelError(f"{place} before the reply was complete. What had arrived is kept; retry for the rest.")
        raise Refused(f"{place} without a word: look at what it prints.", status=None, passing=True)

    def _counted(self, event: dict[str, Any], fitted: Fitted) -> int:
        """The tokens of the reply, where the event tells them; learns from those of the prompt."""
        usage = event.get("usage")
        if not isinstance(usage, dict):
            return 0
        prompt, reply = (usage.get(name) for name in ("prompt_tokens", "completion_tokens"))
        if isinstance(prompt, int) and prompt > 0:
            self._bytes_per_token = min(max(_size(fitted.messages) / prompt, 1.0), 6.0)
        return reply if isinstance(reply, int) and 0 <= reply <= fitted.max_new_tokens + 1 else 0


def _delta(event: dict[str, Any]) -> tuple[str, str]:
    """The text that an event brings, and the reason that it gives for the end; each may be empty."""
    try:
        choice = event["choices"][0]
        delta = choice.get("delta") or {}
        text, reason = delta.get("content"), choice.get("finish_reason")
    except (LookupError, TypeError, AttributeError):
        return "", ""  # the event of the counts has no choices
    text = text if isinstance(text, str) else ""
    # JSON can hold half a surrogate pair, which no file can.
    return text.encode("utf-8", errors="replace").decode("utf-8"), reason if isinstance(reason, str) else ""


def _window(entry: dict[str, Any]) -> int:
    """The window that the list of models tells: vLLM's `max_model_len`, llama.cpp's `meta.n_ctx`."""
    meta = entry.get("meta")
    told = (entry.get("max_model_len"), meta.get("n_ctx") if isinstance(meta, dict) else None)
    return next((value for value in told if isinstance(value, int) and value >= 512), CONTEXT_LENGTH)


def _size(messages: Sequence[Message]) -> int:
    return sum(len(message.text.encode("utf-8", errors="replace")) + 12 for message in messages)


async def _again(ask: Callable[[], Awaitable[Result]]) -> Result:
    """What `ask` gives, asked again with growing pauses while the server is busy or not there yet."""
    for attempt in range(ATTEMPTS):
        try:
            return await ask()
        except Refused as error:
            pause = max(BACK_OFF * 2**attempt, error.wait or 0.0)
            if not error.passing or attempt == ATTEMPTS - 1 or pause > LONGEST_WAIT:
                raise
            await asyncio.sleep(pause)
    raise AssertionError


def _run(work: Awaitable[Result], stopped: Callable[[], bool]) -> Result | None:
    """Runs to the end, or until `stopped`; None then. Cancelling closes the connection."""

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
