"""What stays and what goes when a conversation outgrows the window. Here a character is a token."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lib_omost.errors import ModelError
from lib_omost.llm.base import Message
from lib_omost.llm.window import LEAST_REPLY, LIKELY_REPLY, fit


def count(messages: Sequence[Message]) -> int:
    return sum(len(message.text) for message in messages)


def talk(rounds: int, reply: int = 1000) -> list[Message]:
    messages = [Message("system", "s" * 100)]
    for _ in range(rounds):
        messages += [Message("user", "u" * 100), Message("assistant", "a" * reply)]
    return [*messages, Message("user", "now")]


def test_what_fits_is_left_alone() -> None:
    fitted = fit(talk(2), count, 8192, 4096)
    assert (fitted.messages, fitted.dropped_rounds, fitted.notices) == (tuple(talk(2)), 0, ())
    assert (fitted.prompt_tokens, fitted.max_new_tokens) == (2303, 4096)


def test_the_oldest_rounds_go_whole() -> None:
    messages = talk(5)
    fitted = fit(messages, count, 4000, 4096)
    assert fitted.dropped_rounds == 3
    assert fitted.messages == (messages[0], *messages[7:])
    assert [message.role for message in fitted.messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert fitted.prompt_tokens + fitted.max_new_tokens <= 4000
    assert "3 oldest rounds were left out" in fitted.notices[0]


def test_one_round_is_named_in_the_singular() -> None:
    assert "the oldest round was left out" in fit(talk(2), count, 2800, 4096).notices[0]


def test_a_high_limit_costs_no_rounds_but_a_long_reply_expected_does() -> None:
    assert fit(talk(5), count, 8192, 8000).dropped_rounds == 0
    assert fit(talk(5), count, 8192, 8000).max_new_tokens == 8192 - 5603
    assert fit(talk(3, reply=2000), count, 8192, 4096).dropped_rounds == 1  # 1.5 times 2000 are kept free


def test_a_low_limit_keeps_more() -> None:
    assert fit(talk(5), count, 5700, 50).dropped_rounds == 0


def test_the_last_message_stays_even_if_little_is_left() -> None:
    messages = [Message("system", "s" * 100), Message("user", "u" * 3500)]
    fitted = fit(messages, count, 4000, 4096)
    assert fitted.messages == tuple(messages)
    assert fitted.max_new_tokens == 400


def test_a_message_that_is_too_long_is_refused_with_numbers() -> None:
    with pytest.raises(ModelError, match=r"3900 tokens .* at most 4000. Shorten"):
        fit([*talk(3)[:-1], Message("user", "u" * 3800)], count, 4000, 4096)


def rounds(*sizes: int) -> list[Message]:
    """A system prompt of 100 tokens, rounds of 100 tokens with a reply of each size, and a last message of 100."""
    messages = [Message("system", "s" * 100)]
    for size in sizes:
        messages += [Message("user", "u" * 100), Message("assistant", "a" * size)]
    return [*messages, Message("user", "n" * 100)]


@pytest.mark.parametrize(
    ("sizes", "limit", "reserve"),
    [
        ((10, 10), 4096, LIKELY_REPLY),  # short replies raise nothing
        ((1000, 800), 4096, 1500),  # half as much again as the longest, not the latest
        ((1000, 800), 700, 700),  # what the user allows is less
    ],
)
def test_a_round_goes_when_one_token_of_the_reserve_is_missing(
    sizes: tuple[int, ...], limit: int, reserve: int
) -> None:
    messages = rounds(*sizes)
    window = count(messages) + reserve
    fitted = fit(messages, count, window, limit)
    assert (fitted.dropped_rounds, fitted.max_new_tokens) == (0, reserve)
    assert fit(messages, count, window - 1, limit).dropped_rounds == 1


@pytest.mark.parametrize(("limit", "least"), [(4096, LEAST_REPLY), (50, 50)])
def test_the_last_message_is_refused_when_one_token_of_the_least_reply_is_missing(limit: int, least: int) -> None:
    messages = rounds()
    assert fit(messages, count, 200 + least, limit).max_new_tokens == least
    with pytest.raises(ModelError, match=f"takes 200 tokens .* at most {199 + least}. Shorten"):
        fit(messages, count, 199 + least, limit)


@pytest.mark.parametrize(("limit", "least"), [(4096, LEAST_REPLY), (50, 50)])
def test_a_window_without_room_for_any_message_has_its_own_error(limit: int, least: int) -> None:
    with pytest.raises(ModelError, match=f"at most {99 + least} tokens, .* take {100 + least}. Choose another"):
        fit(rounds(), count, 99 + least, limit)
    with pytest.raises(ModelError, match="Shorten the message"):
        fit(rounds(), count, 100 + least, limit)


def test_a_conversation_without_a_question_is_fitted_too() -> None:
    fitted = fit([Message("system", "s" * 100)], count, 1000, 300)
    assert (fitted.dropped_rounds, fitted.prompt_tokens, fitted.max_new_tokens) == (0, 100, 300)
