"""What stands in the chat, as values, and its ways out: messages for the composer, JSON for the browser's memory.

The page keeps its chat in the browser, so every conversation that comes back from there is untrusted: it is read entry
by entry, with limits, and nothing in it is believed to be more than text or the name of a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from lib_omost.canvas import Canvas, Interpretation, replace_canvas
from lib_omost.canvas.layouts import read_layout
from lib_omost.llm.base import Message

MAX_ENTRIES = 400
"""Entries that are read of a chat: the last ones."""
MAX_TEXT = 200_000
"""Characters that one entry may have; what follows is cut off."""
MAX_REMEMBERED = 1_500_000
"""Characters that the browser is asked to remember; it has about 5 MB for one site."""

BY_HAND = "A picture laid out by hand."
"""What stands for the prompt of a canvas that nobody asked a composer for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the user said."""

    text: str


@dataclass(frozen=True)
class Reply:
    """What the composer wrote: the full text, however it ended. `by_hand` says that the user has changed it since: its
    canvas is the chat's then even where there is none in it, so that half a line does not bring an earlier one back."""

    text: str
    by_hand: bool = field(default=False, compare=False)

    @cached_property
    def interpretation(self) -> Interpretation:
        """What the text means; found once, however often the page asks."""
        return read_layout(self.text)


@dataclass(frozen=True, slots=True)
class Shown:
    """A rendered picture: its file below the outputs folder, and the words that stand for it."""

    name: str
    caption: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of the program itself; `kind` "busy" is the one that work replaces when it goes on."""

    text: str
    kind: Literal["note", "error", "busy"] = "note"


Entry = Prompt | Reply | Shown | Notice


@dataclass(frozen=True, slots=True)
class Conversation:
    """The entries of one chat, in order."""

    entries: tuple[Entry, ...] = ()

    def __add__(self, entry: Entry) -> Conversation:
        return replace(self, entries=(*self.entries, entry))

    def __len__(self) -> int:
        return len(self.entries)

    def before(self, index: int) -> Conversation:
        """The entries in front of `index`."""
        return replace(self, entries=self.entries[: max(index, 0)])

    def last_prompt(self, at: int | None = None) -> int | None:
        """The index of the last prompt, or of the last one at or in front of `at`; None if there is none."""
        end = len(self.entries) if at is None else at + 1
        return next((i for i in range(min(end, len(self.entries)) - 1, -1, -1) if self._is_prompt(i)), None)

    def next_prompt(self, at: int) -> int | None:
        """The index of the first prompt behind `at`; None if there is none."""
        return next((i for i in range(at + 1, len(self.entries)) if self._is_prompt(i)), None)

    def prompt(self, index: int) -> str:
        """The text of the prompt at `index`."""
        entry = self.entries[index]
        assert isinstance(entry, Prompt)
        return entry.text

    def history(self) -> list[Message]:
        """The rounds so far as the composer reads them: prompts that got a reply, and these replies in full."""
        messages: list[Message] = []
        asked: str | None = None
        for entry in self.entries:
            if isinstance(entry, Prompt):
                asked = entry.text
            elif isinstance(entry, Reply) and asked is not None and entry.text.strip():
                messages += [Message("user", asked), Message("assistant", entry.text)]
                asked = None
        return messages

    def interpretation(self) -> Interpretation | None:
        """What the last reply means; None where nobody has replied yet."""
        for entry in reversed(self.entries):
            if isinstance(entry, Reply):
                return entry.interpretation
        return None

    def canvas(self) -> Canvas | None:
        """The canvas that Render paints: that of the last reply that holds one or was changed by hand."""
        return self._found()[1]

    def turn(self) -> int | None:
        """Where the reply stands that `canvas` is read from; None if there is no such reply."""
        return self._found()[0]

    def code(self) -> str:
        """The reply that `canvas` is read from, or the last one where none holds a canvas; "" where there is none."""
        index = self._code_at()
        return "" if index is None else self.entries[index].text  # type: ignore[union-attr]

    def with_code(self, text: str) -> Conversation:
        """The same chat with `text` for the reply that `code` gives; a chat without a reply gets a round for it."""
        index = self._code_at()
        if index is None:
            return self + Prompt(BY_HAND) + Reply(text, by_hand=True)
        return replace(self, entries=(*self.entries[:index], Reply(text, by_hand=True), *self.entries[index + 1 :]))

    def with_canvas(self, canvas: Canvas) -> Conversation:
        """The same chat with another canvas in that reply; the same chat where it holds this canvas already."""
        return self if canvas == self.canvas() else self.with_code(replace_canvas(self.code(), canvas))

    def last_picture(self) -> str | None:
        """The name of the picture that was rendered last; None if there is none."""
        return next((entry.name for entry in reversed(self.entries) if isinstance(entry, Shown)), None)

    def to_json(self) -> list[dict[str, str]]:
        """For the browser's memory; where it would be too much, the oldest entries are left out."""
        kept: list[dict[str, str]] = []
        size = 0
        for entry in reversed(self.entries):
            item = _entry_to_json(entry)
            size += sum(map(len, item.values()))
            if size > MAX_REMEMBERED:
                break
            kept.append(item)
        return kept[::-1]

    @classmethod
    def from_json(cls, value: Any) -> Conversation:
        """Read what the browser remembers; what is not sound in it is left out."""
        if not isinstance(value, list):
            return cls()
        return cls(tuple(_entries_from_json(value[-MAX_ENTRIES:])))

    def _found(self) -> tuple[int | None, Canvas | None]:
        for index in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[index]
            if isinstance(entry, Reply):
                canvas = entry.interpretation.canvas
                if canvas is not None or entry.by_hand:
                    return index, canvas
        return None, None

    def _code_at(self) -> int | None:
        index = self._found()[0]
        replies = (i for i in range(len(self.entries) - 1, -1, -1) if isinstance(self.entries[i], Reply))
        return next(replies, None) if index is None else index

    def _is_prompt(self, index: int) -> bool:
        return isinstance(self.entries[index], Prompt)


def bounded(text: object) -> str:
    """`text` as a string that can be encoded, no longer than MAX_TEXT; "" for anything that is no string."""
    if not isinstance(text, str):
        return ""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _entry_to_json(entry: Entry) -> dict[str, str]:
    match entry:
        case Prompt(text):
            return {"kind": "prompt", "text": text}
        case Reply(text, by_hand):
            return {"kind": "reply by hand" if by_hand else "reply", "text": text}
        case Shown(name, caption, alt_text):
            return {"kind": "picture", "name": name, "caption": caption, "text": alt_text}
        case Notice(text, kind):
            return {"kind": kind, "text": text}


def _entries_from_json(items: Sequence[Any]) -> Iterator[Entry]:
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
                yield Shown(bounded(item.get("name")), bounded(item.get("caption")), text)
            case "note" | "error" as kind:
                yield Notice(text, kind)
