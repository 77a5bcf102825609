"""The file format of a conversation: one JSON object, written strictly and read leniently.

::

    {"format": "omost-session", "version": 1, "id": "20260131-235959-0a1b2c", "title": "", "created": "...",
     "updated": "...", "current": "<message id>", "settings": {"sampling": {...}, "render": {...}},
     "messages": [{"id": "...", "parent": null, "kind": "prompt", "text": "...", "time": "..."},
                  {"id": "...", "parent": "...", "kind": "picture", "text": "...", "file": "x.png", "caption": "..."}]}

Files are untrusted: sizes, depth, names and types are checked, and the valid parts are kept.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from lib_omost.errors import SessionError

from .model import KINDS, MAX_TITLE, Kind, Scalar, Session, StoredMessage

FORMAT = "omost-session"
VERSION = 1
MAX_BYTES = 64 * 2**20
"""Maximum size of a conversation without its pictures, in bytes."""
MAX_MESSAGES = 10_000
MAX_TEXT = 200_000
"""Maximum length of a message in characters; the rest is cut off."""
MAX_PARTS = 400_000
"""Lists and objects in a conversation, brackets in its texts included; each takes a hundred times its two bytes in
memory."""
MAX_SETTINGS = 64
"""Maximum number of values in one group of settings."""

SESSION_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6,32}")
MESSAGE_NAME = re.compile(r"[0-9a-f]{12}")
PICTURE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}\.png")
"""Patterns of names that cannot lead out of their folder."""
_OPENING = ', "messages": ['
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class ParsedSession:
    """A conversation that was read, and the number of invalid items that were left out."""

    session: Session
    lost: int


def to_bytes(session: Session) -> bytes:
    """`session` as JSON with one message per line, so that people can read and compare it."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "id": session.id,
        "title": session.title,
        "created": session.created,
        "updated": session.updated,
        "current": session.current,
        "settings": {name: dict(values) for name, values in session.settings.items()},
    }
    lines = ",\n  ".join(_dumps(_message_to_json(message)) for message in session.messages)
    text = f"{_dumps(head)[:-1]}{_OPENING}\n  {lines}\n]}}\n"
    return text.encode("utf-8", "replace")


def from_bytes(data: bytes, name: str) -> ParsedSession:
    """Read a conversation, which gets the name `name`.

    Raises ValueError if it is not a conversation, and SessionError if a later version of this program wrote it.
    """
    if len(data) > MAX_BYTES:
        raise ValueError("it is too long")
    if data.count(b"[") + data.count(b"{") > MAX_PARTS or data.count(b",") > len(data) // 6 + MAX_PARTS:
        raise ValueError("it has too many parts")
    text = data.decode("utf-8", "replace")
    broken = 0
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError:
        value, broken = _salvaged(text), 1
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError("it is not a conversation of this program")
    version = value.get("version")
    if not isinstance(version, int):
        raise ValueError("it has no version")
    if version > VERSION:
        raise SessionError(
            f"The conversation {name} was written by a later version of this program: start that one to open it."
        )
    messages, lost = _messages(value.get("messages"))
    known = {message.id for message in messages}
    current = value.get("current", "")
    if current is not None and not (isinstance(current, str) and current in known):
        lost += bool(known)
        current = messages[-1].id if messages else None
    title = clean(value.get("title"), MAX_TITLE)
    settings, wrong = _settings(value.get("settings", {}))
    times = [_time(value.get(key)) for key in ("created", "updated")]
    return ParsedSession(Session(name, title, times[0], times[1], messages, current, settings), lost + wrong + broken)


def clean(text: object, limit: int = MAX_TEXT) -> str:
    """`text` as an encodable string of at most `limit` characters; "" for anything that is not a string."""
    if not isinstance(text, str):
        return ""
    return text[:limit].encode("utf-8", "replace").decode("utf-8")


def _salvaged(text: str) -> Any:
    """The intact parts of a truncated or damaged file: its first line, and every line that is a complete message."""
    head, *lines = text.split("\n")[: MAX_MESSAGES + 2]
    messages = []
    try:
        value = json.loads(head.removesuffix(_OPENING) + "}")
        for line in lines:
            with suppress(ValueError):
                messages.append(json.loads(line.strip().removesuffix(",")))
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    return {**value, "messages": messages} if isinstance(value, dict) else None


def _message_to_json(message: StoredMessage) -> dict[str, Any]:
    value: dict[str, Any] = {"id": message.id, "parent": message.parent, "kind": message.kind, "text": message.text}
    optional = {"file": message.file, "caption": message.caption, "time": message.time}
    marks = {"by_hand": True} if message.by_hand else {}
    return value | {name: text for name, text in optional.items() if text} | marks


def _messages(items: Any) -> tuple[tuple[StoredMessage, ...], int]:
    """The valid messages, each after its parent, and the number of invalid ones. Children of an invalid message are
    attached to its parent."""
    if not isinstance(items, list):
        return (), 1
    kept: dict[str, StoredMessage] = {}
    replaced_parents: dict[str, str | None] = {}
    for item in items[:MAX_MESSAGES]:
        if not isinstance(item, dict):
            continue
        name, parent, kind = item.get("id"), item.get("parent"), item.get("kind")
        if not isinstance(name, str) or not MESSAGE_NAME.fullmatch(name) or name in kept:
            continue
        parent = replaced_parents.get(parent, parent) if isinstance(parent, str) else None
        parent = parent if parent in kept else None
        file = item.get("file", "")
        valid = kind in KINDS and isinstance(item.get("text"), str)
        if kind == "picture":
            valid = valid and isinstance(file, str) and PICTURE_NAME.fullmatch(file) is not None
        if not valid:
            replaced_parents[name] = parent
            continue
        kept[name] = StoredMessage(
            kind=cast(Kind, kind),
            text=clean(item["text"]),
            file=file if kind == "picture" else "",
            caption=clean(item.get("caption"), 1000),
            id=name,
            parent=parent,
            time=_time(item.get("time")),
            by_hand=item.get("by_hand") is True,
        )
    return tuple(kept.values()), len(items) - len(kept)


def _settings(value: Any) -> tuple[dict[str, dict[str, Scalar]], int]:
    if not isinstance(value, dict):
        return {}, 1
    kept: dict[str, dict[str, Scalar]] = {}
    lost = 0
    for group in ("sampling", "render"):
        values = value.get(group, {})
        if not isinstance(values, dict):
            lost += 1
            continue
        valid = {name: item for name, item in list(values.items())[:MAX_SETTINGS] if _is_scalar(item)}
        lost += len(values) - len(valid)
        if valid:
            texts = {name: clean(item) for name, item in valid.items() if isinstance(item, str)}
            kept[group] = valid | texts
    return kept, lost


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _time(value: Any) -> str:
    return value if isinstance(value, str) and _TIME.fullmatch(value) else ""


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
