"""Fits a conversation into a model's window: the oldest rounds go, whole, and the reply gets what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import ModelError
from .base import Message

LEAST_REPLY = 256
"""Tokens without which a reply is not worth beginning (a canvas with one terse region takes about 250)."""

LIKELY_REPLY = 1024
"""Tokens kept free for a reply when nothing is known of how long replies get; a longer earlier reply raises it."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the model reads, and how much it may write.

    messages: the system prompt, the newest rounds that fit, and the last user message. dropped_rounds: how many of
    the oldest rounds are left out. prompt_tokens + max_new_tokens is at most the window.
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
) -> Fitted:
    """Drops oldest rounds until prompt and reply fit into context_length tokens.

    count gives the tokens of a whole prompt. A round is a user message and what follows it up to the next; system
    messages in front and the last round always stay. Room is kept for max_new_tokens, or for half as much again as
    the longest earlier reply where that is less: a limit that no reply comes near shall not cost rounds. Raises
    ModelError when the last message alone leaves no room for a reply.
    """
    head, rounds = _rounds(messages)
    likely = max([LIKELY_REPLY, *(count([m]) * 3 // 2 for m in messages if m.role == "assistant")])
    reserve = min(max_new_tokens, likely)
    for dropped in range(max(len(rounds), 1)):
        kept = (*head, *(message for one in rounds[dropped:] for message in one))
        size = count(kept)
        left = context_length - size
        last = dropped >= len(rounds) - 1
        if left >= reserve or (last and left >= min(max_new_tokens, LEAST_REPLY)):
            return Fitted(kept, dropped, size, min(max_new_tokens, left))
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
