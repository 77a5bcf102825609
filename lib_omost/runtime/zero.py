"""ZeroGPU: on such a Space a GPU is attached only while a function that requests one runs.

The function runs in a process forked from this one, so arguments and results are copied: they must be values, not
thread events or models. `llm.zero` and `render.zero` wrap a whole composer and painter. Outside a ZeroGPU Space nothing
here has an effect.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import ModelError, OmostError

LONGEST = 120
"""Maximum number of seconds to request: the quota of a visitor without a hub account."""
Item = TypeVar("Item")


def is_zero() -> bool:
    """Whether the program runs on a ZeroGPU Space."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def prepare() -> None:
    """On a ZeroGPU Space, import its library, which must happen before torch and gradio are used.

    Also makes transformers 5 load weights in the calling thread, because the library's emulation of the GPU does not
    work in the threads of a pool.
    """
    if is_zero():
        os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"
        import spaces  # noqa: F401


def on_gpu(function: Callable[..., Iterator[Any]], seconds: Callable[..., int]) -> Callable[..., Iterator[Any]]:
    """The generator function `function`, with a GPU attached while it runs; `seconds` estimates the duration from the
    same arguments. Outside a ZeroGPU Space, `function` unchanged."""
    if not is_zero():
        return function
    import spaces

    decorated: Callable[..., Iterator[Any]] = spaces.GPU(duration=seconds)(function)
    return decorated


@dataclass(frozen=True, slots=True)
class Failed:
    """A user-visible error to be sent out of the process; an exception would lose its message."""

    error: OmostError


def sending(begin: Callable[[], Iterator[Item]]) -> Iterator[Item | Failed]:
    """Runs in the forked process: the items of `begin()`; a user-visible error becomes the last item."""
    try:
        yield from begin()
    except OmostError as error:
        yield Failed(error)


def receiving(events: Iterator[Any]) -> Generator[Any, None, None]:
    """Runs in this process: the items that `sending` sent. Raises the user-visible error that it sent, and ModelError
    if the Space provides no GPU."""
    try:
        for event in events:
            if isinstance(event, Failed):
                raise event.error
            yield event
    except OmostError:
        raise
    except Exception as error:
        message = getattr(error, "message", None)  # the library raises gradio's errors, which have this attribute
        if not isinstance(message, str):
            raise
        raise ModelError(f"This Space has no graphics card for you now: {message}") from error
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
