"""A conversation as a tree of messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lib_omost.sessions import Session, StoredMessage
from lib_omost.sessions.form import MESSAGE_NAME, SESSION_NAME
from lib_omost.sessions.model import MAX_TITLE, UNTITLED, Summary, new_message_id, new_session_id, now, short, summary

OLD = "2026-01-31T23:59:59Z"
EMPTY = Session("20260131-235959-0a1b2c")


def chat(*texts: str) -> list[StoredMessage]:
    """Prompts and replies by turns."""
    return [StoredMessage("reply" if number % 2 else "prompt", text) for number, text in enumerate(texts)]


def shown(session: Session) -> list[str]:
    return [message.text for message in session.path()]


def test_times_and_names_are_of_now() -> None:
    time = datetime.strptime(now(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - time) < timedelta(seconds=10)
    name = new_session_id()
    assert SESSION_NAME.fullmatch(name)
    began = datetime.strptime(name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - began) < timedelta(seconds=10)
    assert MESSAGE_NAME.fullmatch(new_message_id())
    assert len({new_message_id() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("x" * MAX_TITLE, "x" * MAX_TITLE),
        ("x" * (MAX_TITLE + 1), "x" * (MAX_TITLE - 1) + "…"),
        ("x" * (MAX_TITLE - 2) + "  " + "y" * 9, "x" * (MAX_TITLE - 2) + "…"),
        (" a\n\tb\x00c\u200b d ", "a b c d"),
        (" " * (4 * MAX_TITLE - 1) + "ab", "a"),
        ("", ""),
    ],
)
def test_a_title_is_one_short_line(text: str, title: str) -> None:
    assert short(text) == title
    session = Session(
        EMPTY.id,
        messages=(StoredMessage("reply", "r"), StoredMessage("prompt", text), StoredMessage("prompt", "second")),
    )
    assert session.shown_title == (title or UNTITLED)
    assert replace(session, title="Mine").shown_title == "Mine"
    assert EMPTY.shown_title == UNTITLED


def test_a_summary_counts_prompts_and_pictures() -> None:
    kinds = ("prompt", "reply", "picture", "picture", "note", "prompt", "picture")
    session = replace(EMPTY, updated=OLD, messages=tuple(StoredMessage(kind, kind) for kind in kinds))  # type: ignore[arg-type]
    pictures = replace(session, messages=(*session.messages, StoredMessage("picture", "p", file="last.png")))
    assert summary(pictures).picture == "last.png"
    assert summary(session) == Summary(EMPTY.id, "prompt", OLD, 2, 3)


def test_pictures_say_the_same_by_their_file_and_all_else_by_its_text() -> None:
    picture = StoredMessage("picture", "x", file="a.png")
    assert picture.same_content(StoredMessage("picture", "y", file="a.png", caption="c"))
    assert not picture.same_content(StoredMessage("picture", "x", file="b.png"))
    assert not picture.same_content(StoredMessage("note", "x", file="a.png"))
    assert StoredMessage("note", "x", id="1", parent="2", time=OLD).same_content(StoredMessage("note", "x"))
    assert not StoredMessage("note", "x").same_content(StoredMessage("error", "x"))
    assert not StoredMessage("note", "x").same_content(StoredMessage("note", "y"))


def test_what_is_new_has_a_name_a_parent_and_a_time() -> None:
    first = EMPTY.continued([replace(chat("p")[0], time=OLD, id="old", parent="other"), chat("p", "r")[1]])
    prompt, reply = first.path()
    assert (prompt.parent, prompt.time, reply.parent) == (None, OLD, prompt.id)
    assert all(MESSAGE_NAME.fullmatch(message.id) for message in (prompt, reply))
    assert reply.time >= OLD
    assert first.created >= OLD
    assert first.updated >= OLD
    assert replace(EMPTY, created=OLD, updated=OLD).continued([]).created == OLD
    assert EMPTY.continued([]).current is None


def test_the_latest_of_equal_branches_goes_on() -> None:
    twins = [StoredMessage("prompt", "p", id=name) for name in ("1" * 12, "2" * 12)]
    session = replace(EMPTY, messages=tuple(twins)).continued(chat("p", "r"))
    assert session.path()[0].id == "2" * 12
    assert session.children("2" * 12) == session.messages[2:]
    assert session.children(None) == tuple(twins)
    assert session.children("1" * 12) == ()


def test_only_one_changed_reply_is_an_edit() -> None:
    session = EMPTY.continued(chat("p", "r", "q", "s"))
    edited = replace(session, updated="").continued(chat("p", "R", "q", "s"), edited=True)
    assert edited.updated >= OLD
    assert shown(edited) == ["p", "R", "q", "s"]
    assert [message.by_hand for message in edited.path()] == [False, True, False, False]
    assert [each.id for each in edited.path()] == [each.id for each in session.path()], "what follows it stays its own"
    (kept,) = edited.messages[4:]
    assert (kept.text, kept.parent, kept.by_hand) == ("r", session.messages[0].id, False)
    assert kept.id not in [message.id for message in session.messages]
    again = edited.continued(chat("p", "RR", "q", "s"), edited=True)
    assert [message.text for message in again.messages] == ["p", "RR", "q", "s", "r"]
    branches = {
        "two replies": chat("p", "R", "q", "S"),
        "a prompt": chat("P", "r", "q", "s"),
        "a shorter chat": chat("p", "R"),
        "a longer chat": chat("p", "R", "q", "s", "t"),
        "a note for a reply": [*chat("p"), StoredMessage("note", "R"), *chat("q", "s")],
    }
    for name, said in branches.items():
        other = session.continued(said, edited=True)
        assert other.messages[:4] == session.messages, name
        assert shown(other) == [message.text for message in said], name
        assert not any(message.by_hand for message in other.messages), name
    assert len(session.continued(chat("p", "R", "q", "s")).messages) == 7, "nobody said that it is an edit"


def test_a_chat_without_its_beginning_follows_what_it_shares() -> None:
    session = EMPTY.continued(chat("p", "r", "p", "s", "q"))
    for cut in (1, 2, 3, 4):
        said = chat("p", "r", "p", "s", "q", "t")[cut:]
        more = session.continued(said, cut_off=True)
        assert len(more.messages) == 6
        assert shown(more) == ["p", "r", "p", "s", "q", "t"], cut
    other = session.continued(chat("x", "y"), cut_off=True)
    assert shown(other) == ["x", "y"], "it shares nothing"
    assert other.path()[0].parent is None
    assert session.continued(chat("p", "s"), cut_off=False).path()[0].parent is None
