"""A conversation as a value: a tree of messages, and the path through it that is shown."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

Kind = Literal["prompt", "reply", "picture", "note", "error"]
KINDS: tuple[Kind, ...] = ("prompt", "reply", "picture", "note", "error")
Scalar = str | int | float | bool | None
Settings = Mapping[str, Mapping[str, Scalar]]
"""The settings last used: those of the composer under "sampling", those of the painter under "render"."""
MAX_TITLE = 80
"""Maximum length of a title in characters."""
UNTITLED = "Untitled"


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a conversation.

    text: a prompt, the full text of a reply, the sentence of a notice, or the alternative text of a picture. file: the
    name of a picture in the conversation's folder. caption: of a picture. id: "" until the message is stored. parent:
    the id of the message it follows, None for the first. by_hand: whether a reply was edited by the user.
    """

    kind: Kind
    text: str
    file: str = ""
    caption: str = ""
    id: str = ""
    parent: str | None = None
    time: str = ""
    by_hand: bool = False

    def same_content(self, other: StoredMessage) -> bool:
        """Whether both have the same content, whatever their places in the tree."""
        if self.kind == other.kind == "picture":
            return self.file == other.file
        return (self.kind, self.text) == (other.kind, other.text)


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation: its messages, each after its parent, and the id of the last message of the current path.

    A title of "" is replaced by the first prompt. `created` and `updated` are times in UTC, see `now`.
    """

    id: str
    title: str = ""
    created: str = ""
    updated: str = ""
    messages: tuple[StoredMessage, ...] = ()
    current: str | None = None
    settings: Settings = field(default_factory=dict)

    @property
    def shown_title(self) -> str:
        """The title, or the beginning of the first prompt."""
        if self.title:
            return self.title
        prompt = next((message.text for message in self.messages if message.kind == "prompt"), "")
        return short(prompt) or UNTITLED

    def path(self) -> tuple[StoredMessage, ...]:
        """The messages from the first to the current one."""
        by_id = {message.id: message for message in self.messages}
        path: list[StoredMessage] = []
        at = self.current
        while at is not None:
            path.append(by_id[at])
            at = by_id[at].parent
        return tuple(reversed(path))

    def children(self, parent: str | None) -> tuple[StoredMessage, ...]:
        """The messages that follow `parent`, oldest branch first; for None, the first messages."""
        return tuple(message for message in self.messages if message.parent == parent)

    def continued(self, chat: Sequence[StoredMessage], *, edited: bool = False, cut_off: bool = False) -> Session:
        """This conversation with `chat` as its current path: messages that the tree contains are reused, new ones
        become a branch, and nothing is removed. `cut_off` says that the oldest messages of the chat may be missing.

        `edited` says that a reply may have been edited by hand. It was if it alone differs from the current path. The
        original reply then becomes a branch beside the edited one, and further edits replace the edited one, unless
        something that is not on the path follows it.
        """
        if edited and (changed := self._edited(chat)) is not None:
            return changed
        messages = list(self.messages)
        parent = self._parent_of(chat) if cut_off else None
        children: dict[str | None, list[StoredMessage]] = {}
        for message in messages:
            children.setdefault(message.parent, []).append(message)
        for message in chat:
            found = next((child for child in reversed(children.get(parent, [])) if child.same_content(message)), None)
            if found is None:
                found = replace(message, id=new_message_id(), parent=parent, time=message.time or now())
                messages.append(found)
            parent = found.id
        return replace(self, messages=tuple(messages), current=parent, updated=now(), created=self.created or now())

    def _edited(self, chat: Sequence[StoredMessage]) -> Session | None:
        """This conversation with one reply of the current path edited by hand; None if `chat` is not that."""
        path = self.path()
        if len(path) != len(chat):
            return None
        changed = [(old, new) for old, new in zip(path, chat, strict=True) if not old.same_content(new)]
        if len(changed) != 1 or changed[0][0].kind != "reply" or changed[0][1].kind != "reply":
            return None
        old, new = changed[0]
        if any(child.same_content(new) for child in self.children(old.parent)):
            return None  # the chat moved to another branch
        if any(child not in path for child in self.children(old.id)):
            return None  # what followed it, such as a picture that was undone, belongs to the old text
        messages = [replace(old, text=new.text, by_hand=True) if item is old else item for item in self.messages]
        if not old.by_hand:
            messages.append(replace(old, id=new_message_id()))
        return replace(self, messages=tuple(messages), updated=now())

    def _parent_of(self, chat: Sequence[StoredMessage]) -> str | None:
        """The parent of the first message of `chat`, whose beginning equals the rest of the current path from there."""
        path = self.path()
        for index, message in enumerate(path):
            if all(map(StoredMessage.same_content, path[index:], chat)):
                return message.parent
        return None


@dataclass(frozen=True, slots=True)
class Summary:
    """An entry in the list of conversations: when it was last changed (UTC), its numbers of prompts and pictures, and
    the file of its latest picture, "" if there is none."""

    id: str
    title: str
    updated: str
    prompts: int
    pictures: int
    picture: str = ""


def summary(session: Session) -> Summary:
    kinds = [message.kind for message in session.messages]
    prompts, pictures = kinds.count("prompt"), kinds.count("picture")
    latest = next((message.file or "" for message in reversed(session.messages) if message.kind == "picture"), "")
    return Summary(session.id, session.shown_title, session.updated, prompts, pictures, latest)


def short(text: str) -> str:
    """The beginning of `text` as a title on one line."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * MAX_TITLE]).split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def now() -> str:
    """The time in UTC, to a second: 2026-01-31T23:59:59Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_session_id() -> str:
    """A name for a conversation's folder: the current time and 64 random bits, so that nobody can guess the
    addresses of its pictures."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(8)}"


def new_message_id() -> str:
    return secrets.token_hex(6)
