"""The folder of conversations.

::

    <folder>/20260131-235959-0a1b2c/session.json      the messages, see form.py
                                    reply-<...>.jsonl a reply that is being written, see journal.py
                                    pictures/*.png    its pictures

One process may use a store from many threads. Two processes on one folder do not harm each other's files, but a message
that both add within the same few milliseconds may be lost.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from lib_omost.artifacts.atomic import TEMPORARY, replacing
from lib_omost.errors import SessionError

from .form import MAX_BYTES, MAX_MESSAGES, PICTURE_NAME, SESSION_NAME, Reading, from_bytes, to_bytes
from .journal import Journal, read_journal
from .model import Message, Scalar, Session, Summary, new_session_id, now, short, summary
from .recovery import DAMAGED, PICTURES, day, recovered, set_aside, sweep, with_reply

FILE = "session.json"
SESSION_GLOB = "????????-??????-??????"
MAX_SEARCHED = 20
"""Conversations that are searched for one that a page goes on with."""
MAX_LISTED = 500
"""Conversations that a list shows: the latest ones."""


class Store:
    """Conversations below `folder`, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self._lock = threading.RLock()
        self._live: set[Path] = set()
        self._listed: dict[str, tuple[tuple[int, int], Summary]] = {}
        self._notices: list[str] = []

    # -- reading -------------------------------------------------------------------------------------------------

    def summaries(self) -> list[Summary]:
        """All conversations, the latest first; what cannot be read is left out and told by `notices`."""
        found: list[Summary] = []
        for name in self._names()[:MAX_LISTED]:
            with self._lock, suppress(SessionError):
                found.append(self._summary(name))
        return sorted(found, key=lambda item: (item.updated, item.id), reverse=True)

    def load(self, name: str) -> Session:
        """The conversation called `name`, with whatever a kill left unfinished.

        A damaged file is set aside, and what is sound of the conversation is returned (see `notices`). Raises
        SessionError where there is nothing to return.
        """
        folder = self._folder(name)
        with self._lock:
            session = self._read(folder)
            whole, notices = recovered(folder, session, self._live)
            self._notices += notices
            if not whole.messages:
                raise SessionError(f"The conversation of {day(name)} is empty or damaged; see {folder}.")
            if not self._is_live(folder):
                # Reading must go on where the disk is full or cannot be written to: the journals stay then.
                with suppress(OSError):
                    if whole is not session:
                        self._write(whole)
                    sweep(folder)
            return whole

    def notices(self) -> list[str]:
        """Sentences for the user about files that were set aside since this was asked last."""
        with self._lock:
            told, self._notices = self._notices, []
        return told

    def picture(self, name: str, file: str) -> Path | None:
        """The path of a conversation's picture; None for a name that cannot be one or where there is none."""
        if not SESSION_NAME.fullmatch(name) or not PICTURE_NAME.fullmatch(file):
            return None
        path = self.folder / name / PICTURES / file
        return path if path.is_file() and not path.is_symlink() else None

    def find(self, said: Sequence[Message]) -> str | None:
        """The name of the latest conversation that `said` goes on with, if there is one: all of it is there, or all but
        its last message, and a reply is in what is there."""
        ways = [way for way in (said, said[:-1]) if any(message.kind == "reply" for message in way)]
        with self._lock:
            for item in self.summaries()[:MAX_SEARCHED] if ways else ():
                with suppress(SessionError):
                    session = self._read(self._folder(item.id))
                    if any(len(session.continued(way).messages) == len(session.messages) for way in ways):
                        return item.id
        return None

    # -- writing -------------------------------------------------------------------------------------------------

    def keep(
        self,
        name: str | None,
        said: Sequence[Message],
        settings: Mapping[str, Mapping[str, Scalar]] | None = None,
        pictures: Mapping[str, Path] | None = None,
        *,
        edited: bool = False,
        cut_off: bool = False,
    ) -> Session:
        """Bring the chat `said` into the conversation called `name` (None: a new one) and write it.

        `pictures` says where the file of a picture in `said` lies that the conversation does not have yet. `settings`
        replaces those groups that it names. `edited` and `cut_off`: see `Session.continued`. Raises SessionError if
        it cannot be written; what was kept before is not harmed by that.
        """
        with self._lock:
            session = Session(new_session_id(), created=now()) if name is None else self._read_or_new(name)
            with _told(f"The conversation cannot be kept in {self.folder}"):
                for file, path in (pictures or {}).items():
                    self._take_picture(session.id, file, path)
                values = {**session.settings, **(settings or {})}
                kept = replace(session.continued(said, edited=edited, cut_off=cut_off), settings=values)
                if replace(kept, updated=session.updated) != session:
                    self._write(kept)
            return kept

    def write(self, session: Session, pictures: Mapping[str, Path] | None = None) -> None:
        """Write a conversation as it is, with files for `pictures`. Raises SessionError if that cannot be done."""
        with self._lock, _told(f"The conversation cannot be kept in {self.folder}"):
            for file, path in (pictures or {}).items():
                self._take_picture(session.id, file, path)
            self._write(session)

    def rename(self, name: str, title: str) -> Session:
        """Give a conversation a title; an empty one lets it be called by its first prompt again."""
        with self._lock:
            session = replace(self.load(name), title=short(title))
            self.write(session)
            return session

    def delete(self, name: str) -> None:
        """Remove a conversation with its pictures. Raises SessionError if it is not there or cannot be removed."""
        folder = self._folder(name)
        with self._lock, _told("The conversation cannot be deleted"):
            # Renamed first, so that a delete that is broken off leaves no half conversation.
            folder.rename(folder.with_name(f"{TEMPORARY}{secrets.token_hex(3)}-{name}"))
            for doomed in self.folder.glob(f"{TEMPORARY}*-{SESSION_GLOB}"):
                shutil.rmtree(doomed, ignore_errors=True)

    def journal(self, name: str, parent: str | None) -> Journal:
        """Begin a reply to `parent`; `settle` it in the end. Raises SessionError if it cannot be written."""
        if not SESSION_NAME.fullmatch(name):
            raise SessionError(_UNKNOWN)
        path = self.folder / name / f"reply-{secrets.token_hex(6)}.jsonl"
        with self._lock, _told(f"The reply cannot be kept in {self.folder}"):
            journal = Journal(path, parent)
            self._live.add(path)
        return journal

    def settle(self, journal: Journal) -> None:
        """The reply is over: make it a message, unless it is one already, and remove its journal."""
        with self._lock:
            journal.close()
            self._live.discard(journal.path)
            folder = journal.path.parent
            if not folder.is_dir():
                return  # deleted meanwhile
            with _told(f"The conversation cannot be kept in {self.folder}"):
                written = read_journal(journal.path)
                if written is not None and written.text:
                    session = self._read(folder)
                    settled = with_reply(session, written.parent, written.text)
                    if settled is not session:
                        self._write(settled)
                journal.path.unlink(missing_ok=True)

    # -- inside --------------------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        """Folders of conversations, the latest first."""
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
        """The conversation as its file has it; an unsound file is copied or moved aside."""
        path = folder / FILE
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return Session(folder.name)
        except OSError as error:
            raise SessionError(f"{path} cannot be read: {error.strerror or error}.") from error
        try:
            reading = from_bytes(data, folder.name)
        except ValueError as error:
            aside = set_aside(path)
            self._notices.append(
                f"A conversation of {day(folder.name)} is damaged ({error}). Its file was set aside as {aside}; "
                "its pictures and all other conversations are not affected."
            )
            return Session(folder.name)
        if reading.lost:
            self._mend(path, data, reading)
        return reading.session

    def _mend(self, path: Path, data: bytes, reading: Reading) -> None:
        """Keep what is sound in place of a partly unsound file, and the file as it was beside it."""
        with suppress(OSError):
            aside = path.with_name(f"{DAMAGED}{secrets.token_hex(3)}.json")
            with replacing(aside, private=True) as file:
                file.write(data)
            self._write(reading.session)
            self._notices.append(
                f"Parts of the conversation “{reading.session.shown_title}” are damaged and were left out; "
                f"the file as it was is kept as {aside}."
            )

    def _is_live(self, folder: Path) -> bool:
        return any(path.parent == folder for path in self._live)

    def _take_picture(self, name: str, file: str, path: Path) -> None:
        """A second name for the picture at `path`, or a copy where the disk is another."""
        assert PICTURE_NAME.fullmatch(file), file
        target = self.folder / name / PICTURES / file
        if target.exists():
            return
        self._make(target.parent)
        try:
            os.link(path, target)
        except OSError:
            with replacing(target, private=True) as copy, path.open("rb") as source:
                shutil.copyfileobj(source, copy)

    def _write(self, session: Session) -> None:
        folder = self.folder / session.id
        data = to_bytes(session)
        if len(data) > MAX_BYTES or len(session.messages) > MAX_MESSAGES:
            raise SessionError("This conversation has become too long to be kept: please go on in a new one.")
        self._make(folder)
        with replacing(folder / FILE, private=True) as file:
            file.write(data)

    def _make(self, folder: Path) -> None:
        """Conversations are their owner's alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


_UNKNOWN = "There is no such conversation any more: it may have been deleted."


@contextmanager
def _told(what: str) -> Iterator[None]:
    """An error of the disk as a sentence."""
    try:
        yield
    except OSError as error:
        raise SessionError(f"{what}: {error.strerror or error}.") from error
