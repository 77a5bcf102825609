"""A language model on an OpenAI-compatible server: vLLM, Ollama, llama.cpp, LM Studio, `transformers serve`.

The conversation is sent as roles and texts; the server applies its chat template. A field that the server refuses is
left out on the next try. A grammar is sent only if the server is known to support it, or the user says so.

Why not the `openai` package or `httpx-sse`: of the 63 habits of servers in `tests/llm/habits.py` each copes with 23
in a plain loop, and this client with all (`python -m tests.llm.habits`). The package fails for chunks without a delta,
for bodies that are no stream and for errors within a reply, and whoever uses it has to add the rest. `httpx-sse`
refuses other content types, drops events without blank lines and does not limit the length of a line.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import ModelError, SettingsError
from .address import Address
from .attempts import run, with_retries
from .base import Finish, Generation, Message, Sampling
from .catalog import CONTEXT_LENGTH, chosen, window
from .delivery import Delivery
from .dialects import DIALECTS, KINDS, constrained_request
from .endpoint import Endpoint, Timeouts
from .exchange import exchange
from .fields import RequestFields, window_in
from .refusals import KEY, MODEL, RequestError
from .schema import CanvasFromJson
from .window import FittedConversation, fit

CONTEXT = "OMOST_SERVER_CONTEXT"
GRAMMAR = "OMOST_SERVER_GRAMMAR"

BYTES_PER_TOKEN = 3.0
"""Assumed for prompts until the server reports a count; common tokenizers have more for English and Canvas code."""
MAX_NAMES = 8
"""Number of the server's models that an error message lists."""
MAX_CHANGES = 8
"""How often a request is changed because of refusals."""

Emit = Callable[[str, int], None]
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
        self._fields = RequestFields(model, usage=usage)
        self._dialect = dialect
        self._available = tuple(available)
        self._refused_grammar = False
        self._bytes_per_token = BYTES_PER_TOKEN
        self._look_up_window: Callable[[], Awaitable[tuple[int, bool]]] | None = None

    @classmethod
    def connect(
        cls,
        address: str,
        *,
        environment: Mapping[str, str] = os.environ,
        timeouts: Timeouts | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> ServerChatModel:
        """Query the server's models and use the one that OMOST_SERVER_MODEL names, else the first
        that can chat, one that is loaded before others.

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

        entries = run(_listed(endpoint, needed=not wanted), stopped) or []
        entry = next((entry for entry in entries if entry["id"] == wanted), None) if wanted else chosen(entries)
        owner = str((entry or {}).get("owned_by", ""))
        kind = KINDS.get(owner)

        async def look_up() -> tuple[int, bool]:
            return await window(endpoint.ask, entry or {"id": wanted}, owner)

        length, known = (int(context), True) if context else run(look_up(), stopped) or (CONTEXT_LENGTH, True)
        model = cls(
            endpoint,
            model=wanted or (None if entry is None else entry["id"]),
            context_length=length,
            dialect=None if dialect == "off" else dialect or kind,
            usage=kind is not None,
            available=[entry["id"] for entry in entries],
        )
        model._look_up_window = None if known else look_up
        return model

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
        if "seed" in self._fields.left_out:
            notices += ("The server takes no seed, so the same seed does not repeat a reply.",)

        def work(emit: Emit, stopped: Callable[[], bool]) -> Finish:
            result = run(self._write(fitted, sampling, constrained, emit), stopped)
            return "stopped" if result is None else result

        return Generation(
            work,
            stop=stop,
            prompt_tokens=fitted.prompt_tokens,
            dropped_rounds=fitted.dropped_rounds,
            notices=notices,
            name=f"{self.name} answers",
            limit=fitted.max_new_tokens,
        )

    def to(self, device: str) -> ServerChatModel:
        """Does nothing, because the model is on the server."""
        return self

    async def _write(self, fitted: FittedConversation, sampling: Sampling, grammar: bool, emit: Emit) -> Finish:
        for _ in range(MAX_CHANGES):
            asked = request = self._fields.request(fitted, sampling)
            reading: CanvasFromJson | None = None
            if grammar and self._dialect is not None and not self._refused_grammar:
                asked, reading = constrained_request(request, self._dialect)
            try:
                finish = await with_retries(partial(self._once, asked, fitted, emit, reading))
            except RequestError as error:
                logger.info("The request was refused: %s", error)
                if not self._learn(error, fitted, constrained=asked is not request):
                    raise self._with_models(error) from error
            else:
                await self._update_window()
                return finish
        raise ModelError("The composer's server refuses every form of the request: look at its output.")

    def _learn(self, error: RequestError, fitted: FittedConversation, *, constrained: bool) -> bool:
        """Learn from a refusal; returns whether another request may succeed."""
        length = window_in(error.words) if error.status in (400, 413, 422, 500) else None
        if length is not None and length < self.context_length:
            self.context_length = length
            if fitted.prompt_tokens + fitted.max_new_tokens > length:
                raise ModelError(
                    f"The window of this server's model has only {length} tokens. Send the prompt again: it will be "
                    f"fitted into that. The server said: {error.words}"
                ) from error
        named = self._fields.names(error.status, error.words)
        if constrained and not named and error.status in (400, 422, 500):
            self._refused_grammar = True
            return True
        return self._fields.learn(error.status, error.words)

    def _with_models(self, error: RequestError) -> ModelError:
        if error.status != 404 or not self._available:
            return error
        names = ", ".join(self._available[:MAX_NAMES])
        return ModelError(f"{error} Its models: {names}{', …' * (len(self._available) > MAX_NAMES)}.")

    async def _update_window(self) -> None:
        """Ask for the window again: Ollama reports that of a model once it is loaded."""
        if self._look_up_window is not None:
            length, known = await self._look_up_window()
            if known:  # else a length that a refusal told is better than an assumed one
                self.context_length, self._look_up_window = length, None

    async def _once(
        self, request: dict[str, Any], fitted: FittedConversation, emit: Emit, reading: CanvasFromJson | None
    ) -> Finish:
        """Send the request once, and pass the reply on as it arrives."""
        delivery, counted = Delivery(emit, reading), partial(self._counted, fitted)
        return await exchange(self._endpoint, request, self._fields, delivery, fitted.max_new_tokens, counted)

    def _counted(self, fitted: FittedConversation, event: dict[str, Any]) -> int:
        """The number of tokens of the reply if the event reports it, else 0; learns from that of the prompt."""
        usage = event.get("usage")
        if not isinstance(usage, dict):
            return 0
        prompt, reply = (usage.get(name) for name in ("prompt_tokens", "completion_tokens"))
        if isinstance(prompt, int) and prompt > 0:
            self._bytes_per_token = min(max(_size(fitted.messages) / prompt, 1.0), 6.0)
        return reply if isinstance(reply, int) and 0 <= reply <= fitted.max_new_tokens + 1 else 0


async def _listed(endpoint: Endpoint, *, needed: bool) -> list[dict[str, Any]]:
    """The server's models; nothing if the list cannot be read and is not needed."""
    try:
        return await with_retries(endpoint.models) or []
    except RequestError:
        raise
    except ModelError:
        if needed:
            raise
        return []


def _size(messages: Sequence[Message]) -> int:
    return sum(len(message.text.encode("utf-8", errors="replace")) + 12 for message in messages)
