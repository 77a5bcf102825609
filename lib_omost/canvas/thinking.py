"""Telling a reply's thinking from its answer while it arrives.

Models that think mark it in many ways: `<think>` and its relatives, Harmony's channels, tokens of their own. Some
servers and templates take the opening mark away, so that the closing mark stands alone; then everything before it was
thinking. Thinking may begin anywhere in a reply except within a text of the code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

PartKind: TypeAlias = Literal["answer", "thinking", "opening", "closing", "unopened", "role"]
"""opening, closing: a mark. unopened: a closing mark without an opening one, so that all before it was thinking. role:
a mark that says nothing about thinking, to be left out."""

OPENING, CLOSING = "<think>", "</think>"
"""The marks of a reply in this program."""
MAX_MARK = 120
"""Maximum length of a mark in characters."""

_NAMES = r"(?:antml:|seed:)?(?:think|thinking|thought|thoughts|reasoning|reason|reflection|scratchpad)"
_OPENING = (
    rf"(?:<|&lt;){_NAMES}(?:\s[^<>\n]{{0,60}})?(?:>|&gt;)|\[THINK\]|◁think▷|<\|(?:think|thinking|begin_of_thought)\|>"
    r"|<\|START_THINKING\|>|<unused94>|<\|channel>thought"
    r"|<\|channel\|>\s?(?:analysis|commentary)\b[^\n]{0,60}?<\|message\|>"
)
_CLOSING = (
    rf"(?:<|&lt;)/{_NAMES}\s?(?:>|&gt;)|\[/THINK\]|◁/think▷|<\|(?:/think|/thinking|end_think|end_of_thought)\|>"
    r"|<\|END_THINKING\|>|<unused95>|<channel\|>|<\|channel\|>\s?final\b[^\n]{0,60}?<\|message\|>|\bassistantfinal"
)
_ROLE = r"<\|(?:im_)?start\|>\s?assistant|<\|im_end\|>|<\|(?:end|return|(?:START|END)_RESPONSE)\|>"
# A mark in quotes or backquotes is a word of the text. The first lookahead lets the search skip what begins no mark.
THINKING_MARK = re.compile(
    rf"(?=[<&\[◁aA])(?<![`'\"])(?:(?P<opening>{_OPENING})|(?P<closing>{_CLOSING})|(?P<role>{_ROLE}))", re.IGNORECASE
)
_IN_TEXT = re.compile(r"^\s*[rRfFbBuU]{0,2}['\"“‘]|[=(\[{,:]\s*[rRfFbBuU]{0,2}['\"“‘]")
"""In the line before a mark: the mark may stand in a text of the code."""
MAX_BEFORE = 400
"""Characters of a line in which that is looked for."""
_BARE_CHANNEL = re.compile(r"\s*analysis(?=[A-Z][a-z' ])")
"""The beginning of a reply in Harmony's format whose marks were taken away."""


def _prefixes(word: str) -> str:
    """Pattern that matches every beginning of `word`."""
    return "".join(f"(?:{re.escape(char)}" for char in word) + ")?" * len(word)


_MAY_BEGIN_BARE = re.compile(rf"\s*{_prefixes('analysis')}(?:(?<=analysis)[A-Z][a-z' ]?)?")
# The beginning of a mark that the next piece may complete.
_MAY_BEGIN = re.compile(
    r"(?:(?:<|&lt;)(?:[/|]|[/|]?[a-z_][\w:|/]{0,24}(?:\s[^<>\n]{0,60})?)?(?:&g?t?;?)?"
    rf"|&(?:l(?:t;?)?)?|<\|channel[^\n]{{0,80}}|<\|(?:im_)?start\|>\s?{_prefixes('assistant')}"
    rf"|\[/?{_prefixes('THINK]')}|◁/?{_prefixes('think▷')}|\b(?=a){_prefixes('assistantfinal')})\Z",
    re.IGNORECASE,
)
_STARTS = "<&[◁aA"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a reply, in the order in which it was written."""

    kind: PartKind
    text: str


class Thinking:
    """Takes a reply in arbitrary pieces. The parts, joined, do not depend on the pieces."""

    def __init__(self) -> None:
        self.open = False
        self._waiting = ""
        self._closed = False  # whether any thinking has ended
        self._begun = False
        self._line = ""  # the beginning of the line so far
        self._last = ""  # the character before the waiting text

    def feed(self, piece: str) -> list[Part]:
        """Returns the parts that this piece completes; text that may begin a mark waits for the next piece."""
        return self._read(self._waiting + piece, final=False)

    def finish(self) -> list[Part]:
        """Returns the text that waits for the rest of a mark."""
        return self._read(self._waiting, final=True)

    def _read(self, text: str, *, final: bool) -> list[Part]:
        parts: list[Part] = []
        pos = self._begin(text, parts, final=final)
        if pos is None:
            self._waiting = text
            return parts
        searched = pos
        while found := THINKING_MARK.search(text, searched):
            if found.start() == 0 and self._last in tuple("`'\""):
                searched = found.end()
                continue
            kind = self._kind_of(found, text, pos)
            if kind is None:
                searched = found.end()
                continue
            self._take(text[pos : found.start()], parts)
            self._mark(kind, found[0], parts)
            pos = searched = found.end()
        held = len(text) if final else self._held(text, max(pos, searched))
        self._take(text[pos:held], parts)
        self._waiting = text[held:]
        return parts

    def _begin(self, text: str, parts: list[Part], *, final: bool) -> int | None:
        """The position after a bare channel name at the beginning of the reply; None if it may still become one."""
        if self._begun:
            return 0
        if found := _BARE_CHANNEL.match(text):
            self._begun = True
            self._mark("opening", found[0], parts)
            return found.end()
        if not final and len(text) < MAX_MARK and _MAY_BEGIN_BARE.fullmatch(text):
            return None
        self._begun = True
        return 0

    def _kind_of(self, found: re.Match[str], text: str, pos: int) -> PartKind | None:
        """The kind of a mark that matched; None if it is a part of the text."""
        if found["role"]:
            return "role"
        if found["opening"]:
            line = text.rfind("\n", pos, found.start()) + 1
            before = text[line or pos : found.start()][:MAX_BEFORE]
            before = before if line else (self._line + before)[:MAX_BEFORE]
            return None if self.open or _IN_TEXT.search(before) else "opening"
        if self.open:
            return "closing"
        if found[0].lower().startswith("assistantfinal"):
            return None
        return "role" if self._closed or ("channel" in found[0] and not self._closed) else "unopened"

    def _mark(self, kind: PartKind, text: str, parts: list[Part]) -> None:
        parts.append(Part(kind, text))
        if kind == "opening":
            self.open = True
        elif kind in ("closing", "unopened"):
            self.open, self._closed = False, True
        self._line, self._last = "", text[-1]

    def _take(self, text: str, parts: list[Part]) -> None:
        if not text:
            return
        parts.append(Part("thinking" if self.open else "answer", text))
        _, broken, line = text.rpartition("\n")
        self._line = ("" if broken else self._line) + line[:MAX_BEFORE]
        self._line = self._line[:MAX_BEFORE]
        self._last = text[-1]

    def _held(self, text: str, pos: int) -> int:
        """Where the beginning of a possible mark at the end of `text` starts."""
        start = max(pos, len(text) - MAX_MARK)
        for at in range(start, len(text)):
            if text[at] in _STARTS and _MAY_BEGIN.match(text, at):
                return at
        return len(text)


def answer_of(reply: str) -> str:
    """`reply` without its thinking."""
    parts = _parts(reply)
    start = next((at + 1 for at in range(len(parts) - 1, -1, -1) if parts[at].kind == "unopened"), 0)
    return "".join(part.text for part in parts[start:] if part.kind == "answer")


def thinks(reply: str) -> bool:
    """Whether a part of `reply` is thinking."""
    return any(part.kind in ("opening", "unopened") for part in _parts(reply))


def _parts(reply: str) -> list[Part]:
    thinking = Thinking()
    return [*thinking.feed(reply), *thinking.finish()]


class MarkedThinking:
    """Rewrites a reply while it arrives, so that every thinking begins with a line `<think>` and ends with a line
    `</think>`, whatever the model's own marks are."""

    def __init__(self) -> None:
        self._thinking = Thinking()
        self._last = "\n"
        self._after_mark = ""

    @property
    def open(self) -> bool:
        """Whether the reply is in its thinking."""
        return self._thinking.open

    def feed(self, piece: str) -> str:
        """Returns what the next piece becomes."""
        return "".join(map(self._rewritten, self._thinking.feed(piece)))

    def finish(self) -> str:
        """Returns what waited for the rest of a mark."""
        return "".join(map(self._rewritten, self._thinking.finish()))

    def _rewritten(self, part: Part) -> str:
        if part.kind == "role":
            return ""
        if part.kind == "opening":
            text = ("" if self._last == "\n" else "\n") + OPENING
        elif part.kind in ("closing", "unopened"):
            text = ("" if self._last == "\n" else "\n") + CLOSING
        else:
            text = part.text
            if self._after_mark and not text.startswith(("\n", "\r")):
                text = "\n" + text
        self._after_mark = OPENING if part.kind in ("opening", "closing", "unopened") else ""
        self._last = text[-1]
        return text
