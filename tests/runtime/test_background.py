from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from lib_omost.errors import ModelError
from lib_omost.runtime.background import BackgroundModel, Report


def test_a_part_tells_its_progress_and_then_has_its_model() -> None:
    go_on = threading.Event()

    def load(report: Report) -> str:
        report("half", 0.5)
        go_on.wait(5)
        return "model"

    part = BackgroundModel("painter", load)
    assert part.status.state == "waiting"
    seen = []
    for status in part.wait():
        seen.append((status.message, status.progress))
        if status.progress == 0.5:
            go_on.set()
    assert ("half", 0.5) in seen
    assert part.status.state == "ready"
    assert part.model == "model"


def test_what_was_left_out_stays_in_the_status_until_it_is_loaded_again() -> None:
    failing = [True]

    def load(report: Report) -> str:
        part.note("One layer was left out.")
        part.note("One layer was left out.")
        report("half", 0.5)
        if failing.pop():
            raise ModelError("It is broken.")
        return "model"

    part = BackgroundModel("painter", load)
    part.load()
    assert (part.status.state, part.status.notes) == ("failed", ("One layer was left out.",))
    failing.append(False)
    part.load()
    assert (part.status.state, part.status.notes) == ("ready", ("One layer was left out.",))


def test_loading_runs_once_however_many_wait() -> None:
    calls = []
    part = BackgroundModel("composer", lambda report: calls.append(1))
    part.start()
    part.start()
    list(part.wait())
    list(part.wait())
    assert calls == [1]


def test_a_failure_is_a_sentence_and_may_be_tried_again() -> None:
    attempts = []

    def load(report: Report) -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise ModelError("The folder is empty.")
        return "model"

    part = BackgroundModel("composer", load)
    with pytest.raises(ModelError, match=r"The folder is empty\."):
        list(part.wait())
    assert part.status.state == "failed"
    with pytest.raises(ModelError, match=r"The folder is empty\."):
        _ = part.model
    list(part.wait())
    assert part.model == "model"


def test_an_unexpected_error_names_the_part_and_the_cause(caplog: pytest.LogCaptureFixture) -> None:
    part = BackgroundModel("composer", lambda report: {}["weights"])
    with pytest.raises(ModelError, match="composer could not be loaded: KeyError"):
        list(part.wait())
    assert "Traceback" in caplog.text


def test_waiting_ends_when_stopped() -> None:
    never, stop = threading.Event(), threading.Event()
    part = BackgroundModel("composer", lambda report: never.wait(10))
    statuses = part.wait(stop)
    next(statuses)
    stop.set()
    assert list(statuses) == []
    never.set()


def test_a_part_can_be_loaded_on_this_thread() -> None:
    seen: list[threading.Thread] = []

    def load(report: Report) -> str:
        seen.append(threading.current_thread())
        return "model"

    part = BackgroundModel("It", load)
    part.load()
    part.load()
    assert seen == [threading.current_thread()], "once, and here"
    assert (part.status.state, part.model) == ("ready", "model")


def test_a_failure_is_reported_when_what_was_loaded_is_let_go() -> None:
    class Heavy:
        gone = False

        def __del__(self) -> None:
            time.sleep(0.3)
            Heavy.gone = True

    def load(report: Report) -> Any:
        heavy = Heavy()
        raise ModelError(f"It does not fit, said {type(heavy).__name__}.")

    with pytest.raises(ModelError, match="does not fit"):
        list(BackgroundModel("The model", load).wait())
    assert Heavy.gone
