"""What a conversation is: a tree of messages, and the one way through it that is shown."""

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
"""The values last used: of the composer under "sampling", of the painter under "render"."""
MAX_TITLE = 80
"""Characters of a title."""
UNTITLED = "Untitled"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was said or made; `parent` is the message it follows, None for the first.

    `text` is a prompt, a reply's full text, a notice's sentence or the words that stand for a picture; `file` is a
    picture's name in the conversation's own folder, `caption` what stands under it. A message that has not been kept
    yet has no id. `by_hand` marks a reply that was changed after it was written.
    """

    kind: Kind
    text: str
    file: str = ""
    caption: str = ""
    id: str = ""
    parent: str | None = None
    time: str = ""
    by_hand: bool = False

    def says(self, other: Message) -> bool:
        """Whether both say the same, wherever they stand."""
        if self.kind == other.kind == "picture":
            return self.file == other.file
        return (self.kind, self.text) == (other.kind, other.text)


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation: its messages (a parent stands before its children) and the last message of the shown way.

    A title of "" is made from the first prompt. `created` and `updated` are times in UTC, see `now`.
    """

    id: str
    title: str = ""
    created: str = ""
    updated: str = ""
    messages: tuple[Message, ...] = ()
    current: str | None = None
    settings: Settings = field(default_factory=dict)

    @property
    def shown_title(self) -> str:
        """The title, or the beginning of the first prompt."""
        if self.title:
            return self.title
        prompt = next((message.text for message in self.messages if message.kind == "prompt"), "")
        return short(prompt) or UNTITLED

    def path(self) -> tuple[Message, ...]:
        """The messages from the first to the current one."""
        known = {message.id: message for message in self.messages}
        way: list[Message] = []
        at = self.current
        while at is not None:
            way.append(known[at])
            at = known[at].parent
        return tuple(reversed(way))

    def children(self, parent: str | None) -> tuple[Message, ...]:
        """What follows `parent`, the oldest branch first; None asks for the beginnings."""
        return tuple(message for message in self.messages if message.parent == parent)

    def continued(self, said: Sequence[Message], *, edited: bool = False, cut_off: bool = False) -> Session:
        """This conversation with the chat as it now stands in `said`: what it shares with the tree is found there, what
        is new becomes a branch, and nothing is taken away. `cut_off` says that the chat's oldest messages may be
        missing in `said`.

        `edited` says that a reply may have been changed by hand, which shows in that it alone differs from the shown
        way: as it was written it stays as a branch beside the edited one, and further edits take that one's place.
        """
        if edited and (changed := self._edited(said)) is not None:
            return changed
        messages = list(self.messages)
        parent = self._parent_of(said) if cut_off else None
        children: dict[str | None, list[Message]] = {}
        for message in messages:
            children.setdefault(message.parent, []).append(message)
        for message in said:
            known = next((child for child in reversed(children.get(parent, [])) if child.says(message)), None)
            if known is None:
                known = replace(message, id=new_message_id(), parent=parent, time=message.time or now())
                messages.append(known)
            parent = known.id
        return replace(self, messages=tuple(messages), current=parent, updated=now(), created=self.created or now())

    def _edited(self, said: Sequence[Message]) -> Session | None:
        """This conversation with one reply of the shown way changed by hand, if that is what `said` says."""
        way = self.path()
        if len(way) != len(said):
            return None
        changed = [(old, new) for old, new in zip(way, said, strict=True) if not old.says(new)]
        if len(changed) != 1 or changed[0][0].kind != "reply" or changed[0][1].kind != "reply":
            return None
        old, new = changed[0]
        if any(child.says(new) for child in self.children(old.parent)):
            return None  # a step to another branch
        messages = [replace(old, text=new.text, by_hand=True) if item is old else item for item in self.messages]
        if not old.by_hand:
            messages.append(replace(old, id=new_message_id()))
        return replace(self, messages=tuple(messages), updated=now())

    def _parent_of(self, said: Sequence[Message]) -> str | None:
        """What `said` follows: the shown way up to where the rest of it begins like `said`."""
        way = self.path()
        for index, message in enumerate(way):
            if all(map(Message.says, way[index:], said)):
                return message.parent
        return None


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: when it was last changed (UTC), and how many prompts and pictures it has."""

    id: str
    title: str
    updated: str
    prompts: int
    pictures: int


def summary(session: Session) -> Summary:
    kinds = [message.kind for message in session.messages]
    return Summary(session.id, session.shown_title, session.updated, kinds.count("prompt"), kinds.count("picture"))


def short(text: str) -> str:
    """The beginning of `text` as a title on one line."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * MAX_TITLE]).split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def now() -> str:
    """The time in UTC, to a second: 2026-01-31T23:59:59Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_session_id() -> str:
    """A name for a conversation's folder: when it began, and six random digits."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def new_message_id() -> str:
    return secrets.token_hex(6)
