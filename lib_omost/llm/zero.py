"""A composer on ZeroGPU, which requests the GPU for each reply."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from ..runtime.zero import LONGEST, on_gpu, receiving, sending
from .base import ChatModel, Finish, Generation, Message, Sampling


@dataclass(frozen=True, slots=True)
class _Begun:
    prompt_tokens: int
    dropped_rounds: int
    notices: tuple[str, ...]
    limit: int | None


class ZeroComposer:
    """Wraps a composer so that each reply requests the GPU from ZeroGPU."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.name = model.name
        self.context_length = model.context_length

        def reply(messages: Sequence[Message], sampling: Sampling, grammar: bool) -> Iterator[Any]:
            stop = threading.Event()
            with model.stream(messages, sampling, grammar=grammar, stop=stop) as generation:
                yield _Begun(generation.prompt_tokens, generation.dropped_rounds, generation.notices, generation.limit)
                for piece in generation:
                    yield piece, generation.tokens
                yield generation.finished or "stopped"

        def write(messages: Sequence[Message], sampling: Sampling, grammar: bool) -> Iterator[Any]:
            yield from sending(lambda: reply(messages, sampling, grammar))

        self._write = on_gpu(write, writing_seconds)

    def to(self, device: object) -> ZeroComposer:
        """Does nothing, because ZeroGPU moves the weights."""
        return self

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._model.count_tokens(messages)

    def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        self._model.prepare(messages, stop)

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """As `ChatModel.stream`; returns when the GPU is attached."""
        events = receiving(self._write(tuple(messages), sampling, grammar))
        begun: _Begun = next(events)
        # ZeroGPU assigns the GPU to the visitor in the context of the request, which the thread would not have.
        context = contextvars.copy_context()

        def work(emit: Callable[[str, int], None], stopped: Callable[[], bool]) -> Finish:
            with closing(events):
                while not stopped():
                    event = context.run(next, events)
                    if isinstance(event, str):
                        finish: Finish = event  # type: ignore[assignment]  # one of the three, as `reply` sends it
                        return finish
                    emit(*event)
            return "stopped"

        return Generation(
            work,
            stop=stop,
            prompt_tokens=begun.prompt_tokens,
            dropped_rounds=begun.dropped_rounds,
            notices=begun.notices,
            limit=begun.limit,
            name="ZeroGPU composer",
        )


def writing_seconds(messages: Sequence[Message], sampling: Sampling, grammar: bool) -> int:
    """The seconds of GPU time to request for a reply: a generous estimate; canvases rarely have more than 1500
    tokens."""
    return min(LONGEST, 20 + min(sampling.max_new_tokens, 1500) // 20)
