"""The entries of a chat as values, with conversion to JSON for the browser.

The browser keeps the chat of a page, so entries that come from there are untrusted: their contents are only texts and
names of pictures, of limited length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from lib_omost.canvas import Interpretation

from .reading import interpretation_of

MAX_TEXT = 200_000
"""Maximum length of one entry in characters; the rest is cut off."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt of the user."""

    text: str


@dataclass(frozen=True)
class Reply:
    """A reply of the composer: its full text, complete or not. `by_hand` says that the user has edited it; then it
    determines the chat's canvas even if it contains none, so that a half-typed line does not bring back the canvas of
    an earlier reply."""

    text: str
    by_hand: bool = field(default=False, compare=False)

    @cached_property
    def interpretation(self) -> Interpretation:
        """The interpretation of the text, computed once."""
        return interpretation_of(self.text)


@dataclass(frozen=True, slots=True)
class PictureEntry:
    """A rendered picture: its file below the outputs folder, its caption and its alternative text."""

    name: str
    caption: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """A sentence of the program; one of kind "busy" is replaced as the work proceeds."""

    text: str
    kind: Literal["note", "error", "busy"] = "note"


Entry = Prompt | Reply | PictureEntry | NoticeEntry


def bounded(text: object) -> str:
    """`text` as an encodable string of at most MAX_TEXT characters; "" for anything that is not a string."""
    if not isinstance(text, str):
        return ""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def entry_to_json(entry: Entry) -> dict[str, str]:
    """An entry as JSON."""
    match entry:
        case Prompt(text):
            return {"kind": "prompt", "text": text}
        case Reply(text, by_hand):
            return {"kind": "reply by hand" if by_hand else "reply", "text": text}
        case PictureEntry(name, caption, alt_text):
            return {"kind": "picture", "name": name, "caption": caption, "text": alt_text}
        case NoticeEntry(text, kind):
            return {"kind": kind, "text": text}


def entries_from_json(items: Sequence[Any]) -> Iterator[Entry]:
    """The valid ones among entries as JSON."""
    for item in items:
        if not isinstance(item, dict):
            continue
        text = bounded(item.get("text"))
        match item.get("kind"):
            case "prompt":
                yield Prompt(text)
            case "reply" | "reply by hand" as kind:
                yield Reply(text, by_hand=kind != "reply")
            case "picture":
                yield PictureEntry(bounded(item.get("name")), bounded(item.get("caption")), text)
            case "note" | "error" as kind:
                yield NoticeEntry(text, kind)
