"""What all language-model backends share: messages, sampling settings, and a streaming reply.

Nothing here loads torch. A backend turns a request into a `Generation` and passes it a function that writes the reply;
the generation runs it on a thread, so its reader may be slow, may stop, or may disappear.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Literal, Protocol

from ..errors import SettingsError, shown

Role = Literal["system", "user", "assistant"]
Finish = Literal["end", "length", "stopped"]

MAX_NEW_TOKENS = 32768
MAX_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; an assistant turn is the full text of an earlier reply."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    temperature: 0 (always the most likely token) to 2. top_p: above 0, up to 1; tokens are sampled from the smallest
    set with at least this probability. max_new_tokens: 1 to 32768. seed: 0 to 2**63 - 1; the same request with the same
    seed gives the same reply. Raises SettingsError for any other value.
    """

    temperature: float = 0.6
    top_p: float = 0.9
    max_new_tokens: int = 4096
    seed: int = 12345

    def __post_init__(self) -> None:
        _require_number("The temperature", self.temperature, 0.0, 2.0)
        _require_number("Top-p", self.top_p, 0.0, 1.0)
        if self.top_p == 0:
            raise SettingsError("Top-p must be above 0, because at 0 no token would be left; choose up to 1.")
        _require_integer("The number of new tokens", self.max_new_tokens, 1, MAX_NEW_TOKENS)
        _require_integer("The seed", self.seed, 0, MAX_SEED)


def _require_number(name: str, value: object, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # type: ignore[operator]  # also false for NaN
        raise SettingsError(f"{name} must be a number from {low:g} to {high:g}, but it is {shown(value)}.")


def _require_integer(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, but it is {shown(value)}.")


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a reply was written.

    first_token: seconds until the first piece with a token, including the time for reading the prompt.
    tokens_per_second: after that piece, None if there was no further one.
    """

    first_token: float
    tokens_per_second: float | None


class _Channel:
    """The state that the writing thread and the reader share; it refers to neither, so either may disappear."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.began = time.perf_counter()
        self.first: tuple[float, int] | None = None  # seconds and tokens when the first token came
        self.speed: Speed | None = None
        self.closed = threading.Event()
        self.pieces: SimpleQueue[str | None] = SimpleQueue()
        self.tokens = 0
        self.finished: Finish | None = None
        self.error: BaseException | None = None

    def stopped(self) -> bool:
        return self.closed.is_set() or self.stop.is_set()

    def emit(self, text: str, tokens: int) -> None:
        self.tokens = tokens
        if self.first is None and tokens:
            self.first = time.perf_counter() - self.began, tokens
        if text:
            self.pieces.put(text)

    def run(self, write: WriteReply) -> None:
        try:
            self.finished = write(self.emit, self.stopped)
            self.speed = self._measured()
        except BaseException as error:  # raised in the reader
            self.error = error
        finally:
            self.pieces.put(None)

    def _measured(self) -> Speed | None:
        if self.first is None:
            return None
        seconds, tokens = self.first
        after = time.perf_counter() - self.began - seconds
        pace = (self.tokens - tokens) / after if after > 0 and self.tokens > tokens else None
        return Speed(seconds, pace)


WriteReply = Callable[[Callable[[str, int], None], Callable[[], bool]], Finish]
"""write(emit, stopped) writes a reply and returns why it ended. emit(text, tokens) passes on a piece and the number of
tokens so far; stopped() says whether to give up, and must be called before every token."""


class Generation(Iterator[str]):
    """A reply that is being written. Iterating yields its text piece by piece and waits for the model.

    prompt_tokens, dropped_rounds (how many of the oldest rounds did not fit into the window), notices (sentences for
    the user) and limit (the maximum number of tokens, None if unknown) are known before the first piece. `__next__`
    raises the error of a failed reply.
    """

    def __init__(
        self,
        write: WriteReply,
        *,
        stop: threading.Event,
        prompt_tokens: int = 0,
        dropped_rounds: int = 0,
        notices: Sequence[str] = (),
        name: str = "chat model",
        limit: int | None = None,
    ) -> None:
        self.limit = limit
        self.prompt_tokens = prompt_tokens
        self.dropped_rounds = dropped_rounds
        self.notices = tuple(notices)
        self._channel = _Channel(stop)
        # A reader that is garbage-collected (its browser tab was closed) stops the reply like close() does.
        self._abandon = weakref.finalize(self, self._channel.closed.set)
        self._thread = threading.Thread(target=self._channel.run, args=(write,), name=name, daemon=True)
        self._thread.start()

    def __next__(self) -> str:
        if self._channel.closed.is_set():
            raise StopIteration
        piece = self._channel.pieces.get()
        if piece is not None:
            return piece
        self._channel.pieces.put(None)  # the next call must end the same way
        if self._channel.error is not None:
            raise self._channel.error
        raise StopIteration

    @property
    def tokens(self) -> int:
        """Tokens generated so far, including the one that ended the reply."""
        return self._channel.tokens

    @property
    def finished(self) -> Finish | None:
        """Why the reply ended: 'end', 'length' or 'stopped'; None while it is being written and after an error."""
        return self._channel.finished

    @property
    def speed(self) -> Speed | None:
        """How fast the reply was written; None until it has ended, after an error, and for a reply without tokens."""
        return self._channel.speed

    def close(self) -> None:
        """Stop the reply and wait until it has stopped, at most the time of one step of the model."""
        self._channel.closed.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> Generation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ChatModel(Protocol):
    """Anything that writes replies: a model in this process, a server, or a stand-in in tests."""

    name: str
    context_length: int

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens of the whole prompt for these messages, including the beginning of the assistant's turn."""
        ...

    def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Do what a `stream` of these messages needs and what does not need the device, until `stop` is set: count
        tokens. May be called while the model writes another reply."""
        ...

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """Start a reply. With `grammar`, only a valid canvas can be written. Setting `stop` ends the reply within one
        token. Raises ModelError if the conversation does not fit into the window."""
        ...
