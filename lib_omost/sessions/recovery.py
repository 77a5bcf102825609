"""Recovery after a kill: unfinished replies and pictures are added to their conversation, damaged files set aside."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Container
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lib_omost.artifacts.atomic import TEMPORARY

from .form import PICTURE_NAME
from .journal import read_journal
from .model import Session, StoredMessage, new_message_id, now

PICTURES = "pictures"
JOURNALS = "reply-*.jsonl"
DAMAGED = "damaged-"
INTERRUPTED = "The program ended while this reply was being written. What had been written is kept."
HOUR = 3600.0

logger = logging.getLogger(__name__)


def recovered(folder: Path, session: Session, live: Container[Path]) -> tuple[Session, list[str]]:
    """`session` with the replies and pictures that were about to be added, or itself if there are none; and sentences
    about damaged files. Journals in `live` are still being written."""
    whole = session
    notices: list[str] = []
    for path in sorted(folder.glob(JOURNALS)):
        try:
            reply = None if path.is_symlink() else read_journal(path)
            size = path.stat().st_size
        except OSError:
            continue
        if reply is not None and reply.text:
            whole = with_reply(whole, reply.parent, reply.text, None if path in live else INTERRUPTED)
        elif reply is None and size and path not in live:
            notices.append(f"A reply of {day(folder.name)} is damaged; its file was set aside as {set_aside(path)}.")
    kept = {message.file for message in whole.messages}
    for file in sorted(path.name for path in (folder / PICTURES).glob("*.png")):
        if file not in kept and PICTURE_NAME.fullmatch(file):
            whole = _with(whole, StoredMessage("picture", "Rendered picture", file=file), whole.current)
    return whole, notices


def with_reply(session: Session, parent: str | None, text: str, note: str | None = None) -> Session:
    """`session` with a reply to `parent`, unless it already has that reply or a longer one with the same beginning."""
    if parent is not None and all(message.id != parent for message in session.messages):
        parent = session.current
    if any(child.kind == "reply" and child.text.startswith(text) for child in session.children(parent)):
        return session
    whole = _with(session, StoredMessage("reply", text), parent)
    return whole if note is None else _with(whole, StoredMessage("note", note), whole.messages[-1].id)


def set_aside(path: Path) -> Path:
    """Rename a damaged file so that it is not read again; returns its new path."""
    aside = path.with_name(f"{DAMAGED}{secrets.token_hex(3)}{path.suffix}")
    try:
        path.rename(aside)
    except OSError:
        logger.warning("%s is damaged and cannot be renamed", path)
        return path
    return aside


def sweep(folder: Path) -> None:
    """Remove journals that have become messages, and old temporary files."""
    for path in folder.glob(JOURNALS):
        path.unlink(missing_ok=True)
    for place in (folder, folder / PICTURES):
        for path in place.glob(f"{TEMPORARY}*"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > HOUR:
                    path.unlink()


def day(name: str) -> str:
    """The date on which the conversation called `name` began."""
    return f"{name[:4]}-{name[4:6]}-{name[6:8]}"


def _with(session: Session, message: StoredMessage, parent: str | None) -> Session:
    """`session` with one more message, which extends the current path if that ended at `parent`."""
    new = replace(message, id=new_message_id(), parent=parent, time=now())
    current = new.id if session.current == parent else session.current
    return replace(session, messages=(*session.messages, new), current=current, updated=now())
