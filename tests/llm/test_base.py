"""Sampling's limits, and the manners of a streaming reply: order, errors, stopping, being forgotten."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from lib_omost.errors import ModelError, SettingsError
from lib_omost.llm.base import Finish, Generation, Sampling


def endless(emit: Callable[[str, int], None], stopped: Callable[[], bool]) -> Finish:
    count = 0
    while not stopped():
        count += 1
        emit("x", count)
        time.sleep(0.005)
    return "stopped"


def threads(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == name]


def gone(name: str, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while threads(name) and time.monotonic() < end:
        time.sleep(0.01)
    return not threads(name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": 2.1},
        {"temperature": float("nan")},
        {"temperature": True},
        {"top_p": 0.0},
        {"top_p": 1.01},
        {"top_p": "0.9"},
        {"max_new_tokens": 0},
        {"max_new_tokens": 10**9},
        {"max_new_tokens": 3.5},
        {"seed": -1},
        {"seed": 2**63},
    ],
)
def test_sampling_refuses_with_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"must be .*\."):
        Sampling(**wrong)  # type: ignore[arg-type]


def test_sampling_takes_its_limits() -> None:
    Sampling(temperature=0, top_p=1, max_new_tokens=1, seed=0)
    Sampling(temperature=2.0, top_p=1e-6, max_new_tokens=32768, seed=2**63 - 1)


def test_pieces_arrive_in_order_and_empty_ones_do_not() -> None:
    def work(emit: Callable[[str, int], None], stopped: Callable[[], bool]) -> Finish:
        for count, piece in enumerate(("a", "", "b", "c"), 1):
            emit(piece, count)
        return "end"

    generation = Generation(work, stop=threading.Event(), prompt_tokens=7, dropped_rounds=1, notices=["One round."])
    assert list(generation) == ["a", "b", "c"]
    assert list(generation) == []
    assert (generation.tokens, generation.finished) == (4, "end")
    assert (generation.prompt_tokens, generation.dropped_rounds, generation.notices) == (7, 1, ("One round.",))


def test_an_error_reaches_the_reader_after_the_text_before_it() -> None:
    def work(emit: Callable[[str, int], None], stopped: Callable[[], bool]) -> Finish:
        emit("so far", 1)
        raise ModelError("The model broke.")

    generation = Generation(work, stop=threading.Event())
    assert next(generation) == "so far"
    for _ in range(2):
        with pytest.raises(ModelError, match="The model broke"):
            next(generation)
    assert generation.finished is None


def test_close_ends_the_thread() -> None:
    generation = Generation(endless, stop=threading.Event(), name="closed one")
    assert next(generation) == "x"
    generation.close()
    assert not threads("closed one")
    assert generation.finished == "stopped"
    assert list(generation) == []


def test_the_stop_event_ends_the_work_and_the_iteration() -> None:
    stop = threading.Event()
    generation = Generation(endless, stop=stop, name="stopped one")
    next(generation)
    stop.set()
    assert set(generation) <= {"x"}
    assert generation.finished == "stopped"
    assert gone("stopped one")


def test_a_forgotten_generation_stops() -> None:
    generation = Generation(endless, stop=threading.Event(), name="forgotten one")
    next(generation)
    del generation
    gc.collect()
    assert gone("forgotten one")


def test_base_and_templates_load_no_torch() -> None:
    code = "import sys, lib_omost.llm, lib_omost.llm.base, lib_omost.llm.templates; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_how_fast_it_was_is_known_at_the_end() -> None:
    def work(emit, stopped):  # type: ignore[no-untyped-def]
        time.sleep(0.05)
        emit("a", 3)
        time.sleep(0.05)
        emit("b", 5)
        return "end"

    generation = Generation(work, stop=threading.Event())
    assert list(generation) == ["a", "b"]
    speed = generation.speed
    assert speed is not None
    assert speed.first_token >= 0.05
    assert speed.tokens_per_second is not None
    assert 0 < speed.tokens_per_second <= 2 / 0.05
    assert list(silent := Generation(lambda emit, stopped: "end", stop=threading.Event())) == []
    assert silent.speed is None
