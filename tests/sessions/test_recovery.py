"""What a kill left in a conversation's folder, looked at file by file."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from lib_omost.artifacts.atomic import TEMPORARY
from lib_omost.sessions import Session, StoredMessage
from lib_omost.sessions.journal import Journal
from lib_omost.sessions.recovery import HOUR, INTERRUPTED, recovered, set_aside, sweep, with_reply

NAME = "20260131-235959-0a1b2c"
FIRST, SECOND, THIRD = (f"{number:012x}" for number in (1, 2, 3))
SESSION = Session(
    NAME,
    messages=(StoredMessage("prompt", "p", id=FIRST), StoredMessage("reply", "abc", id=SECOND, parent=FIRST)),
    current=SECOND,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / NAME / "pictures").mkdir(parents=True)
    return tmp_path / NAME


def journal(folder: Path, name: str, parent: str | None, text: str) -> Path:
    path = folder / f"reply-{name}.jsonl"
    written = Journal(path, parent)
    written.append(text)
    written.close()
    return path


def added(session: Session) -> list[tuple[str, str, str]]:
    """Kind and text of the messages behind those of SESSION, and the text of what each follows."""
    texts = {message.id: message.text for message in session.messages}
    assert session.messages[:2] == SESSION.messages
    return [(each.kind, each.text, texts[str(each.parent)]) for each in session.messages[2:]]


def test_a_folder_without_leftovers_changes_nothing(folder: Path) -> None:
    (folder / "reply-x.txt").write_text("")
    (folder / "pictures" / "a b.png").write_text("")
    (folder / "pictures" / "a.jpg").write_text("")
    whole, notices = recovered(folder, SESSION, ())
    assert whole is SESSION
    assert notices == []


def test_journals_become_replies_in_the_order_of_their_names(folder: Path) -> None:
    journal(folder, "2", SECOND, "second")
    live = journal(folder, "1", SECOND, "first")
    journal(folder, "3", FIRST, "ab")
    journal(folder, "4", THIRD, "lost its parent")
    whole, notices = recovered(folder, SESSION, {live})
    assert notices == []
    assert added(whole) == [
        ("reply", "first", "abc"),
        ("reply", "second", "abc"),
        ("note", INTERRUPTED, "second"),
        ("reply", "lost its parent", "first"),
        ("note", INTERRUPTED, "lost its parent"),
    ]
    assert [message.text for message in whole.path()] == ["p", "abc", "first", "lost its parent", INTERRUPTED]
    assert all(len(message.id) == 12 and message.time for message in whole.messages[2:])
    assert whole.updated


def test_damaged_journals_are_set_aside_and_reported_and_live_ones_are_not(folder: Path) -> None:
    live, empty, bad, link = (folder / f"reply-{number}.jsonl" for number in range(4))
    live.write_bytes(b"5\n")
    empty.write_bytes(b"")
    bad.write_bytes(b"7\n")
    outside = journal(folder.parent, "outside", SECOND, "not for here")
    link.symlink_to(outside)
    (folder / "reply-4.jsonl").mkdir()
    whole, notices = recovered(folder, SESSION, {live})
    assert whole is SESSION
    asides = sorted(folder.glob("damaged-*.jsonl"))
    assert len(asides) == len(notices) == 2
    for notice in notices:
        assert notice.startswith("A reply of 2026-01-31 is damaged; its file was set aside as ")
    assert sorted(notice.split(" as ")[1].removesuffix(".") for notice in notices) == [str(path) for path in asides]
    assert {path.read_bytes() for path in asides} == {b"7\n", outside.read_bytes()}
    assert (live.read_bytes(), empty.read_bytes()) == (b"5\n", b"")


def test_pictures_that_no_message_shows_are_shown_at_the_end(folder: Path) -> None:
    for name in ("b.png", "a.png", "c.png"):
        (folder / "pictures" / name).write_bytes(b"")
    shown = StoredMessage("picture", "b", file="b.png", id=THIRD, parent=SECOND)
    session = Session(NAME, messages=(*SESSION.messages, shown), current=THIRD)
    whole, notices = recovered(folder, session, ())
    assert notices == []
    assert [(message.kind, message.text, message.file) for message in whole.path()[2:]] == [
        ("picture", "b", "b.png"),
        ("picture", "Rendered picture", "a.png"),
        ("picture", "Rendered picture", "c.png"),
    ]


@pytest.mark.parametrize(("text", "known"), [("abc", True), ("a", True), ("abcd", False), ("bc", False)])
def test_a_reply_that_is_there_in_full_is_not_added(text: str, known: bool) -> None:
    assert (with_reply(SESSION, FIRST, text) is SESSION) == known
    assert added(with_reply(SESSION, SECOND, text)) == [("reply", text, "abc")], "it answers another message"
    prompt = Session(NAME, messages=(*SESSION.messages, StoredMessage("prompt", "abcd", id=THIRD, parent=FIRST)))
    assert (with_reply(prompt, FIRST, text) is prompt) == known, "a prompt is no reply"


def test_a_reply_moves_the_shown_way_only_from_its_end() -> None:
    assert [each.text for each in with_reply(SESSION, SECOND, "x", "note").path()] == ["p", "abc", "x", "note"]
    assert [each.text for each in with_reply(SESSION, FIRST, "x", "note").path()] == ["p", "abc"]
    assert [each.text for each in with_reply(Session(NAME), None, "x").path()] == ["x"]


def test_what_cannot_be_renamed_stays_and_is_logged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / "session.json"
    path.write_bytes(b"x")
    aside = set_aside(path)
    assert (aside.parent, aside.suffix, aside.read_bytes(), path.exists()) == (folder, ".json", b"x", False)
    assert aside.name.startswith("damaged-")
    with caplog.at_level(logging.WARNING):
        assert set_aside(path) == path
    assert str(path) in caplog.text


def test_only_what_is_done_or_old_is_swept(folder: Path) -> None:
    journal(folder, "1", FIRST, "abc")
    now = time.time()
    for place in (folder, folder / "pictures"):
        for name, age in ((f"{TEMPORARY}old", HOUR + 60), (f"{TEMPORARY}new", HOUR - 60), ("session.json", 2 * HOUR)):
            (place / name).write_bytes(b"")
            os.utime(place / name, (now - age, now - age))
    (folder / f"{TEMPORARY}folder").mkdir()
    os.utime(folder / f"{TEMPORARY}folder", (0, 0))
    sweep(folder)
    assert sorted(path.name for path in (folder / "pictures").iterdir()) == [f"{TEMPORARY}new", "session.json"]
    left = [f"{TEMPORARY}folder", f"{TEMPORARY}new", "pictures", "session.json"]
    assert sorted(path.name for path in folder.iterdir()) == left
