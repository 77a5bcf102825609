"""ZeroGPU: on such a Space a graphics card is attached only while a function runs that asks for one.

The function runs in a separate process, forked from this one, so that what goes in and comes out is copied: values,
no events of threads, no models. `llm.zero` and `render.zero` wrap a composer and a painter as a whole. Elsewhere
nothing here has an effect.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import ModelError, OmostError

LONGEST = 120
"""Seconds that may be asked for: what a visitor without an account of the hub has at most."""
Item = TypeVar("Item")


def is_zero() -> bool:
    """Whether this is a ZeroGPU Space."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def prepare() -> None:
    """On a ZeroGPU Space, let its library take its place before torch and gradio are used.

    transformers 5 then loads weights in the thread that asks for them: the library makes tensors for the card before
    there is one, but not in the threads of a pool.
    """
    if is_zero():
        os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"
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
class Failed:
    """A user-visible error on its way out of the process; as an exception only its type would arrive."""

    error: OmostError


def sending(begin: Callable[[], Iterator[Item]]) -> Iterator[Item | Failed]:
    """The items of `begin()`, which runs in the forked process; a user-visible error becomes the last item."""
    try:
        yield from begin()
    except OmostError as error:
        yield Failed(error)


def receiving(events: Iterator[Any]) -> Generator[Any, None, None]:
    """What `sending` sent, on this side; raises its user-visible error, and ModelError if the Space gives no card."""
    try:
        for event in events:
            if isinstance(event, Failed):
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
