"""The conversation of a page as a value: its canvas, its steps, and its messages for the composer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lib_omost.canvas import Canvas, Interpretation, replace_canvas
from lib_omost.llm.base import Message

from .entries import Entry, NoticeEntry, PictureEntry, Prompt, Reply, entries_from_json, entry_to_json

MAX_ENTRIES = 400
"""Number of entries read from a browser: the last ones."""
MAX_SEARCHED = 400_000
"""Characters of the latest replies in which a canvas is looked for."""
MAX_STORED = 1_500_000
"""Characters that are stored in the browser, which has about 5 MB per site."""

BY_HAND = "A picture laid out by hand."
"""The prompt of a canvas that was not made by a composer."""
EDITED_BY_HAND = "Edited by hand."
"""The prompt of a round that holds the edits by hand of a canvas that has been rendered."""
RETURN = "Return to picture "
"""The beginning of the prompt of a round that returns to an earlier picture and its layout."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The entries of one chat, in order."""

    entries: tuple[Entry, ...] = ()

    def __add__(self, entry: Entry) -> Conversation:
        return replace(self, entries=(*self.entries, entry))

    def __len__(self) -> int:
        return len(self.entries)

    def before(self, index: int) -> Conversation:
        """The entries before `index`."""
        return replace(self, entries=self.entries[: max(index, 0)])

    def last_prompt(self, at: int | None = None) -> int | None:
        """The index of the last prompt, or of the last one at or before `at`; None if there is none."""
        end = len(self.entries) if at is None else at + 1
        return next((i for i in range(min(end, len(self.entries)) - 1, -1, -1) if self._is_prompt(i)), None)

    def next_prompt(self, at: int) -> int | None:
        """The index of the first prompt after `at`; None if there is none."""
        return next((i for i in range(at + 1, len(self.entries)) if self._is_prompt(i)), None)

    def prompt(self, index: int) -> str:
        """The text of the prompt at `index`."""
        entry = self.entries[index]
        assert isinstance(entry, Prompt)
        return entry.text

    def asked_after(self, at: int) -> tuple[str, ...]:
        """The prompts of the user after the entry at `at`."""
        return tuple(
            entry.text for entry in self.entries[at + 1 :] if isinstance(entry, Prompt) and not _is_made(entry.text)
        )

    def interrupted(self) -> str:
        """A sentence if the chat ends with a prompt without a reply, or in the middle of a reply's code; else ""."""
        match self.entries[-1] if self.entries else None:
            case Prompt():
                return "The reply to this prompt was cut off. Retry asks for it again."
            case Reply(text) if text.count("```") % 2:
                return "This reply was cut off. Retry asks for it again."
        return ""

    def last_reply(self) -> int | None:
        """The index of the last reply; None if there is none."""
        return next((i for i in range(len(self) - 1, -1, -1) if isinstance(self.entries[i], Reply)), None)

    def last_step(self) -> int:
        """The index of the last entry that is not a notice; -1 if there is none."""
        return next((i for i in range(len(self) - 1, -1, -1) if not isinstance(self.entries[i], NoticeEntry)), -1)

    def last_asked(self, at: int | None = None) -> int | None:
        """As `last_prompt`, without the prompts that the program wrote itself."""
        index = self.last_prompt(at)
        while index is not None and _is_made(self.prompt(index)):
            index = self.last_prompt(index - 1) if index else None
        return index

    def history(self) -> list[Message]:
        """The rounds so far for the composer: prompts that got a reply, and these replies in full. Edits by hand stand
        in the reply that they change."""
        messages: list[Message] = []
        asked: str | None = None
        for entry in self.entries:
            if isinstance(entry, Prompt):
                asked = entry.text
            elif isinstance(entry, Reply) and asked is not None and entry.text.strip():
                if asked == EDITED_BY_HAND and messages:
                    messages.pop()
                else:
                    messages.append(Message("user", asked))
                messages.append(Message("assistant", entry.text))
                asked = None
        return messages

    def interpretation(self) -> Interpretation | None:
        """The interpretation of the last reply; None if there is no reply."""
        for entry in reversed(self.entries):
            if isinstance(entry, Reply):
                return entry.interpretation
        return None

    def canvas(self) -> Canvas | None:
        """The canvas that Render paints: that of the last reply that contains one or was edited by hand."""
        return self._source()[1]

    def turn(self) -> int | None:
        """The index of the reply that `canvas` comes from; None if there is no such reply."""
        return self._source()[0]

    def code(self) -> str:
        """The reply that `canvas` comes from, or the last one if none contains a canvas; "" if there is no reply."""
        index = self._code_at()
        return "" if index is None else self.entries[index].text  # type: ignore[union-attr]

    def with_code(self, text: str) -> Conversation:
        """The chat with `text` in place of the reply that `code` returns. A chat without a reply gets a new round, and
        so does a chat in which that reply has been rendered, so that every picture stays with its layout."""
        index = self._code_at()
        if index is None:
            return self + Prompt(BY_HAND) + Reply(text, by_hand=True)
        if any(isinstance(entry, PictureEntry) for entry in self.entries[index + 1 :]):
            return self + Prompt(EDITED_BY_HAND) + Reply(text, by_hand=True)
        return replace(self, entries=(*self.entries[:index], Reply(text, by_hand=True), *self.entries[index + 1 :]))

    def with_canvas(self, canvas: Canvas) -> Conversation:
        """The chat with another canvas in that reply; unchanged if the reply already contains this canvas."""
        return self if canvas == self.canvas() else self.with_code(replace_canvas(self.code(), canvas))

    def continues(self, turn: int) -> bool:
        """Whether the canvas is that of the reply at `turn`, or one edited by hand from it."""
        current = self.turn()
        if current is None or turn > current:
            return False
        later = self.entries[turn + 1 : current + 1]
        return isinstance(self.entries[turn], Reply) and all(
            entry.text == EDITED_BY_HAND if isinstance(entry, Prompt) else not isinstance(entry, Reply) or entry.by_hand
            for entry in later
        )

    def last_picture(self) -> str | None:
        """The name of the most recently rendered picture; None if there is none."""
        return next((entry.name for entry in reversed(self.entries) if isinstance(entry, PictureEntry)), None)

    def to_json(self) -> list[dict[str, str]]:
        """The entries as JSON for the browser's storage; if they are too long, without the oldest."""
        kept: list[dict[str, str]] = []
        size = 0
        for entry in reversed(self.entries):
            item = entry_to_json(entry)
            size += sum(map(len, item.values()))
            if size > MAX_STORED:
                break
            kept.append(item)
        return kept[::-1]

    @classmethod
    def from_json(cls, value: Any) -> Conversation:
        """Read the JSON from the browser's storage; invalid entries are left out."""
        if not isinstance(value, list):
            return cls()
        return cls(tuple(entries_from_json(value[-MAX_ENTRIES:])))

    def _source(self) -> tuple[int | None, Canvas | None]:
        searched = 0
        for index in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[index]
            if isinstance(entry, Reply):
                searched += len(entry.text)
                if searched > MAX_SEARCHED:
                    break
                canvas = entry.interpretation.canvas
                if canvas is not None or entry.by_hand:
                    return index, canvas
        return None, None

    def _code_at(self) -> int | None:
        index = self._source()[0]
        replies = (i for i in range(len(self.entries) - 1, -1, -1) if isinstance(self.entries[i], Reply))
        return next(replies, None) if index is None else index

    def _is_prompt(self, index: int) -> bool:
        return isinstance(self.entries[index], Prompt)


def _is_made(prompt: str) -> bool:
    return prompt in (BY_HAND, EDITED_BY_HAND) or prompt.startswith(RETURN)
