from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lib_omost.artifacts.atomic import TEMPORARY
from lib_omost.errors import SessionError
from lib_omost.runtime.folders import data_folder
from lib_omost.sessions import Session, Store, StoredMessage, default_folder, journal
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


def test_nothing_is_written_before_something_was_said(store: Store) -> None:
    assert store.summaries() == []
    assert not store.folder.exists()


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


def test_a_picture_that_was_saved_and_not_yet_told_is_there(store: Store, picture: Path) -> None:
    session = store.keep(None, [prompt(), reply()])
    folder = store.folder / session.id / "pictures"
    folder.mkdir()
    picture.rename(folder / "b.png")
    (folder / f"{TEMPORARY}x").write_bytes(b"half")
    assert store.load(session.id).path()[-1].file == "b.png"


@pytest.mark.parametrize("file", ["../session.json", "..%2f.png", "a/b.png", ".png", "x.jpg", "a.png\n", "\x00.png"])
def test_a_pictures_name_leads_nowhere_else(store: Store, file: str) -> None:
    name = store.keep(None, [prompt()]).id
    assert store.picture(name, file) is None
    assert store.picture("..", "a.png") is None


def test_a_symbolic_link_leads_nowhere_else(store: Store, picture: Path, tmp_path: Path) -> None:
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
def test_a_conversation_that_cannot_be_is_told(store: Store, name: str) -> None:
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


def test_a_delete_that_fails_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
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

    monkeypatch.setattr(store_module, "from_bytes", reading)
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


def test_a_disk_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file where a folder should be")
    with pytest.raises(SessionError, match="cannot be kept in"):
        Store(tmp_path / "sessions").keep(None, [prompt()])


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
