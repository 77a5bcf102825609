"""Storing what every page shows on disk, as it happens.

Every change with something to store passes through here on its way from a handler to the browser, which then stores
only the name of the conversation. A reply is written to disk piece by piece while it arrives.
"""

from __future__ import annotations

import functools
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from lib_omost.errors import SessionError
from lib_omost.sessions import Session, Settings, Store, StoredMessage, Stores
from lib_omost.sessions.form import SESSION_NAME
from lib_omost.sessions.pictures import picture_file
from lib_omost.sessions.stores import LOGINS
from lib_omost.studio import ChatEvent, TextPiece

from .conversation import MAX_ENTRIES, Conversation
from .discretion import discreet_chat
from .entries import Entry, NoticeEntry, PictureEntry, Prompt, Reply
from .gallery import Gallery
from .page_state import Changes
from .users import login_of

MAX_PAGES = 1000
"""Number of pages whose conversation is kept in memory; the others find it again by its contents."""
MAX_THUMBNAILS = 60
"""Number of conversations whose latest picture is shown in the list; the others have only a title."""

logger = logging.getLogger(__name__)


class Keeper:
    """Knows which conversation each page shows, and stores it. Without a store everything stays in the browsers.
    public: whether the notices in a chat may name no folders of this machine."""

    def __init__(self, store: Store | Stores | None, gallery: Gallery, *, public: bool = False) -> None:
        self.store = store
        self._public = public
        self._gallery = gallery
        self._shown: OrderedDict[str, str | None] = OrderedDict()
        self._at: dict[str, str | None] = {}
        self._writing: set[str] = set()
        self.followers: list[Callable[[str, Changes], Changes]] = []

    def store_of(self, page: str) -> Store | None:
        """The store of the login that has opened `page`."""
        return None if self.store is None else self.store.of(login_of(page))

    def session(self, page: str) -> str | None:
        """The name of the conversation that `page` shows, or None."""
        return self._shown.get(page)

    def keep(self, page: str, changes: Changes) -> Changes:
        """Store `changes` and return what goes to the browser, after the `followers` have added to it. If storing
        fails, there is a warning, and the browser stores the chat itself."""
        if self._public and "chat" in changes:
            chat = discreet_chat(changes["chat"])
            changes = {**changes, "chat": chat, **({"memory": chat.to_json()} if "memory" in changes else {})}
        changes = self._store_changes(page, changes)
        if "layout" in changes:
            changes = {**changes, "layout": {**changes["layout"], "conversation": self.session(page)}}
        for follow in self.followers:
            changes = follow(page, changes)
        return changes

    def _store_changes(self, page: str, changes: Changes) -> Changes:
        if self.store is None:
            return changes
        if "session" in changes:
            self._show(page, changes["session"])
        writing = page in self._writing
        if "busy" in changes:
            self._writing.discard(page)
        if "memory" not in changes or "chat" not in changes or (writing and "busy" not in changes):
            if "memory" in changes and self.session(page) is not None:
                changes = {**changes, "memory": {"session": self.session(page)}}
            return changes
        try:
            kept = self._keep(page, changes["chat"], changes.get("used"), edited=changes.get("by_hand", False))
        except SessionError as error:
            return {**changes, "warning": changes.get("warning") or str(error)}
        finally:
            if changes.get("busy") == "chat":
                self._writing.add(page)
        return {**changes, "memory": {"session": kept}, "listed": self.listed(page)}

    def follow(self, page: str, events: Iterator[ChatEvent]) -> Iterator[ChatEvent]:
        """The same events; every piece of text is on disk before it is passed on."""
        name, store = self.session(page), self.store_of(page)
        if store is None or name is None:
            yield from events
            return
        try:
            journal = store.journal(name, self._at.get(page))
        except SessionError:
            logger.exception("The reply is not kept while it is written")
            yield from events
            return
        writable = True
        try:
            for event in events:
                if writable and isinstance(event, TextPiece):
                    try:
                        journal.append(event.text)
                    except OSError:
                        # For example, the disk is full. The reply continues; storing it at its end reports the error.
                        writable = False
                        logger.exception("The reply is not kept while it is written")
                yield event
        finally:
            try:
                store.settle(journal)
            except SessionError:
                logger.exception("The reply could not be made a message")

    def restored(self, page: str, memory: Any) -> tuple[Conversation, Session | None]:
        """The chat in a browser's storage, given by name or in full. Raises SessionError if it no longer exists."""
        store = self.store_of(page)
        if isinstance(memory, dict) and store is not None and isinstance(memory.get("session"), str):
            session = store.load(memory["session"])
            return conversation(session), session
        return Conversation.from_json(memory), None

    def listed(self, page: str) -> dict[str, Any]:
        """The conversations and the current one, as JSON for the list on the page."""
        store = self.store_of(page)
        if store is None:
            return {"kept": False, "sessions": [], "current": None, "notices": []}
        try:
            found, notices = store.summaries(), store.notices()
        except SessionError as error:
            found, notices = [], [str(error)]
        return {
            "kept": True,
            "sessions": [
                {
                    "id": item.id,
                    "title": item.title,
                    "updated": item.updated,
                    "prompts": item.prompts,
                    "pictures": item.pictures,
                    "picture": f"{item.id}/{item.picture}" if item.picture and number < MAX_THUMBNAILS else None,
                }
                for number, item in enumerate(found)
            ],
            "current": self.session(page),
            "notices": notices,
        }

    def _keep(self, page: str, chat: Conversation, used: Settings | None, *, edited: bool) -> str | None:
        store = self.store_of(page)
        assert store is not None
        messages = [message for entry in chat.entries if (message := message_of(entry)) is not None]
        name = self.session(page)
        if not messages and name is None:
            return None
        if name is None:
            name = store.find(messages)
        pictures, gallery = {}, self._gallery.of(login_of(page))
        for entry in chat.entries:
            if isinstance(entry, PictureEntry) and (path := gallery.find(entry.name)) is not None:
                pictures[file_name(entry.name)] = path
        cut_off = len(chat) >= MAX_ENTRIES
        session = store.keep(name, messages, used, pictures, edited=edited, cut_off=cut_off)
        self._show(page, session.id)
        self._at[page] = session.current
        return session.id

    def _show(self, page: str, name: str | None) -> None:
        self._shown[page] = name
        self._shown.move_to_end(page)
        while len(self._shown) > MAX_PAGES:
            old, _ = self._shown.popitem(last=False)
            self._at.pop(old, None)
            self._writing.discard(old)


def kept(handler: Callable[..., Iterator[Changes]]) -> Callable[..., Iterator[Changes]]:
    """Decorates a handler so that its changes are stored before they go to the page, by the `keeper` of its object."""

    @functools.wraps(handler)
    def keeping(self: Any, page: str, *values: Any, **options: Any) -> Iterator[Changes]:
        with closing(handler(self, page, *values, **options)) as changes:  # type: ignore[type-var]
            for change in changes:
                yield self.keeper.keep(page, change)

    return keeping


def conversation(session: Session) -> Conversation:
    """The chat that a session shows."""
    return Conversation(tuple(entry_of(session, message) for message in session.path()))


def file_name(name: str) -> str:
    """The file name in a conversation's folder for a picture's name in the gallery."""
    if name.startswith(f"{LOGINS}/"):
        name = name.split("/", 2)[-1]
    first, _, last = name.rpartition("/")
    return picture_file((last if SESSION_NAME.fullmatch(first) else name).removesuffix(".png"))


def message_of(entry: Entry) -> StoredMessage | None:
    """An entry of a chat as a stored message; None for a progress notice."""
    match entry:
        case Prompt(text):
            return StoredMessage("prompt", text)
        case Reply(text, by_hand):
            return StoredMessage("reply", text, by_hand=by_hand)
        case PictureEntry(name, caption, alt_text):
            return StoredMessage("picture", alt_text, file=file_name(name), caption=caption)
        case NoticeEntry(text, kind) if kind != "busy":
            return StoredMessage("error" if kind == "error" else "note", text)
    return None


def entry_of(session: Session, message: StoredMessage) -> Entry:
    """A stored message as an entry of a chat."""
    match message.kind:
        case "prompt":
            return Prompt(message.text)
        case "reply":
            return Reply(message.text, by_hand=message.by_hand)
        case "picture":
            return PictureEntry(f"{session.id}/{message.file}", message.caption, message.text)
        case "error":
            return NoticeEntry(message.text, "error")
        case "note":
            return NoticeEntry(message.text)
