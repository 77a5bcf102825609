"""Fitting a conversation into a model's window: the oldest rounds are dropped, and the reply gets the rest.

The work is linear in the length of the conversation, which a visitor chooses: rounds beyond any window are dropped
unread, and `Counts` lets the tokeniser read each text once.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import ModelError
from .base import Message

LEAST_REPLY = 256
"""Minimum number of tokens for a reply (a canvas with one terse region takes about 250)."""

LIKELY_REPLY = 1024
"""Tokens reserved for a reply; a longer earlier reply raises it."""

MAX_CHARS_PER_TOKEN = 16
"""Characters of a token on average, at most; English and code have about 4. Longer conversations are not tokenised."""

MAX_COUNTS = 2_000
"""Number of texts whose lengths in tokens are remembered."""


class Counts:
    """The lengths of texts in tokens, by `count`; each of the latest texts is counted once. Thread-safe."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._known: OrderedDict[bytes, int] = OrderedDict()

    def __call__(self, text: str) -> int:
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._count(text)
            while len(self._known) > MAX_COUNTS:
                self._known.popitem(last=False)
        return known


@dataclass(frozen=True, slots=True)
class FittedConversation:
    """A conversation that fits into the window.

    messages: the system prompt, the latest rounds that fit, and the last user message. dropped_rounds: how many of the
    oldest rounds are left out. max_new_tokens: limit of the reply; prompt_tokens + max_new_tokens is at most the
    window.
    """

    messages: tuple[Message, ...]
    dropped_rounds: int
    prompt_tokens: int
    max_new_tokens: int

    @property
    def notices(self) -> tuple[str, ...]:
        if not self.dropped_rounds:
            return ()
        rounds = "oldest round was" if self.dropped_rounds == 1 else f"{self.dropped_rounds} oldest rounds were"
        return (f"The conversation is longer than the model can read at once, so the {rounds} left out this time.",)


def fit(
    messages: Sequence[Message],
    count: Callable[[Sequence[Message]], int],
    context_length: int,
    max_new_tokens: int,
) -> FittedConversation:
    """Drop the oldest rounds until prompt and reply fit into context_length tokens.

    count: returns the tokens of a whole prompt. A round is a user message with everything up to the next one; leading
    system messages and the last round always stay. Room is reserved for max_new_tokens, but at most for the larger of
    LIKELY_REPLY and 1.5 times the longest earlier reply, so that a generous limit does not cost rounds. Rounds with
    more than MAX_CHARS_PER_TOKEN characters for each token of the window are dropped without being counted. Raises
    ModelError if the last message alone leaves no room for a reply.
    """
    head, rounds = _rounds(messages)
    first = unread_rounds(rounds, context_length)
    read = [message for one in rounds[first:] for message in one]
    likely = max([LIKELY_REPLY, *(count([m]) * 3 // 2 for m in read if m.role == "assistant")])
    reserve = min(max_new_tokens, likely)
    for dropped in range(first, max(len(rounds), first + 1)):
        kept = (*head, *(message for one in rounds[dropped:] for message in one))
        size = count(kept)
        left = context_length - size
        last = dropped >= len(rounds) - 1
        if left >= reserve or (last and left >= min(max_new_tokens, LEAST_REPLY)):
            return FittedConversation(kept, dropped, size, min(max_new_tokens, left))
    least = count((*head, Message("user", ""))) + min(max_new_tokens, LEAST_REPLY)
    if least > context_length:
        raise ModelError(
            f"The window of this model is too small: it reads and writes at most {context_length} tokens, and the "
            f"rules of the canvas with a short reply take {least}. Choose another composer, or give the server that "
            "runs it a longer context."
        )
    raise ModelError(
        f"The message is too long for this model: it takes {size} tokens with everything around it, and the model "
        f"reads and writes at most {context_length}. Shorten the message and send it again."
    )


def candidates(messages: Sequence[Message], context_length: int) -> list[Message]:
    """The messages that `fit` counts: all but the rounds that it drops because of their length in characters."""
    head, rounds = _rounds(messages)
    return [*head, *(message for one in rounds[unread_rounds(rounds, context_length) :] for message in one)]


def unread_rounds(rounds: Sequence[Sequence[Message]], context_length: int) -> int:
    """How many of the oldest rounds are too long for a window of context_length tokens whatever they say. The last
    round always stays."""
    room = MAX_CHARS_PER_TOKEN * context_length
    for number in range(len(rounds) - 1, -1, -1):
        room -= sum(len(message.text) for message in rounds[number])
        if room < 0:
            return min(number + 1, len(rounds) - 1)
    return 0


def _rounds(messages: Sequence[Message]) -> tuple[list[Message], list[list[Message]]]:
    head: list[Message] = []
    rounds: list[list[Message]] = []
    for message in messages:
        if message.role == "user":
            rounds.append([message])
        elif rounds:
            rounds[-1].append(message)
        else:
            head.append(message)
    return head, rounds
