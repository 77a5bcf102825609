"""Guidance: what a model is held to and helped with for one request, beyond the grammar of all canvases.

A back end that runs a model in this process asks it before a reply. The embedded composer comes with one of its own;
any other local model may be given it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from .base import Message

if TYPE_CHECKING:
    from .decoding import Bias

Spell = Callable[[int], bytes]
"""The bytes of a token."""


@dataclass(frozen=True, slots=True)
class Script:
    """A grammar for one reply.

    grammar: in llguidance's dialect of Lark; accepts a part of what the Canvas grammar does. calls: for each call, the
    shortest text that the grammar allows for it, by which tokens are reckoned. dropped: what a shorter script leaves
    out of the request.
    """

    grammar: str
    calls: tuple[str, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """What holds for one reply.

    scripts: in the order of preference; the first that fits into the reply's tokens is taken, none is the grammar of
    all canvases. temperature_scale: factor of the temperature. notices: sentences for the user. biases: makes what
    raises and lowers single tokens, for one reply.
    """

    scripts: tuple[Script, ...] = ()
    temperature_scale: float = 1.0
    notices: tuple[str, ...] = ()
    biases: Callable[[Spell], Sequence[Bias]] = field(default=lambda _: ())


class Guidance(Protocol):
    """Reads conversations, see `Guide`."""

    def guide(self, messages: Sequence[Message]) -> Guide:
        """The guide for the reply to the last message. Never fails, whatever the messages say."""
        ...
