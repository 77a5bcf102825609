"""Sentences for visitors of a page that others can reach: without the folders of the machine that it runs on.

On a page of one's own a sentence names the whole path, because its reader can go there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .conversation import Conversation
from .entries import NoticeEntry
from .page_state import Changes

_PART = r"[^\s/\\:;,'\"<>|?*“”‘’()]"
_PATH = re.compile(rf"(?<![\w/\\:.…])(?:[A-Za-z]:|~)?(?:[/\\]{_PART}*)*[/\\]({_PART}+)")
_SENTENCES = ("warning", "reason")
_VALUES = ("progress", "models")


def without_folders(text: str) -> str:
    """`text` with only the last part of each absolute path."""
    return _PATH.sub(r"…/\1", text)


def discreet(changes: Changes) -> Changes:
    """`changes` whose sentences outside the chat name no folders; for the chat see `discreet_chat`."""
    made: dict[str, Any] = dict(changes)
    for key in _SENTENCES:
        if key in made:
            made[key] = without_folders(made[key])
    for key in _VALUES:
        if key in made:
            made[key] = _in_values(made[key])
    if "listed" in made:
        made["listed"] = {**made["listed"], "notices": _in_values(made["listed"]["notices"])}
    if "notes" in made:
        made["notes"] = {**made["notes"], "notices": _in_values(made["notes"].get("notices", []))}
    return made  # type: ignore[return-value]


def _in_values(value: Any) -> Any:
    if isinstance(value, str):
        return without_folders(value)
    if isinstance(value, list):
        return [_in_values(item) for item in value]
    if isinstance(value, dict):
        return {key: _in_values(item) for key, item in value.items()}
    return value


def discreet_chat(chat: Conversation) -> Conversation:
    """`chat` whose notices name no folders. It must be stored like this, because the browser sends back what it has."""
    entries = tuple(
        replace(entry, text=without_folders(entry.text)) if isinstance(entry, NoticeEntry) else entry
        for entry in chat.entries
    )
    return chat if entries == chat.entries else replace(chat, entries=entries)
