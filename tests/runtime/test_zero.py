"""ZeroGPU without one: a stand-in for its library that forks and copies as the real one does, and nothing elsewhere."""

from __future__ import annotations

import contextvars
import multiprocessing
import os
import pickle
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib_omost.canvas import conditions, interpret
from lib_omost.errors import ModelError, RenderError
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.zero import ZeroComposer, writing_seconds
from lib_omost.render.settings import Picture, RenderSettings, Step
from lib_omost.render.zero import ZeroPainter, painting_seconds
from lib_omost.runtime.zero import LONGEST, is_zero, on_gpu, prepare
from lib_omost.studio import ChatFinished
from lib_omost.ui.state.feed import Feed
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import open_studio

SETTINGS = RenderSettings(width=64, height=64, steps=3, count=2, seed=7)
CANVAS = interpret(REPLY).canvas
visitor: contextvars.ContextVar[str] = contextvars.ContextVar("visitor")


class Refusal(Exception):
    """As gradio's error, in which the library tells that there is no card."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Zero:
    """Calls of decorated functions: for whom, for how many seconds, and where they ran."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.quota = 10_000

    def GPU(self, *, duration: Callable[..., int]) -> Callable[..., Any]:
        def decorate(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
            def call(*arguments: Any) -> Iterator[Any]:
                seconds = duration(*arguments)
                self.calls.append((visitor.get(), seconds))
                if seconds > self.quota:
                    raise Refusal("You have exceeded your quota. Try again in 0:30:00.")
                yield from forked(task, pickle.dumps(arguments))

            return call

        return decorate


def forked(task: Callable[..., Iterator[Any]], arguments: bytes) -> Iterator[Any]:
    context = multiprocessing.get_context("fork")
    out = context.SimpleQueue()

    def work() -> None:
        try:
            for item in task(*pickle.loads(arguments)):
                out.put((True, item))
            out.put((False, None))
        except BaseException as error:
            out.put((False, type(error).__name__))  # no more arrives of an exception
        os._exit(0)

    process = context.Process(target=work, daemon=True)
    process.start()
    try:
        while (item := out.get())[0]:
            yield item[1]
        if item[1] is not None:
            raise Refusal(item[1])
    finally:
        process.kill()
        process.join()


@pytest.fixture
def zero(monkeypatch: pytest.MonkeyPatch) -> Zero:
    stand_in = Zero()
    module = types.ModuleType("spaces")
    module.GPU = stand_in.GPU  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spaces", module)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    visitor.set("ann")
    return stand_in


class Reporting(Brush):
    """Says in which process it paints."""

    def render(
        self,
        conditions: object,
        settings: RenderSettings,
        *,
        stop: Any = None,
        keep: object = None,
        conditionings: object = (),
    ) -> Iterator[Any]:
        if settings.steps == 13:
            raise RenderError("Thirteen steps bring no luck.")
        if settings.steps == 14:
            raise ZeroDivisionError
        yield Step(0, os.getpid(), "base", 0, settings.steps)
        yield from super().render(conditions, settings, stop=stop)


def test_elsewhere_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.setitem(sys.modules, "spaces", None)  # importing it would fail

    def task() -> Iterator[int]:
        yield 1

    assert not is_zero()
    assert on_gpu(task, lambda: 1) is task


@pytest.mark.parametrize("on_zero", [True, False])
def test_weights_are_loaded_in_the_thread_that_asks(
    on_zero: bool, zero: Zero, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib_omost.llm.local import LocalChatModel
    from tests.llm.tiny import llama, tokenizer

    llama().save_pretrained(tmp_path)
    tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("HF_DEACTIVATE_ASYNC_LOAD", "0")
    if not on_zero:
        monkeypatch.delenv("SPACES_ZERO_GPU")
    prepare()
    begun: list[str] = []
    begin = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (begun.append(thread.name), begin(thread)))
    LocalChatModel.load(tmp_path, family="chatml", device="cpu")
    assert any(name.startswith("ThreadPoolExecutor") for name in begun) != on_zero


def test_a_render_runs_where_the_card_is_and_its_pictures_come_back(zero: Zero) -> None:
    painter = ZeroPainter(Reporting())  # type: ignore[arg-type]
    events = list(painter.render(conditions(CANVAS), SETTINGS))
    assert events[0].pictures != os.getpid(), "it ran in another process"
    pictures = [event for event in events if isinstance(event, Picture)]
    assert [picture.seed for picture in pictures] == [7, 8]
    assert pictures[1].image.getpixel((0, 0)) == (1, 99, 99)
    assert zero.calls == [("ann", painting_seconds(conditions(CANVAS), SETTINGS))]


def test_a_sentence_comes_back_whole_and_a_bug_as_one(zero: Zero) -> None:
    painter = ZeroPainter(Reporting())  # type: ignore[arg-type]
    with pytest.raises(RenderError, match="Thirteen steps bring no luck"):
        list(painter.render(conditions(CANVAS), replace(SETTINGS, steps=13)))
    with pytest.raises(ModelError, match="no graphics card for you now: ZeroDivisionError"):
        list(painter.render(conditions(CANVAS), replace(SETTINGS, steps=14)))
    zero.quota = 1
    with pytest.raises(ModelError, match="no graphics card for you now: You have exceeded your quota"):
        list(painter.render(conditions(CANVAS), SETTINGS))


def test_a_render_can_be_stopped(zero: Zero) -> None:
    stop = threading.Event()
    seen = []
    for event in ZeroPainter(Reporting()).render(conditions(CANVAS), SETTINGS, stop=stop):  # type: ignore[arg-type]
        seen.append(event)
        stop.set()
    assert len(seen) == 1


def test_a_reply_is_written_there_too(zero: Zero) -> None:
    composer = ScriptedComposer()
    model = ZeroComposer(composer)
    generation = model.stream([Message("user", "a harbour")], Sampling(), grammar=True, stop=threading.Event())
    assert "".join(generation) == REPLY
    assert generation.finished == "end"
    assert generation.tokens == -(-len(REPLY) // composer.size)
    assert generation.prompt_tokens == model.count_tokens([Message("user", "a harbour")])
    assert composer.asked == [], "another process was asked"
    assert generation.limit == Sampling().max_new_tokens
    stop = threading.Event()
    slow = ZeroComposer(ScriptedComposer(before_piece=lambda number: time.sleep(0.02)))
    generation = slow.stream([], Sampling(), grammar=True, stop=stop)
    next(generation)
    stop.set()
    list(generation)
    assert generation.finished == "stopped"


def test_a_studio_works_for_the_visitor_whom_the_page_knows(zero: Zero) -> None:
    """Through the page's own feed, which reads streams on a thread of its own."""
    composer, painter = ZeroComposer(ScriptedComposer()), ZeroPainter(Brush())  # type: ignore[arg-type]
    studio = open_studio(composer, painter)
    studio.load()
    assert [part.state for part in studio.status().parts] == ["ready", "ready"]

    def run(name: str, events: Iterator[Any]) -> list[Any]:
        def read() -> list[Any]:
            visitor.set(name)
            return [event for bunch in Feed(events, threading.Event()) for event in bunch]

        return contextvars.Context().run(read)

    last = run("ben", studio.chat([], "a harbour", Sampling()))[-1]
    assert isinstance(last, ChatFinished)
    assert last.reply == REPLY
    painted = run("cid", studio.render(last.interpretation.canvas, SETTINGS))
    assert sum(isinstance(event, Picture) for event in painted) == 2
    assert [name for name, _ in zero.calls] == ["ben", "cid"]


def test_seconds_are_guessed_within_what_a_visitor_has() -> None:
    full = RenderSettings()
    assert 15 < painting_seconds([], full) < painting_seconds([], replace(full, count=2)) < LONGEST
    assert painting_seconds([], replace(full, count=12, steps=100)) == LONGEST
    assert writing_seconds([], Sampling(max_new_tokens=200), True) < writing_seconds([], Sampling(), True) <= LONGEST
