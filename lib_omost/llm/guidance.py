"""Guidance of a model for one request, in addition to the Canvas grammar.

A backend that runs a model in this process consults it before each reply. The embedded composer has one; other local
models have it if the user wants.
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

    grammar: in llguidance's dialect of Lark; accepts a subset of the Canvas grammar. calls: for each call, the shortest
    text that the grammar allows, for estimating tokens. dropped: what a shorter script leaves out of the request.
    """

    grammar: str
    calls: tuple[str, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """The guidance for one reply.

    scripts: in order of preference; the first that fits into the reply's tokens is used, or the Canvas grammar if there
    are none. temperature_scale: factor of the temperature. notices: sentences for the user. biases: creates the biases
    of single tokens.
    """

    scripts: tuple[Script, ...] = ()
    temperature_scale: float = 1.0
    notices: tuple[str, ...] = ()
    biases: Callable[[Spell], Sequence[Bias]] = field(default=lambda _: ())


class Guidance(Protocol):
    """Derives a `Guide` from a conversation."""

    def guide(self, messages: Sequence[Message]) -> Guide:
        """The guide for the reply to the last message. Never fails, whatever the messages say."""
        ...
