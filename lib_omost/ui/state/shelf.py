"""Handlers of the side bar: open, rename, export and delete conversations, and open files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lib_omost.artifacts.record import read_record_file
from lib_omost.artifacts.text import decoded, own_pages
from lib_omost.canvas import write
from lib_omost.canvas.layouts import read_layout
from lib_omost.errors import CanvasError, OmostError, SessionError
from lib_omost.sessions import Settings, Store
from lib_omost.sessions.archive import export, import_archive, packed_layout
from lib_omost.sessions.pictures import import_picture, last_round_from_record, picture_file

from .conversation import BY_HAND, Conversation
from .entries import Prompt, Reply
from .handlers import Handlers
from .keeping import conversation, kept
from .page_state import Changes, line
from .users import login_of

TEXTS = (".json", ".txt", ".md", ".py")
"""Suffixes of files with a layout."""
MAX_LAYOUT = 1 << 20
"""Bytes of a file with a layout that are read."""

SAVE = "If that is wrong, save it as UTF-8 and open it again."
NOT_KEPT = "Conversations are not saved here: start the program without --no-sessions to save them."


class Shelf:
    """The handlers of the side bar; one object serves all open pages."""

    def __init__(self, handlers: Handlers) -> None:
        self.handlers = handlers
        self.keeper = handlers.keeper

    def chosen(self, page: str, act: str, name: str, title: str) -> Iterator[Changes]:
        """Carry out an action of the list; `name` and `title` come from a browser."""
        match act:
            case "open":
                yield from self.open(page, name)
            case "rename":
                yield from self.rename(page, name, title)
            case "export":
                yield from self.export(page, name)
            case "delete":
                yield from self.delete(page, name)

    @kept
    def open(self, page: str, name: str) -> Iterator[Changes]:
        """Show a conversation in its last state, with its settings."""
        if busy := self._busy(page):
            yield {"warning": busy}
            return
        try:
            session = self._store(page).load(name)
        except SessionError as error:
            yield {"warning": str(error), "listed": self.keeper.listed(page)}
            return
        yield {
            **self.handlers.page_state.chat(conversation(session)),
            "session": session.id,
            "settings": self.handlers.page_state.suited(session.settings),
            "cleared": Conversation(),
        }

    def rename(self, page: str, name: str, title: str) -> Iterator[Changes]:
        """Give a conversation a title."""
        yield self._done(page, lambda: self._store(page).rename(name, title) and None)

    @kept
    def delete(self, page: str, name: str) -> Iterator[Changes]:
        """Delete a conversation with its pictures; the page that shows it starts a new one."""
        if busy := self._busy(page):
            yield {"warning": busy}
            return
        shown = self.keeper.session(page) == name
        changes = self._done(page, lambda: self._store(page).delete(name))
        if shown and "warning" not in changes:
            cleared = self.handlers.page_state.chat(Conversation())
            changes = {**changes, **cleared, "session": None, "cleared": Conversation()}
        yield changes

    def export(self, page: str, name: str) -> Iterator[Changes]:
        """Export a conversation as a zip file."""
        try:
            store = self._store(page)
            title = picture_file(store.load(name).shown_title).removesuffix(".png")
            # gradio copies the file into its cache, which it cleans up.
            with self.handlers.jobs.admitted(page, "file"), tempfile.TemporaryDirectory() as folder:
                path = export(store, name, Path(folder) / f"{title}.zip")
                yield {"handed_out": (path, self.handlers.gallery.folder_of(login_of(page)))}
        except OmostError as error:
            yield {"warning": str(error), "listed": self.keeper.listed(page)}

    @kept
    def import_archive(self, page: str, path: Path) -> Iterator[Changes]:
        """Open an uploaded file: a picture with metadata, an exported conversation, or a layout in any form that
        `read_layout` knows."""
        if busy := self._busy(page):
            yield {"warning": busy}
            return
        try:
            with path.open("rb") as file:
                begin = file.read(4)
            with self.handlers.jobs.admitted(page, "file"):
                if begin.startswith(b"PK"):
                    packed = packed_layout(path, MAX_LAYOUT)
                    layout = None if packed is None else self._read(path, packed, required=True)
                    changes = self._conversation(page, path) if layout is None else layout
                elif begin == b"\x89PNG" or (layout := self._layout(path)) is None:
                    changes = self._picture(page, path)
                else:
                    changes = layout
            yield changes
        except OmostError as error:
            yield {"warning": str(error)}

    def _conversation(self, page: str, path: Path) -> Changes:
        session, notices = import_archive(self._store(page), path)
        return self._opened(conversation(session), session.id, session.settings, notices, "conversation")

    def _layout(self, path: Path) -> Changes | None:
        """Open a text with a layout; None if the file has none."""
        with path.open("rb") as file:
            return self._read(path, file.read(MAX_LAYOUT), required=path.suffix.lower() in TEXTS)

    def _read(self, path: Path, data: bytes, *, required: bool) -> Changes | None:
        """The layout in `data`, which are from the file at `path`, as a chat of its own. None if there is no layout and
        none is `required`; raises CanvasError if one is."""
        text = decoded(data, own=own_pages())
        found = read_layout(text.text)
        if found.canvas is None:
            if required:
                raise CanvasError(
                    f"There is no layout in {path.name}: it may hold Canvas code, the layout.json of this program, or "
                    f"ComfyUI_omost's conditions. {found.error}"
                )
            return None
        doubt = (f"{text.doubt} {SAVE}",) if text.doubt else ()
        notices = (*doubt, *(note.message for note in found.notes))
        chat = Conversation((Prompt(BY_HAND), Reply(write(found.canvas), by_hand=True)))
        return self._opened(chat, None, {}, notices, "file")

    def _picture(self, page: str, path: Path) -> Changes:
        metadata = read_record_file(path)
        what = "picture"
        store = self.keeper.store_of(page)
        if store is not None:
            session = import_picture(store, path, metadata)
            return self._opened(conversation(session), session.id, session.settings, metadata.notices, what)
        prompt, reply = last_round_from_record(metadata)
        settings = {"render": asdict(metadata.record.settings)}
        return self._opened(Conversation((Prompt(prompt), Reply(reply))), None, settings, metadata.notices, what)

    def _opened(
        self, chat: Conversation, name: str | None, settings: Settings, notices: tuple[str, ...], what: str
    ) -> Changes:
        changes: Changes = {
            **self.handlers.page_state.chat(chat),
            "session": name,
            "settings": self.handlers.page_state.suited(settings),
            "cleared": Conversation(),
            "progress": line(" ".join((f"Layout and settings restored from this {what}.", *notices[:3]))),
        }
        if what == "picture" and isinstance(seed := settings.get("render", {}).get("seed"), int):
            changes["fixed_seed"] = seed  # so that Render repeats the picture
        return changes

    def _done(self, page: str, act: Any) -> Changes:
        try:
            act()
        except SessionError as error:
            return {"warning": str(error), "listed": self.keeper.listed(page)}
        return {"listed": self.keeper.listed(page)}

    def _busy(self, page: str) -> str | None:
        if self.handlers.jobs.current(page) is None:
            return None
        return "This page is busy: wait until it has finished, or stop it."

    def _store(self, page: str) -> Store:
        store = self.keeper.store_of(page)
        if store is None:
            raise SessionError(NOT_KEPT)
        return store
