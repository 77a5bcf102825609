"""The pictures of a chat in order, and the return to an earlier one."""

from __future__ import annotations

from typing import Any

from lib_omost.artifacts.record import Origin
from lib_omost.errors import PictureError
from lib_omost.render.settings import RenderSettings

from .conversation import RETURN, Conversation
from .entries import PictureEntry, Prompt, Reply
from .gallery import Gallery
from .jobs import Jobs
from .keeping import file_name
from .page_state import Changes
from .users import login_of
from .versions import picture_changes


class Filmstrip:
    """Adds the pictures of the chat to the changes of every open page."""

    def __init__(self, gallery: Gallery, jobs: Jobs) -> None:
        self._gallery = gallery
        self._jobs = jobs

    def follow(self, page: str, changes: Changes) -> Changes:
        """Add the pictures of the new chat to `changes`, except while a reply is being written."""
        if "chat" not in changes or self._jobs.current(page) == "chat":
            return changes
        return {**changes, "filmstrip": filmstrip_value(changes["chat"], self._gallery.of(login_of(page)))}


def pictures(chat: Conversation) -> tuple[tuple[PictureEntry, str], ...]:
    """The distinct pictures of a chat in the order of their first appearance, each with the change that led to it."""
    found: dict[str, tuple[PictureEntry, str]] = {}
    for entry, change in picture_changes(chat.entries):
        found.setdefault(file_name(entry.name), (entry, change))
    return tuple(found.values())


def filmstrip_value(chat: Conversation, gallery: Gallery) -> dict[str, Any]:
    """JSON for the filmstrip and the viewer. `before` is the name of the picture before the current one; if only a part
    of that was repainted, it is the picture that the other part comes from. `finished`: no reply came after the
    current picture."""
    named = pictures(chat)
    shown = tuple(entry for entry, _ in named)
    current = file_name(chat.last_picture() or "")
    at = next((index for index, entry in enumerate(shown) if file_name(entry.name) == current), 0)
    variations = _variations(shown, at, gallery)
    items = [
        {
            "name": entry.name,
            "number": index + 1,
            "caption": entry.caption,
            "change": change,
            "alt": entry.alt_text,
            "current": index == at,
            "variation": index in variations,
        }
        for index, (entry, change) in enumerate(named)
    ]
    made = [entry for entry in chat.entries if isinstance(entry, Reply | PictureEntry)]
    finished = bool(made) and isinstance(made[-1], PictureEntry)
    return {"pictures": items, "before": _before(chat, gallery), "finished": finished}


def _variations(shown: tuple[PictureEntry, ...], at: int, gallery: Gallery) -> range:
    """The indices of the adjacent pictures in which the same part of the same picture was repainted, with `at` among
    them; empty if there is no other."""

    def origin(index: int) -> Origin | None:
        known = gallery.metadata(shown[index].name) if 0 <= index < len(shown) else None
        return None if known is None else known[0].record.origin

    own = origin(at)
    first = last = at
    if own is not None:
        while origin(first - 1) == own:
            first -= 1
        while origin(last + 1) == own:
            last += 1
    return range(first, last + 1) if last > first else range(0)


def _before(chat: Conversation, gallery: Gallery) -> str | None:
    """See `filmstrip_value`."""
    names = [entry.name for entry in chat.entries if isinstance(entry, PictureEntry)]
    earlier = [name for name in names if file_name(name) != file_name(names[-1])]
    known = gallery.metadata(names[-1]) if earlier else None
    origin = None if known is None else known[0].record.origin
    if origin is not None:
        for name in reversed(earlier):
            parent = gallery.metadata(name)
            if parent is not None and parent[0].record.settings.seed == origin.seed:
                return name
    return earlier[-1] if earlier else None


def go_back(chat: Conversation, gallery: Gallery, name: str) -> tuple[Conversation, RenderSettings]:
    """Append the picture `name` of the chat, after the layout that it was painted from if the canvas differs now.
    Returns the chat, unchanged if this is the current picture, and the settings of the picture. Raises PictureError if
    there is no such picture or its file does not contain a layout."""
    shown = tuple(entry for entry, _ in pictures(chat))
    entry = next((entry for entry in shown if entry.name == name), None)
    if entry is None or gallery.find(name) is None:
        raise PictureError("The file of this picture is missing.")
    known = gallery.metadata(name)
    if known is None:
        raise PictureError("The file of this picture does not contain its layout, so you cannot return to it.")
    metadata, settings = known[0], known[0].record.settings
    if metadata.record.canvas != chat.canvas():
        chat = chat + Prompt(f"{RETURN}{shown.index(entry) + 1}.") + Reply(metadata.code)
    elif file_name(name) == file_name(chat.last_picture() or ""):
        return chat, settings
    return chat + entry, settings
