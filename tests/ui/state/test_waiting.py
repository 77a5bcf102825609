from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lib_omost.errors import LimitError
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.page_state import Changes
from lib_omost.ui.state.waiting import MAX_WAITING, WaitingLine
from tests.ui.studios import PAGE, open_handlers, play


def start(chat: Conversation) -> list[Conversation]:
    return [chat]


def texts(line: WaitingLine, page: str = "a") -> list[str]:
    return [item["text"] for item in line.to_json(page)["items"]]


def test_requests_leave_in_the_order_in_which_they_came_and_any_can_be_removed() -> None:
    line = WaitingLine()
    for text in ("one", "two", "three"):
        line.add("a", "chat", text, start)
    line.add("b", "render", "other page", start)
    second = line.to_json("a")["items"][1]["id"]
    assert [item["text"] for item in line.remove("a", second)["waiting"]["items"]] == ["one", "three"]
    line.remove("a", 99)
    taken = line.take("a")
    assert taken is not None
    assert (taken.text, taken.kind) == ("one", "chat")
    assert texts(line) == ["three"]
    assert texts(line, "b") == ["other page"]


def test_a_stop_or_an_error_pauses_the_queue_until_it_is_resumed() -> None:
    line = WaitingLine()
    assert line.pause("a") == {}, "there is nothing to pause"
    line.add("a", "chat", "one", start)
    assert line.follow("a", {"busy": None, "progress": {"text": "", "kind": "note"}}).get("waiting") is None
    assert line.follow("a", {"busy": None, "progress": {"text": "x", "kind": "error"}})["waiting"]["paused"]
    assert line.take("a") is None
    assert not line.resume("a")["waiting"]["paused"]
    assert line.take("a") is not None
    line.add("a", "chat", "two", start)
    line.pause("a")
    line.remove("a", line.to_json("a")["items"][0]["id"])
    assert line.to_json("a") == {"items": [], "paused": False}


def test_another_chat_empties_the_queue_and_it_has_an_end() -> None:
    line = WaitingLine()
    for number in range(MAX_WAITING):
        assert "warning" not in line.add("a", "chat", f"{number} " + "x" * 200, start)
    assert "warning" in line.add("a", "chat", "too many", start)
    assert len(texts(line)) == MAX_WAITING
    assert len(texts(line)[0]) <= 80
    assert line.follow("a", {"session": None})["waiting"]["items"] == []
    assert line.take("a") is None


def test_a_request_that_is_refused_stays_in_front() -> None:
    line = WaitingLine()
    for text in ("one", "two"):
        line.add("a", "chat", text, start)
    refused = line.take("a")
    assert refused is not None
    assert line.put_back("a", refused)["waiting"]["paused"]
    assert texts(line) == ["one", "two"]


def test_a_page_keeps_what_its_limits_refuse(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)

    def refused(chat: Conversation) -> Iterator[Changes]:
        raise LimitError("Too many pictures.")
        yield {}

    handlers.waiting.add(PAGE, "render", "Render", refused)
    page, _ = play(handlers.next_waiting(PAGE, Conversation()))
    assert page["warning"] == "Too many pictures."
    assert page["waiting"]["paused"]
    assert [item["text"] for item in page["waiting"]["items"]] == ["Render"]
