"""ZeroGPU: on such a Space a graphics card is there only while a function runs that asks for one. Elsewhere: nothing.

The function runs in a process of its own, forked from this one, so what goes in and comes out is copied: values, no
events of threads, no models. Painter and composer are therefore wrapped as a whole, and nobody above them knows.
"""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .canvas.conditions import RegionCondition
from .errors import ModelError, OmostError
from .llm.base import ChatModel, Finish, Generation, Message, Sampling
from .render.settings import RenderEvent, RenderSettings

if TYPE_CHECKING:
    from .plan import Plan
    from .render.pipeline import Painter

LONGEST = 120
"""Seconds that may be asked for: what a visitor without an account of the hub has at most."""
Item = TypeVar("Item")


def is_zero() -> bool:
    """Whether this is a ZeroGPU Space."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def prepare() -> None:
    """On a ZeroGPU Space, let its library take its place before torch and gradio are used."""
    if is_zero():
        import spaces  # noqa: F401


def on_gpu(function: Callable[..., Iterator[Any]], seconds: Callable[..., int]) -> Callable[..., Iterator[Any]]:
    """`function`, a generator function, with a graphics card while it runs; `seconds` estimates for how long from the
    same arguments. As it is where this is no ZeroGPU Space."""
    if not is_zero():
        return function
    import spaces

    decorated: Callable[..., Iterator[Any]] = spaces.GPU(duration=seconds)(function)
    return decorated


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error of ours on its way out of the process: as an exception only its kind would arrive."""

    error: OmostError


class ZeroPainter:
    """A painter that asks for the card for each render."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self.name = painter.name

        def paint(conditions: Sequence[RegionCondition], settings: RenderSettings) -> Iterator[RenderEvent | _Failed]:
            yield from _sending(lambda: painter.render(conditions, settings, stop=threading.Event()))

        self._paint = on_gpu(paint, painting_seconds)

    @property
    def plan(self) -> Plan:
        return self._painter.plan

    @property
    def spared(self) -> bool:
        return self._painter.spared

    def to(self, device: object) -> ZeroPainter:
        """Nothing: the card comes to the weights."""
        return self

    def render(
        self, conditions: Sequence[RegionCondition], settings: RenderSettings, *, stop: threading.Event | None = None
    ) -> Generator[RenderEvent, None, None]:
        """As `Painter.render`. A stop ends the work after the step that it is in."""
        with closing(_receiving(self._paint(tuple(conditions), settings))) as events:
            for event in events:
                yield event
                if stop is not None and stop.is_set():
                    return


@dataclass(frozen=True, slots=True)
class _Begun:
    prompt_tokens: int
    dropped_rounds: int
    notices: tuple[str, ...]


class ZeroComposer:
    """A composer that asks for the card for each reply."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.name = model.name
        self.context_length = model.context_length

        def reply(messages: Sequence[Message], sampling: Sampling, grammar: bool) -> Iterator[Any]:
            stop = threading.Event()
            with model.stream(messages, sampling, grammar=grammar, stop=stop) as generation:
                yield _Begun(generation.prompt_tokens, generation.dropped_rounds, generation.notices)
                for piece in generation:
                    yield piece, generation.tokens
                yield generation.finished or "stopped"

        def write(messages: Sequence[Message], sampling: Sampling, grammar: bool) -> Iterator[Any]:
            yield from _sending(lambda: reply(messages, sampling, grammar))

        self._write = on_gpu(write, writing_seconds)

    def to(self, device: object) -> ZeroComposer:
        """Nothing: the card comes to the weights."""
        return self

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._model.count_tokens(messages)

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """As `ChatModel.stream`; returns when the card is there."""
        events = _receiving(self._write(tuple(messages), sampling, grammar))
        begun: _Begun = next(events)
        # The card is given to the visitor whom the request names, which the working thread would not know.
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
            name="ZeroGPU composer",
        )


def painting_seconds(conditions: Sequence[RegionCondition], settings: RenderSettings) -> int:
    """Seconds of the card that a render may take: a rough guess, on the safe side, from its pixels and steps."""
    steps = settings.steps + (settings.hires_steps * settings.hires_scale**2 if settings.hires else 0)
    each = 4 + 0.25 * steps * settings.width * settings.height / 2**20
    return min(LONGEST, round(15 + settings.count * each))


def writing_seconds(messages: Sequence[Message], sampling: Sampling, grammar: bool) -> int:
    """Seconds of the card that a reply may take, likewise: canvases seldom have more than 1500 tokens."""
    return min(LONGEST, 20 + min(sampling.max_new_tokens, 1500) // 20)


def _sending(begin: Callable[[], Iterator[Item]]) -> Iterator[Item | _Failed]:
    try:
        yield from begin()
    except OmostError as error:
        yield _Failed(error)


def _receiving(events: Iterator[Any]) -> Generator[Any, None, None]:
    """What was sent; raises the errors of ours in it, and ModelError where the Space gives no card."""
    try:
        for event in events:
            if isinstance(event, _Failed):
                raise event.error
            yield event
    except OmostError:
        raise
    except Exception as error:
        message = getattr(error, "message", None)  # as gradio's errors have it, which are the library's own
        if not isinstance(message, str):
            raise
        raise ModelError(f"This Space has no graphics card for you now: {message}") from error
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
