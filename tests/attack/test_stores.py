"""Conversations and pictures of others, and a folder that two processes want."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lib_omost.sessions import Store, Stores
from lib_omost.sessions.lock import FolderLock
from lib_omost.sessions.stores import folder_name
from lib_omost.ui.serving.start import build_parser, lock_store, open_store
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.entries import PictureEntry
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper
from lib_omost.ui.state.shelf import Shelf
from lib_omost.ui.state.users import login_of, page_name
from tests.attack.conftest import Served
from tests.ui.brush import Brush
from tests.ui.studios import SAMPLING, open_studio, play


@pytest.fixture
def handlers(tmp_path: Path) -> Handlers:
    stores = Stores(tmp_path / "sessions")
    gallery = Gallery(tmp_path / "outputs", stores)
    studio = open_studio(painter=Brush())
    studio.start()
    return Handlers(studio, gallery, Keeper(stores, gallery))


def test_a_login_sees_only_its_own_conversations(handlers: Handlers) -> None:
    ann, ben = page_name("session", "ann"), page_name("session", "ben")
    page, _ = play(handlers.send(ann, Conversation(), "a harbour", SAMPLING))
    name = page["memory"]["session"]
    assert [item["id"] for item in handlers.keeper.listed(ann)["sessions"]] == [name]
    assert handlers.keeper.listed(ben)["sessions"] == []
    assert "no such conversation" in play(handlers.opened(ben, {"session": name}))[0]["warning"]
    shelf = Shelf(handlers)
    for act in ("open", "rename", "export", "delete"):
        assert "no such conversation" in play(shelf.chosen(ben, act, name, "mine"))[0]["warning"]
    assert play(handlers.opened(ann, {"session": name}))[0]["session"] == name
    assert not handlers.jobs.stop(ben)


def test_a_page_of_another_login_cannot_be_named() -> None:
    assert login_of(page_name("ann\nsession", "ben")) == "ben"
    assert page_name("x", "ann") != page_name("x", "ben")
    assert login_of(page_name("x", "")) == ""
    names = ["ann", "Ann", "a/../b", "..", "", "con", "ä", "a" * 500]
    assert len({folder_name(name) for name in names}) == len(names)
    assert all(set(folder_name(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)


def test_names_of_pictures_cannot_be_guessed(handlers: Handlers) -> None:
    from tests.scripted import REPLY
    from tests.ui.studios import SETTINGS

    page, _ = play(handlers.code_edited("page", Conversation(), REPLY))
    chat = play(handlers.render("page", page["chat"], {**SETTINGS, "count": 2}))[0]["chat"]
    names = [entry.name for entry in chat.entries if isinstance(entry, PictureEntry)]
    tokens = [name.rpartition("-")[2].removesuffix(".png") for name in names]
    assert len(set(tokens)) == 2
    assert all(len(token) == 16 for token in tokens)


def test_a_strangers_picture_is_not_served_without_its_name(own_page: Served) -> None:
    for path in ("/etc/passwd", str(own_page.folder / "outputs"), "C:/x", "../../x.png", "/tmp/gradio"):
        assert own_page.ask("GET", f"/gradio_api/file={path}")[0] in (403, 404)


def test_logins_have_their_own_stores_unless_they_share_them(tmp_path: Path) -> None:
    def opened(*arguments: str) -> Store | Stores | None:
        return open_store(build_parser().parse_args(["--sessions", str(tmp_path), *arguments]))

    two = ("--public", "--password", "ann:a", "--password", "ben:b")
    assert isinstance(opened(*two), Stores)
    assert isinstance(opened(*two, "--shared-sessions"), Store)
    assert isinstance(opened("--public", "--password", "ann:a"), Store)
    assert isinstance(opened(), Store)


HOLD = """
import sys, time
from pathlib import Path
from lib_omost.sessions.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


def test_a_second_process_says_so_and_leaves_the_first_ones_journal_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    session = store.keep(None, [])
    journal = store.journal(session.id, None)
    journal.append("half a reply")
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline().strip() == "True"
        second, lock, sentence = lock_store(Store(tmp_path))
        assert (second, lock) == (None, None)
        assert "Another Omost Studio works with the conversations" in sentence
        assert journal.path.exists()
    finally:
        first.kill()
        first.wait()
    mine = FolderLock(tmp_path)
    assert mine.acquire(), "a killed process leaves no lock behind"
    assert not FolderLock(tmp_path).acquire()
    mine.release()
