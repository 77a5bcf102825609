"""A conversation that is much longer than the window: little work, none of it on the device, and an end at a stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from lib_omost.events import ChatFinished, Waiting
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.window import MAX_CHARS_PER_TOKEN, Counts, fit
from tests.llm.tiny import chat_model
from tests.scripted import ScriptedComposer
from tests.ui.studios import open_studio

LONG = "a castle on a hill, " * 9_500
"""190 kB, which is about what the page reads of one message."""


def long_talk(rounds: int) -> list[Message]:
    return [
        message
        for number in range(rounds)
        for message in (Message("user", "more"), Message("assistant", f"{number}{LONG}"))
    ]


def test_every_text_is_counted_once_and_no_more_of_them_than_may_fit() -> None:
    characters = 0

    def count(text: str) -> int:
        nonlocal characters
        characters += len(text)
        return len(text) // 4

    counts = Counts(count)
    talk = [Message("system", "rules"), *long_talk(40), Message("user", "and a moon")]
    window = 8192
    fitted = fit(talk, lambda messages: sum(counts(message.text) for message in messages), window, 4096)
    assert fitted.dropped_rounds == 40
    assert characters <= MAX_CHARS_PER_TOKEN * window + len(LONG) + 1_000
    short = [
        Message("system", "rules"),
        *(Message(role, f"{role} {n} " * 90) for n in range(80) for role in ("user", "assistant")),
        Message("user", "x"),
    ]  # type: ignore[arg-type]
    characters = 0
    fit(short, lambda messages: sum(counts(message.text) for message in messages), window, 4096)
    assert characters <= sum(len(message.text) for message in short) + 100


def test_the_count_of_a_real_tokeniser_is_that_of_the_prompt() -> None:
    model = chat_model()
    talk = [Message("system", "Rules."), *long_talk(2), Message("user", "  a  moon <|eot_id|> ")]
    assert model.count_tokens(talk) == len(model._encoder.encode(talk))


class Watched(ScriptedComposer):
    """Counts as a slow tokeniser would, and notes whether the device is taken meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.studio: Any = None
        self.seen: list[str | None] = []
        self.counting = threading.Event()
        self.counts = Counts(self._count)

    def _count(self, text: str) -> int:
        self.counting.set()
        self.seen.append(self.studio._accelerator.holder)
        time.sleep(len(text) / 1e6)
        return len(text) // 4

    def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        for message in messages:
            if stop.is_set():
                return
            self.counts(message.text)


def test_the_device_is_free_while_tokens_are_counted_and_a_stop_ends_it() -> None:
    composer = Watched()
    composer.studio = studio = open_studio(composer)
    studio.start()
    stop = threading.Event()
    events: list[Any] = []

    def chat() -> None:
        events.extend(studio.chat(long_talk(20), "a moon", Sampling(), stop=stop))

    hostile = threading.Thread(target=chat)
    hostile.start()
    assert composer.counting.wait(30)
    honest = list(studio.chat([], "a harbour", Sampling()))
    assert isinstance(honest[-1], ChatFinished)
    assert hostile.is_alive(), "the other one has not waited for this"
    began = time.monotonic()
    stop.set()
    hostile.join(10)
    assert time.monotonic() - began < 2
    assert [event for event in events if not isinstance(event, Waiting)][-1].finished == "stopped"
    assert composer.seen[0] is None
