"""Branches of the chats: alternative continuations, which stay available.

The chat on a page is one path through a tree of messages (see sessions/model.py). Every new state of a chat passes
through here, so that a retry, an undo or an edit of an earlier message keeps what it replaces as a branch. The page
shows where the current path has alternatives.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from lib_omost.errors import SessionError
from lib_omost.sessions import Session, StoredMessage

from .conversation import MAX_ENTRIES, RETURN, Conversation
from .entries import Entry
from .jobs import Jobs
from .keeping import MAX_PAGES, Keeper, entry_of, message_of
from .page_state import Changes
from .versions import version_name

KINDS = {"prompt": "Prompt", "reply": "Reply", "picture": "Picture"}


@dataclass
class _Tree:
    """The tree that one page has shown, and the entries that its messages were made from."""

    session: Session
    entries: dict[str, Entry] = field(default_factory=dict)


class Branches:
    """Knows the tree behind the chat of each page."""

    def __init__(self, keeper: Keeper, jobs: Jobs) -> None:
        self._keeper = keeper
        self._jobs = jobs
        self._trees: OrderedDict[str, _Tree] = OrderedDict()

    def follow(self, page: str, changes: Changes) -> Changes:
        """Add the chat of `changes` to the tree, and return the changes with the branches that the page should show. A
        chat that running work is still changing is not added."""
        if "session" in changes:
            self._trees.pop(page, None)
        if "chat" not in changes or "memory" not in changes or self._jobs.current(page) is not None:
            return changes
        tree = self._tree(page)
        pairs = [(entry, message) for entry in changes["chat"].entries if (message := message_of(entry)) is not None]
        tree.session = tree.session.continued(
            [message for _, message in pairs],
            edited=changes.get("by_hand", False),
            cut_off=len(changes["chat"]) >= MAX_ENTRIES,
        )
        for (entry, _), message in zip(reversed(pairs), reversed(tree.session.path()), strict=False):
            tree.entries[message.id] = entry
        return {**changes, "branches": forks(tree.session)}

    def switched(self, page: str, at: int, step: int) -> Conversation | None:
        """The chat on another branch: `step` versions on from the message at `at` of the current path. None if there is
        no other branch."""
        tree = self._trees.get(page)
        if tree is None:
            return None
        path = tree.session.path()
        if not 0 <= at < len(path):
            return None
        siblings = tree.session.children(path[at].parent)
        if len(siblings) < 2:
            return None
        leaf = siblings[(siblings.index(path[at]) + step) % len(siblings)]
        while following := tree.session.children(leaf.id):
            leaf = following[-1]
        return self._shown(tree, replace(tree.session, current=leaf.id))

    @staticmethod
    def _shown(tree: _Tree, session: Session) -> Conversation:
        """The chat that `session` shows, with the entries that are known."""
        return Conversation(tuple(tree.entries.get(item.id) or entry_of(session, item) for item in session.path()))

    def step_forward(self, page: str) -> Conversation | None:
        """The chat with the step that follows it in the tree, the newest if there are several: a picture, or a prompt
        with its reply. None if nothing follows."""
        tree = self._trees.get(page)
        if tree is None or not (following := tree.session.children(tree.session.current)):
            return None
        first = last = following[-1]
        while (later := tree.session.children(last.id)) and _same_step(first, last, later[-1]):
            last = later[-1]
        shown = replace(tree.session, current=last.id)
        return self._shown(tree, shown)

    def _tree(self, page: str) -> _Tree:
        """The tree of `page`; it is read from disk if the page shows a stored conversation that is not loaded."""
        tree = self._trees.get(page)
        name = self._keeper.session(page)
        if tree is None:
            session = Session("")
            store = self._keeper.store_of(page)
            if name is not None and store is not None:
                # If it cannot be read, the tree starts with what the page shows.
                with suppress(SessionError):
                    session = store.load(name)
            tree = self._trees[page] = _Tree(session)
        self._trees.move_to_end(page)
        while len(self._trees) > MAX_PAGES:
            self._trees.popitem(last=False)
        return tree


def _same_step(first: StoredMessage, last: StoredMessage, later: StoredMessage) -> bool:
    """Whether `later`, which follows `last`, belongs to the step that begins with `first`."""
    if later.kind == "picture":
        return last.kind == "reply" and first.kind == "prompt" and first.text.startswith(RETURN)
    return later.kind in ("note", "error") or (last.kind == "prompt" and later.kind == "reply")


def forks(session: Session) -> list[dict[str, Any]]:
    """The messages of the current path that have other versions, as JSON for `BranchBar`: index, kind, number of this
    version, number of versions, the names of this one, of the one before and of the one after it."""
    found = []
    for at, message in enumerate(session.path()):
        siblings = session.children(message.parent)
        if len(siblings) > 1:
            here = siblings.index(message)
            names = {
                name: version_name(siblings[(here + step) % len(siblings)], siblings)
                for name, step in (("name", 0), ("previous", -1), ("next", 1))
            }
            kind = KINDS.get(message.kind, "Note")
            found.append({"at": at, "kind": kind, "version": here + 1, "versions": len(siblings), **names})
    return found
