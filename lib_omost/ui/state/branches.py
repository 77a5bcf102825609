"""The other ways a chat has gone: kept while it goes on elsewhere, and a step away.

A chat on the page is one way through a tree of messages (see sessions/model.py). Whatever a handler makes of a chat
comes through here, so that a retry, an undo or an edit of an earlier message leaves what it replaces as a branch; the
page is told where the shown way parts from others.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from lib_omost.errors import SessionError
from lib_omost.sessions import Message, Session

from .conversation import MAX_ENTRIES, Conversation, Entry
from .jobs import Jobs
from .keeping import MAX_PAGES, Keeper, entry_of, message_of
from .page_state import Changes

SHORT = 60
"""Characters of a message that stand for it."""


@dataclass
class _Tree:
    """What one page has shown: the tree, and the entries that its messages were made of."""

    session: Session
    entries: dict[str, Entry] = field(default_factory=dict)


class Branches:
    """Knows the tree behind the chat of each page."""

    def __init__(self, keeper: Keeper, jobs: Jobs) -> None:
        self._keeper = keeper
        self._jobs = jobs
        self._trees: OrderedDict[str, _Tree] = OrderedDict()

    def follow(self, page: str, changes: Changes) -> Changes:
        """Take in what `changes` make of the chat; returns them with what the page is to show of its branches. A chat
        that work is still adding to is not taken in."""
        if "session" in changes:
            self._trees.pop(page, None)
        if "chat" not in changes or "memory" not in changes or self._jobs.current(page) is not None:
            return changes
        tree = self._tree(page)
        said = [(entry, message) for entry in changes["chat"].entries if (message := message_of(entry)) is not None]
        tree.session = tree.session.continued(
            [message for _, message in said],
            edited=changes.get("by_hand", False),
            cut_off=len(changes["chat"]) >= MAX_ENTRIES,
        )
        for (entry, _), message in zip(reversed(said), reversed(tree.session.path()), strict=False):
            tree.entries[message.id] = entry
        return {**changes, "branches": forks(tree.session)}

    def switched(self, page: str, at: int, step: int) -> Conversation | None:
        """The chat on the branch that lies `step` beside the message at `at` of the shown way (behind its end: what
        followed before an undo); None if there is no other."""
        tree = self._trees.get(page)
        if tree is None:
            return None
        way = tree.session.path()
        if not 0 <= at <= len(way):
            return None
        beside = tree.session.children(way[at - 1].id if at else None)
        here = beside.index(way[at]) if at < len(way) else -1
        if len(beside) - (here >= 0) < 1:
            return None
        leaf = beside[(here + step) % len(beside) if here >= 0 else -1]
        while following := tree.session.children(leaf.id):
            leaf = following[-1]
        shown = replace(tree.session, current=leaf.id)
        return Conversation(tuple(tree.entries.get(item.id) or entry_of(shown, item) for item in shown.path()))

    def _tree(self, page: str) -> _Tree:
        """The tree of `page`, from disk where the page shows a conversation that is not known here."""
        tree = self._trees.get(page)
        name = self._keeper.session(page)
        if tree is None:
            session = Session("")
            if name is not None and self._keeper.store is not None:
                # Where it cannot be read, the branches begin anew with what the page shows.
                with suppress(SessionError):
                    session = self._keeper.store.load(name)
            tree = self._trees[page] = _Tree(session)
        self._trees.move_to_end(page)
        while len(self._trees) > MAX_PAGES:
            self._trees.popitem(last=False)
        return tree


def forks(session: Session) -> list[dict[str, Any]]:
    """Where the shown way parts from others, as JSON for `BranchBar`: the message's place, what it says, which version
    of how many it is; last, where an undo has left something behind, what that was."""
    found = []
    way = session.path()
    for at, message in enumerate(way):
        beside = session.children(message.parent)
        if len(beside) > 1:
            found.append({"at": at, "version": beside.index(message) + 1, "versions": len(beside), **_words(message)})
    left = session.children(way[-1].id if way else None)
    if left:
        found.append({"at": len(way), "version": 0, "versions": len(left), **_words(left[-1])})
    return found


def _words(message: Message) -> dict[str, str]:
    kinds = {"prompt": "Prompt", "reply": "Reply", "picture": "Picture"}
    text = " ".join(message.text.split())[:SHORT] if message.kind == "prompt" else ""
    return {"kind": kinds.get(message.kind, "Note"), "text": text}
