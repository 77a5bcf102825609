"""From the page to disk: what every page shows is kept as it happens.

Handlers say what changes; on the way to the browser each change that is to be remembered comes through here, and the
browser is told the conversation's name only. A reply that is being written goes to disk token by token.
"""

from __future__ import annotations

import functools
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from lib_omost.errors import SessionError
from lib_omost.sessions import Message, Session, Settings, Store
from lib_omost.sessions.form import SESSION_NAME
from lib_omost.sessions.pictures import picture_file
from lib_omost.studio import ChatEvent, TextPiece

from .conversation import MAX_ENTRIES, Conversation, Entry, Notice, Prompt, Reply, Shown
from .gallery import Gallery
from .page_state import Changes

MAX_PAGES = 1000
"""Pages that are remembered; one that was forgotten finds its conversation again by what was said in it."""

logger = logging.getLogger(__name__)


class Keeper:
    """Knows which conversation each page shows. Without a store everything stays in the browsers."""

    def __init__(self, store: Store | None, gallery: Gallery) -> None:
        self.store = store
        self._gallery = gallery
        self._shown: OrderedDict[str, str | None] = OrderedDict()
        self._at: dict[str, str | None] = {}
        self._writing: set[str] = set()
        self.followers: list[Callable[[str, Changes], Changes]] = []

    def session(self, page: str) -> str | None:
        """The name of the conversation that `page` shows, or None while it has none."""
        return self._shown.get(page)

    def keep(self, page: str, changes: Changes) -> Changes:
        """Keep what `changes` say; returns what goes to the browser, with what the `followers` have to say to it. A
        failure is a warning, and the browser remembers the chat itself then."""
        changes = self._on_disk(page, changes)
        for follow in self.followers:
            changes = follow(page, changes)
        return changes

    def _on_disk(self, page: str, changes: Changes) -> Changes:
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
        """The same events; every piece of text is on disk before it is handed on."""
        name = self.session(page)
        if self.store is None or name is None:
            yield from events
            return
        try:
            journal = self.store.journal(name, self._at.get(page))
        except SessionError:
            logger.exception("The reply is not kept while it is written")
            yield from events
            return
        sound = True
        try:
            for event in events:
                if sound and isinstance(event, TextPiece):
                    try:
                        journal.append(event.text)
                    except OSError:
                        # The disk is full, say. The reply goes on, and keeping it at its end will tell.
                        sound = False
                        logger.exception("The reply is not kept while it is written")
                yield event
        finally:
            try:
                self.store.settle(journal)
            except SessionError:
                logger.exception("The reply could not be made a message")

    def remembered(self, memory: Any) -> tuple[Conversation, Session | None]:
        """The chat that a browser remembers, by its name or in full. Raises SessionError if it is gone."""
        if isinstance(memory, dict) and self.store is not None and isinstance(memory.get("session"), str):
            session = self.store.load(memory["session"])
            return conversation(session), session
        return Conversation.from_json(memory), None

    def listed(self, page: str) -> dict[str, Any]:
        """The conversations as JSON for the list on the page, and the one that is shown."""
        if self.store is None:
            return {"kept": False, "sessions": [], "current": None, "notices": []}
        try:
            found, notices = self.store.summaries(), self.store.notices()
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
                }
                for item in found
            ],
            "current": self.session(page),
            "notices": notices,
        }

    def _keep(self, page: str, chat: Conversation, used: Settings | None, *, edited: bool) -> str | None:
        assert self.store is not None
        said = [message for entry in chat.entries if (message := message_of(entry)) is not None]
        name = self.session(page)
        if not said and name is None:
            return None
        if name is None:
            name = self.store.find(said)
        pictures = {}
        for entry in chat.entries:
            if isinstance(entry, Shown) and (path := self._gallery.find(entry.name)) is not None:
                pictures[file_name(entry.name)] = path
        cut_off = len(chat) >= MAX_ENTRIES
        session = self.store.keep(name, said, used, pictures, edited=edited, cut_off=cut_off)
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
    """A handler whose changes are kept before they go to the page; its owner has a `keeper`."""

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
    """A picture's name in the gallery as a file in its conversation's folder."""
    first, _, last = name.rpartition("/")
    return picture_file((last if SESSION_NAME.fullmatch(first) else name).removesuffix(".png"))


def message_of(entry: Entry) -> Message | None:
    """An entry of a chat as it is kept; None for one that only tells of work."""
    match entry:
        case Prompt(text):
            return Message("prompt", text)
        case Reply(text, by_hand):
            return Message("reply", text, by_hand=by_hand)
        case Shown(name, caption, alt_text):
            return Message("picture", alt_text, file=file_name(name), caption=caption)
        case Notice(text, kind) if kind != "busy":
            return Message("error" if kind == "error" else "note", text)
    return None


def entry_of(session: Session, message: Message) -> Entry:
    """A kept message as an entry of a chat."""
    match message.kind:
        case "prompt":
            return Prompt(message.text)
        case "reply":
            return Reply(message.text, by_hand=message.by_hand)
        case "picture":
            return Shown(f"{session.id}/{message.file}", message.caption, message.text)
        case "error":
            return Notice(message.text, "error")
        case "note":
            return Notice(message.text)
