from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lib_omost.artifacts.atomic import TEMPORARY
from lib_omost.errors import SessionError
from lib_omost.runtime.folders import data_folder
from lib_omost.sessions import Session, Store, StoredMessage, default_folder, journal
from lib_omost.sessions import folder as folder_module
from lib_omost.sessions import store as store_module
from lib_omost.sessions.form import from_bytes, to_bytes
from lib_omost.sessions.recovery import INTERRUPTED

ROOT = Path(__file__).resolve().parents[2]


def prompt(text: str = "a harbour") -> StoredMessage:
    return StoredMessage("prompt", text)


def reply(text: str = "canvas = Canvas()") -> StoredMessage:
    return StoredMessage("reply", text)


def said(session: Session) -> list[tuple[str, str]]:
    return [(message.kind, message.text) for message in session.path()]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "sessions")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "made.png"
    Image.new("RGB", (8, 8), "red").save(path)
    return path


def test_nothing_is_written_before_the_first_message(store: Store) -> None:
    assert store.summaries() == []
    assert not store.folder.exists()


def test_nothing_is_written_where_nothing_has_changed(store: Store) -> None:
    assert store.keep(None, []).messages == ()
    assert store.keep("20260101-000000-0a1b2c", []).id == "20260101-000000-0a1b2c"
    assert not store.folder.exists()
    session = store.keep("20260101-000000-0a1b2c", [prompt()], {"render": {"seed": 1}})
    assert (session.id, len(session.messages)) == ("20260101-000000-0a1b2c", 1)
    assert session.created
    path = store.folder / session.id / "session.json"
    os.utime(path, (0, 0))
    store.keep(session.id, [prompt()])
    store.keep(session.id, [prompt()], {"render": {"seed": 1}})
    assert path.stat().st_mtime == 0
    assert store.keep(session.id, [prompt()], {"sampling": {"seed": 2}}).settings == {
        "render": {"seed": 1},
        "sampling": {"seed": 2},
    }
    assert path.stat().st_mtime > 0


def test_a_conversation_is_there_again(store: Store) -> None:
    values = {"sampling": {"seed": 3, "top_p": 0.5}, "render": {"width": 64, "negative_prompt": "ü"}}
    kept = store.keep(None, [prompt(), reply("x\r\n\ty"), StoredMessage("error", "The model has failed.")], values)
    again = Store(store.folder).load(kept.id)
    assert again == kept
    assert said(again) == [("prompt", "a harbour"), ("reply", "x\r\n\ty"), ("error", "The model has failed.")]
    (item,) = store.summaries()
    assert (item.id, item.title, item.prompts, item.pictures) == (kept.id, "a harbour", 1, 0)


def test_files_and_folders_are_the_owners_alone(store: Store) -> None:
    name = store.keep(None, [prompt()]).id
    if os.name == "posix":
        modes = [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (store.folder, *store.folder.rglob("*"))]
        assert modes == [0] * len(modes)
    assert [path.name for path in (store.folder / name).iterdir()] == ["session.json"]


def test_an_undo_and_a_retry_keep_the_old_branch(store: Store) -> None:
    name = store.keep(None, [prompt(), reply("first"), prompt("more"), reply("second")]).id
    store.keep(name, [prompt(), reply("first")])
    assert said(store.load(name)) == [("prompt", "a harbour"), ("reply", "first")]
    store.keep(name, [prompt(), reply("other")])
    session = store.load(name)
    assert said(session) == [("prompt", "a harbour"), ("reply", "other")]
    assert [message.text for message in session.messages] == ["a harbour", "first", "more", "second", "other"]
    again = store.keep(name, [prompt(), reply("first"), prompt("more"), reply("second")])
    assert len(again.messages) == 5, "going back to a branch adds nothing"
    assert [child.text for child in again.children(again.messages[0].id)] == ["first", "other"]


def test_edits_by_hand_replace_each_other_and_never_what_was_written(store: Store) -> None:
    shown = StoredMessage("picture", "", file="a.png")
    name = store.keep(None, [prompt(), reply("written"), shown]).id
    for text in ("moved", "moved again", "moved once more"):
        store.keep(name, [prompt(), reply(text), shown], edited=True)
    session = store.load(name)
    assert said(session) == [("prompt", "a harbour"), ("reply", "moved once more"), ("picture", "")]
    assert [message.text for message in session.messages if message.kind == "reply"] == ["moved once more", "written"]
    store.keep(name, [prompt(), reply("written")], edited=True)
    assert said(store.load(name)) == [("prompt", "a harbour"), ("reply", "written")]
    assert len(store.load(name).messages) == 4, "a step to another branch adds nothing"


def test_a_chat_whose_beginning_was_cut_off_goes_on_where_it_belongs(store: Store) -> None:
    long = [message for number in range(5) for message in (prompt(f"p{number}"), reply(f"r{number}"))]
    name = store.keep(None, long).id
    session = store.keep(name, [*long[4:], prompt("more")], cut_off=True)
    assert said(session)[-1] == ("prompt", "more")
    assert len(session.path()) == 11
    assert len(store.keep(name, [*long[4:], prompt("less")]).path()) == 7, "nobody said that it was cut off"


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
messages = st.builds(StoredMessage, st.sampled_from(("prompt", "reply", "note", "error")), texts)


@settings(deadline=None)
@given(st.lists(st.lists(messages, max_size=6), max_size=5))
def test_every_chat_is_shown_as_it_was_kept_last_and_nothing_is_lost(chats: list[list[StoredMessage]]) -> None:
    session = Session("20260101-000000-000000")
    seen: list[tuple[str, str]] = []
    for chat in chats:
        session = from_bytes(to_bytes(session.continued(chat)), session.id).session
        assert said(session) == [(message.kind, message.text) for message in chat]
        seen += said(session)
    assert {(message.kind, message.text) for message in session.messages} == set(seen)


def test_a_reply_is_kept_piece_by_piece(store: Store) -> None:
    session = store.keep(None, [prompt()])
    journal = store.journal(session.id, session.current)
    for piece in ("```py", "thon\n", "ü😀\x00"):
        journal.append(piece)
    # Another process, or this one after a kill, sees all of it; this one knows that it still goes on.
    assert said(store.load(session.id))[1:] == [("reply", "```python\nü😀\x00")]
    assert said(Store(store.folder).load(session.id))[1:] == [("reply", "```python\nü😀\x00"), ("note", INTERRUPTED)]


def test_a_settled_reply_is_a_message_once(store: Store) -> None:
    session = store.keep(None, [prompt()])
    journal = store.journal(session.id, session.current)
    journal.append("abc")
    store.settle(journal)
    assert list((store.folder / session.id).glob("reply-*")) == []
    assert said(store.load(session.id)) == [("prompt", "a harbour"), ("reply", "abc")]
    store.keep(session.id, [prompt(), reply("abc"), StoredMessage("note", "Stopped.")])
    assert len(store.load(session.id).messages) == 3


def test_a_kill_between_keeping_and_settling_doubles_nothing(store: Store) -> None:
    session = store.keep(None, [prompt()])
    store.journal(session.id, session.current).append("abc")
    store.keep(session.id, [prompt(), reply("abc")])
    again = Store(store.folder).load(session.id)
    assert [(message.kind, message.text) for message in again.messages] == [("prompt", "a harbour"), ("reply", "abc")]
    assert list((store.folder / session.id).glob("reply-*")) == []


def test_a_reply_that_was_broken_off_says_so_behind_itself(store: Store) -> None:
    session = store.keep(None, [prompt(), reply("first"), prompt("more")])
    store.journal(session.id, session.current).append("abc")
    again = Store(store.folder).load(session.id)
    assert said(again)[-2:] == [("reply", "abc"), ("note", INTERRUPTED)]
    assert again.path()[-1].parent == again.path()[-2].id


def test_a_folder_is_swept_once_no_reply_is_on_its_way(store: Store) -> None:
    session = store.keep(None, [prompt()])
    journal = store.journal(session.id, session.current)
    journal.append("abc")
    left = store.folder / session.id / f"{TEMPORARY}x"
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    assert said(store.load(session.id))[1:] == [("reply", "abc")]
    assert left.exists()
    assert journal.path.exists()
    store.settle(journal)
    assert said(store.load(session.id))[1:] == [("reply", "abc")]
    assert not left.exists()


def test_a_reply_to_a_deleted_conversation_is_not_kept(store: Store) -> None:
    session = store.keep(None, [prompt()])
    journal = store.journal(session.id, session.current)
    journal.append("abc")
    store.delete(session.id)
    store.settle(journal)
    assert list(store.folder.iterdir()) == []
    with pytest.raises(SessionError, match="no such conversation"):
        store.journal("..", None)


def test_a_reply_without_a_word_leaves_nothing(store: Store) -> None:
    session = store.keep(None, [prompt()])
    store.settle(store.journal(session.id, session.current))
    assert len(store.load(session.id).messages) == 1
    assert list((store.folder / session.id).glob("reply-*")) == []


def test_a_journal_is_read_up_to_the_longest_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_TEXT", 4)
    session = store.keep(None, [prompt()])
    written = store.journal(session.id, session.current)
    written.append("abcdef")
    store.settle(written)
    assert said(store.load(session.id))[-1] == ("reply", "abcd")


def test_a_half_written_line_does_not_count(store: Store) -> None:
    session = store.keep(None, [prompt()])
    journal = store.journal(session.id, session.current)
    journal.append("abc")
    with journal.path.open("ab") as file:
        file.write(b'"def')
    assert said(Store(store.folder).load(session.id))[1] == ("reply", "abc")


def test_a_recovered_reply_does_not_move_a_chat_that_has_gone_on(store: Store) -> None:
    session = store.keep(None, [prompt()])
    store.journal(session.id, session.current).append("abcdef")
    store.keep(session.id, [prompt(), reply("abc"), prompt("more")])
    again = Store(store.folder).load(session.id)
    assert said(again)[-1] == ("prompt", "more")
    assert "abcdef" in [message.text for message in again.messages]


def test_pictures_are_kept_beside_the_conversation(store: Store, picture: Path) -> None:
    shown = StoredMessage("picture", "Rendered picture", file="a-1.png", caption="Seed 7")
    session = store.keep(None, [prompt(), reply(), shown], pictures={"a-1.png": picture})
    path = store.picture(session.id, "a-1.png")
    assert path is not None
    picture.unlink()
    assert path.read_bytes()[:4] == b"\x89PNG"
    assert store.load(session.id).path()[-1].caption == "Seed 7"


def test_a_picture_that_cannot_be_linked_is_copied_for_its_owner_alone(
    store: Store, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    shown = StoredMessage("picture", "", file="a.png")
    path = store.picture(store.keep(None, [prompt(), shown], pictures={"a.png": picture}).id, "a.png")
    assert path is not None
    assert path.read_bytes() == picture.read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_picture_that_was_saved_and_not_yet_reported_is_there(store: Store, picture: Path) -> None:
    session = store.keep(None, [prompt(), reply()])
    folder = store.folder / session.id / "pictures"
    folder.mkdir()
    picture.rename(folder / "b.png")
    (folder / f"{TEMPORARY}x").write_bytes(b"half")
    assert store.load(session.id).path()[-1].file == "b.png"


@pytest.mark.parametrize("file", ["../session.json", "..%2f.png", "a/b.png", ".png", "x.jpg", "a.png\n", "\x00.png"])
def test_the_name_of_a_picture_cannot_leave_the_folder(store: Store, file: str) -> None:
    name = store.keep(None, [prompt()]).id
    for folder in (store.folder / name / "pictures", store.folder.parent / "pictures"):
        (folder / "a").mkdir(parents=True)
        for path in (folder / "a.png", folder / "x.jpg", folder / ".png", folder / "a" / "b.png"):
            path.write_bytes(b"")
    assert store.picture(name, "a.png") is not None
    assert store.picture(name, file) is None
    assert store.picture("..", "a.png") is None


def test_a_symbolic_link_cannot_leave_the_folder(store: Store, picture: Path, tmp_path: Path) -> None:
    """Whoever may write to the folder shall not make the page serve, or a delete remove, what lies outside it."""
    shown = StoredMessage("picture", "", file="a.png")
    name = store.keep(None, [prompt(), shown], pictures={"a.png": picture}).id
    path = store.picture(name, "a.png")
    assert path is not None
    path.with_name("b.png").symlink_to(picture)
    assert store.picture(name, "b.png") is None
    linked = "20260101-000000-0a1b2c"
    outside = tmp_path / "outside"
    (store.folder / name).rename(outside)
    (store.folder / linked).symlink_to(outside, target_is_directory=True)
    assert store.summaries() == []
    for act in (store.load, store.delete):
        with pytest.raises(SessionError, match="no such conversation"):
            act(linked)
    assert (outside / "session.json").exists()


@pytest.mark.parametrize("name", ["", "..", "/etc", "20260101-000000-00000g", "20260101-000000-000000", "x\x00"])
def test_a_conversation_that_cannot_be_is_reported(store: Store, name: str) -> None:
    store.keep(None, [prompt()])
    for act in (store.load, store.delete, lambda name: store.rename(name, "x")):
        with pytest.raises(SessionError, match="no such conversation"):
            act(name)


def test_rename_and_delete(store: Store) -> None:
    first, second = store.keep(None, [prompt("one")]).id, store.keep(None, [prompt("two")]).id
    assert store.rename(first, "  My\nharbour\x07 ").shown_title == "My harbour"
    assert {item.title for item in store.summaries()} == {"My harbour", "two"}
    assert store.rename(first, "").shown_title == "one"
    store.delete(second)
    assert [item.id for item in store.summaries()] == [first]
    assert [path.name for path in store.folder.iterdir()] == [first]


def test_a_delete_that_fails_is_reported(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    name = store.keep(None, [prompt()]).id

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(SessionError, match=r"^The conversation cannot be deleted: Permission denied\.$"):
        store.delete(name)
    assert said(store.load(name)) == [("prompt", "a harbour")]


def test_a_list_reads_only_what_has_changed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [store.keep(None, [prompt(text)]).id for text in ("one", "two")]
    read: list[str] = []

    def reading(data: bytes, name: str) -> object:
        read.append(name)
        return from_bytes(data, name)

    monkeypatch.setattr(folder_module, "from_bytes", reading)
    store.summaries()
    assert sorted(read) == sorted(names)
    read.clear()
    store.summaries()
    assert read == []
    store.rename(names[0], "other")
    read.clear()
    assert {item.title for item in store.summaries()} == {"other", "two"}
    assert read == [names[0]]


def test_the_conversation_that_a_chat_goes_on_with_is_found(store: Store) -> None:
    chat = [prompt(), reply("first"), prompt("more"), reply("second")]
    name = store.keep(None, chat).id
    store.keep(None, [prompt("a castle"), reply("other")])
    assert store.find(chat) == name
    assert store.find([*chat, prompt("and more")]) == name, "all but its last message is there"
    assert store.find(chat[:2]) == name
    assert store.find([*chat, prompt("and more"), reply("third")]) is None
    assert store.find([prompt()]) is None, "a prompt alone may begin any conversation"
    assert store.find([prompt("a castle"), reply("first")]) is None
    assert store.find([]) is None


DAMAGE = {
    "empty": b"",
    "zeros": b"\x00" * 500,
    "deep": b"[" * 100_000,
    "a list": b"[1, 2]",
    "another format": b'{"format": "x", "version": 1}',
    "no version": b'{"format": "omost-session"}',
    "huge number": b'{"format": "omost-session", "version": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_set_aside_and_harms_no_other(store: Store, data: bytes, picture: Path) -> None:
    shown = StoredMessage("picture", "", file="a.png")
    bad = store.keep(None, [prompt("bad"), shown], pictures={"a.png": picture}).id
    good = store.keep(None, [prompt("good")]).id
    (store.folder / bad / "session.json").write_bytes(data)
    again = Store(store.folder)
    titles = [item.title for item in again.summaries()]
    assert "good" in titles
    (notice,) = again.notices()
    assert "set aside" in notice
    (aside,) = (store.folder / bad).glob("damaged-*.json")
    assert str(aside) in notice
    assert aside.read_bytes() == data
    assert again.load(bad).path()[-1].file == "a.png", "its pictures are still there"
    assert said(again.load(good)) == [("prompt", "good")]
    assert again.notices() == []


def test_a_file_that_broke_off_gives_back_its_whole_messages(store: Store) -> None:
    name = store.keep(None, [prompt("one"), reply("two"), prompt("three")]).id
    path = store.folder / name / "session.json"
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"three") + 2])
    again = Store(store.folder)
    assert said(again.load(name)) == [("prompt", "one"), ("reply", "two")]
    assert "left out" in again.notices()[0]
    assert Store(store.folder).notices() == []
    (aside,) = path.parent.glob("damaged-*.json")
    assert aside.read_bytes() == data[: data.index(b"three") + 2]
    if os.name == "posix":
        assert stat.S_IMODE(aside.stat().st_mode) & 0o077 == 0, "it holds what was said, too"


def test_an_unsound_message_is_left_out_and_its_answers_stay(store: Store) -> None:
    name = store.keep(None, [prompt("one"), reply("two"), prompt("three")]).id
    path = store.folder / name / "session.json"
    value = json.loads(path.read_text("utf-8"))
    value["messages"][1]["kind"] = "program"
    value["messages"] += [{"id": "0" * 12, "parent": "0" * 12, "kind": "prompt", "text": "loop"}, 7]
    value["current"] = value["messages"][2]["id"]
    value["settings"] = {"render": {"width": float("nan"), "steps": [1], "height": 64}}
    path.write_text(json.dumps(value), "utf-8")
    session = Store(store.folder).load(name)
    assert said(session) == [("prompt", "one"), ("prompt", "three")]
    assert session.settings == {"render": {"height": 64}}


def test_a_later_version_is_left_alone(store: Store) -> None:
    name = store.keep(None, [prompt()]).id
    path = store.folder / name / "session.json"
    path.write_text(path.read_text("utf-8").replace('"version": 1', '"version": 2'), "utf-8")
    data = path.read_bytes()
    with pytest.raises(SessionError, match="later version"):
        Store(store.folder).load(name)
    assert path.read_bytes() == data


def test_a_disk_that_cannot_be_written_to_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file where a folder should be")
    with pytest.raises(SessionError, match="cannot be kept in"):
        Store(tmp_path / "sessions").keep(None, [prompt()])


def test_every_write_that_fails_is_reported_with_the_reason(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    session = store.keep(None, [prompt()])
    journal = store.journal(session.id, session.current)
    journal.append("abc")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "replacing", refuse)
    monkeypatch.setattr(store_module, "Journal", refuse)
    place = f"cannot be kept in {store.folder}: No space left on device."
    for act, what in (
        (lambda: store.keep(session.id, [prompt("x")]), f"The conversation {place}"),
        (lambda: store.write(session), f"The conversation {place}"),
        (lambda: store.rename(session.id, "x"), f"The conversation {place}"),
        (lambda: store.settle(journal), f"The conversation {place}"),
        (lambda: store.journal(session.id, None), f"The reply {place}"),
    ):
        with pytest.raises(SessionError) as told:
            act()
        assert str(told.value) == what
    assert said(store.load(session.id)) == [("prompt", "a harbour"), ("reply", "abc"), ("note", INTERRUPTED)]
    monkeypatch.undo()
    assert said(Store(store.folder).load(session.id))[1] == ("reply", "abc"), "it was not lost"


def test_what_cannot_be_read_is_reported_with_the_reason(store: Store) -> None:
    name = store.keep(None, [prompt()]).id
    path = store.folder / name / "session.json"
    path.unlink()
    with pytest.raises(SessionError, match=rf"The conversation of {name[:4]}-{name[4:6]}-{name[6:8]} is empty or dam"):
        store.load(name)
    path.mkdir()
    with pytest.raises(SessionError, match=re.escape(f"{path} cannot be read: Is a directory")):
        store.load(name)
    assert store.summaries() == []
    other = Store(store.folder.parent / "file")
    other.folder.write_bytes(b"")
    with pytest.raises(SessionError, match=re.escape(f"The folder {other.folder} cannot be read: Not a directory")):
        other.summaries()


def test_so_many_conversations_are_listed_and_searched(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = {f"2026010{day}-000000-0a1b2c": [prompt(str(day)), reply(str(day))] for day in (1, 2, 3)}
    for name, chat in chats.items():
        store.write(replace(Session(name).continued(chat), updated="2026-01-31T00:00:00Z"))
    latest = sorted(chats, reverse=True)
    assert [item.id for item in store.summaries()] == latest
    store.write(replace(store.load(latest[1]), updated="2026-02-01T00:00:00Z"))
    assert [item.id for item in store.summaries()] == [latest[1], latest[0], latest[2]], "the latest change first"
    monkeypatch.setattr(store_module, "MAX_SEARCHED", 2)
    assert [store.find(chats[name]) for name in latest] == [latest[0], latest[1], None]
    monkeypatch.setattr(store_module, "MAX_LISTED", 2)
    assert [item.id for item in store.summaries()] == [latest[1], latest[0]]


def test_a_conversation_has_so_many_messages_and_bytes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    session = store.keep(None, [prompt(), reply()])
    for name, bound in (("MAX_MESSAGES", 2), ("MAX_BYTES", len(to_bytes(session)))):
        monkeypatch.setattr(folder_module, name, bound)
        store.write(session)
        monkeypatch.setattr(folder_module, name, bound - 1)
        with pytest.raises(SessionError, match="too long to be kept"):
            store.write(session)
        monkeypatch.undo()


def test_no_more_of_a_file_is_read_than_a_conversation_may_have(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    name = store.keep(None, [prompt()]).id
    path = store.folder / name / "session.json"
    monkeypatch.setattr(folder_module, "MAX_BYTES", 1000)
    path.write_bytes(path.read_bytes().ljust(5000))
    seen: list[int] = []

    def reading(data: bytes, name: str) -> object:
        seen.append(len(data))
        return from_bytes(data, name)

    monkeypatch.setattr(folder_module, "from_bytes", reading)
    store.load(name)
    assert seen == [1001]


def test_many_threads_lose_nothing(store: Store) -> None:
    name = store.keep(None, [prompt()]).id

    def work(number: int) -> None:
        for count in range(5):
            store.keep(name, [prompt(), reply(f"{number}-{count}")])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.load(name).messages) == 21


def test_the_folder_is_in_the_users_data_folder_or_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OMOST_SESSIONS", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("OMOST_SESSIONS")
    assert default_folder() == data_folder() / "sessions"


def test_importing_loads_nothing_heavy_and_makes_no_folder(tmp_path: Path) -> None:
    code = "import sys, lib_omost.sessions; sys.exit(bool({'torch', 'gradio', 'PIL', 'numpy'} & set(sys.modules)))"
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-B", "-c", code], env=environment, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
