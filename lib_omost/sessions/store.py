"""The folder of conversations.

::

    <folder>/20260131-235959-0a1b2c3d4e5f6071/session.json      the messages, see form.py
                                              reply-<...>.jsonl a reply that is being written, see journal.py
                                              pictures/*.png    its pictures

One process may use a store from many threads. `lock.FolderLock` keeps a second process from the folder.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lib_omost.artifacts.atomic import TEMPORARY
from lib_omost.errors import SessionError

from .folder import FILE, add_picture, disk_errors, read_session, write_session
from .form import PICTURE_NAME, SESSION_NAME
from .journal import Journal, read_journal
from .model import Scalar, Session, StoredMessage, Summary, new_session_id, now, short, summary
from .recovery import PICTURES, day, recovered, sweep, with_reply

SESSION_GLOB = "????????-??????-??????*"
MAX_SEARCHED = 20
"""Number of latest conversations that `find` searches."""
MAX_LISTED = 500
"""Number of latest conversations that are listed."""


class Store:
    """The conversations in `folder`, which is created with the first one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self._lock = threading.RLock()
        self._live: set[Path] = set()
        self._listed: dict[str, tuple[tuple[int, int], Summary]] = {}
        self._notices: list[str] = []

    def of(self, login: str) -> Store:
        """The store of a login: all share this one."""
        return self

    # -- reading -------------------------------------------------------------------------------------------------

    def summaries(self) -> list[Summary]:
        """All conversations, latest first; those that cannot be read are left out and reported by `notices`."""
        found: list[Summary] = []
        for name in self.names()[:MAX_LISTED]:
            with self._lock, suppress(SessionError):
                found.append(self._summary(name))
        return sorted(found, key=lambda item: (item.updated, item.id), reverse=True)

    def load(self, name: str) -> Session:
        """The conversation called `name`, completed by what a kill left unfinished.

        A damaged file is set aside, and the intact part of the conversation is returned (see `notices`). Raises
        SessionError if there is none.
        """
        folder = self._folder(name)
        with self._lock:
            session = self._read(folder)
            whole, notices = recovered(folder, session, self._live)
            self._notices += notices
            if not whole.messages:
                raise SessionError(f"The conversation of {day(name)} is empty or damaged; see {folder}.")
            if not self._is_live(folder):
                # Reading must work even if the disk is full or not writable; then the journals stay.
                with suppress(OSError):
                    if whole is not session:
                        self._write(whole)
                    sweep(folder)
            return whole

    def notices(self) -> list[str]:
        """Sentences for the user about files that were set aside since the last call."""
        with self._lock:
            notices, self._notices = self._notices, []
        return notices

    def picture(self, name: str, file: str) -> Path | None:
        """The path of a conversation's picture; None for an invalid name or if there is no such picture."""
        if not SESSION_NAME.fullmatch(name) or not PICTURE_NAME.fullmatch(file):
            return None
        path = self.folder / name / PICTURES / file
        return path if path.is_file() and not path.is_symlink() else None

    def find(self, chat: Sequence[StoredMessage]) -> str | None:
        """The name of the latest conversation that `chat` continues, or None: it must contain the whole chat, or all
        of it but the last message, including a reply."""
        paths = [path for path in (chat, chat[:-1]) if any(message.kind == "reply" for message in path)]
        with self._lock:
            for item in self.summaries()[:MAX_SEARCHED] if paths else ():
                with suppress(SessionError):
                    session = self._read(self._folder(item.id))
                    if any(len(session.continued(path).messages) == len(session.messages) for path in paths):
                        return item.id
        return None

    # -- writing -------------------------------------------------------------------------------------------------

    def keep(
        self,
        name: str | None,
        chat: Sequence[StoredMessage],
        settings: Mapping[str, Mapping[str, Scalar]] | None = None,
        pictures: Mapping[str, Path] | None = None,
        *,
        edited: bool = False,
        cut_off: bool = False,
    ) -> Session:
        """Merge `chat` into the conversation called `name` (None: a new one) and write it.

        settings: replaces the groups that it contains. pictures: the paths of pictures in the chat that the
        conversation does not have yet, by file name. edited, cut_off: see `Session.continued`. Raises SessionError if
        it cannot be written; what was stored before stays intact.
        """
        with self._lock:
            session = Session(new_session_id(), created=now()) if name is None else self._read_or_new(name)
            with disk_errors(f"The conversation cannot be kept in {self.folder}"):
                self._add_pictures(session.id, pictures)
                values = {**session.settings, **(settings or {})}
                kept = replace(session.continued(chat, edited=edited, cut_off=cut_off), settings=values)
                if replace(kept, updated=session.updated) != session:
                    self._write(kept)
            return kept

    def write(self, session: Session, pictures: Mapping[str, Path] | None = None) -> None:
        """Write a conversation unchanged, with files for `pictures`. Raises SessionError if it cannot be written."""
        with self._lock, disk_errors(f"The conversation cannot be kept in {self.folder}"):
            self._add_pictures(session.id, pictures)
            self._write(session)

    def rename(self, name: str, title: str) -> Session:
        """Give a conversation a title; with an empty one its first prompt becomes the title again."""
        with self._lock:
            session = replace(self.load(name), title=short(title))
            self.write(session)
            return session

    def delete(self, name: str) -> None:
        """Delete a conversation with its pictures. Raises SessionError if it does not exist or cannot be deleted."""
        folder = self._folder(name)
        with self._lock, disk_errors("The conversation cannot be deleted"):
            # Renamed first, so that an interrupted delete leaves no half conversation.
            folder.rename(folder.with_name(f"{TEMPORARY}{secrets.token_hex(3)}-{name}"))
            for doomed in self.folder.glob(f"{TEMPORARY}*-{SESSION_GLOB}"):
                shutil.rmtree(doomed, ignore_errors=True)

    def journal(self, name: str, parent: str | None) -> Journal:
        """Start the journal of a reply to `parent`, which must be passed to `settle` at the end. Raises SessionError if
        it cannot be written."""
        if not SESSION_NAME.fullmatch(name):
            raise SessionError(_UNKNOWN)
        path = self.folder / name / f"reply-{secrets.token_hex(6)}.jsonl"
        with self._lock, disk_errors(f"The reply cannot be kept in {self.folder}"):
            journal = Journal(path, parent)
            self._live.add(path)
        return journal

    def settle(self, journal: Journal) -> None:
        """Turn a finished reply into a message, unless that has already happened, and remove its journal."""
        with self._lock:
            journal.close()
            self._live.discard(journal.path)
            folder = journal.path.parent
            if not folder.is_dir():
                return  # the conversation was deleted meanwhile
            with disk_errors(f"The conversation cannot be kept in {self.folder}"):
                reply = read_journal(journal.path)
                if reply is not None and reply.text:
                    session = self._read(folder)
                    settled = with_reply(session, reply.parent, reply.text)
                    if settled is not session:
                        self._write(settled)
                journal.path.unlink(missing_ok=True)

    # -- internal ------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The names of all conversations, latest first."""
        try:
            entries = [entry.name for entry in os.scandir(self.folder) if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SessionError(f"The folder {self.folder} cannot be read: {error.strerror or error}.") from error
        return sorted((name for name in entries if SESSION_NAME.fullmatch(name)), reverse=True)

    def _folder(self, name: str) -> Path:
        folder = self.folder / name if SESSION_NAME.fullmatch(name) else None
        if folder is None or not folder.is_dir() or folder.is_symlink():
            raise SessionError(_UNKNOWN)
        return folder

    def _summary(self, name: str) -> Summary:
        try:
            status = (self.folder / name / FILE).stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)
        known = self._listed.get(name)
        if known is None or known[0] != stamp:
            known = stamp, summary(self.load(name))
            self._listed[name] = known
        return known[1]

    def _read_or_new(self, name: str) -> Session:
        if not SESSION_NAME.fullmatch(name):
            raise SessionError(_UNKNOWN)
        folder = self.folder / name
        return self._read(folder) if (folder / FILE).exists() else Session(name, created=now())

    def _read(self, folder: Path) -> Session:
        session, notices = read_session(folder)
        self._notices += notices
        return session

    def _is_live(self, folder: Path) -> bool:
        return any(path.parent == folder for path in self._live)

    def _add_pictures(self, name: str, pictures: Mapping[str, Path] | None) -> None:
        for file, path in (pictures or {}).items():
            add_picture(self.folder / name, file, path)

    def _write(self, session: Session) -> None:
        write_session(self.folder / session.id, session)


_UNKNOWN = "There is no such conversation any more: it may have been deleted."
