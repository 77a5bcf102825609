"""Passing a served reply on as it arrives: its text, its thinking, and calls of tools that the model made instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from ..canvas.beginnings import method_named
from ..canvas.thinking import CLOSING, OPENING
from .chunks import Chunk
from .grammar import GLOBAL, REGION
from .schema import CanvasFromJson, translated

MAX_TOKEN = 128
"""Length in characters of the longest tokens of common vocabularies, which are runs of blanks."""
SPARE_EVENTS = 100
"""Maximum number of events of a reply in addition to one per token."""
MAX_THINKING = 65536
"""Maximum number of events with thinking, which some servers do not count among the tokens of a reply."""
MAX_CALLS = 64
MAX_ARGUMENTS = 60_000
"""Characters of the arguments of one call of a tool."""


class Delivery:
    """One reply: thinking goes between its marks, text through `reading`, if there is one."""

    def __init__(self, emit: Callable[[str, int], None], reading: CanvasFromJson | None) -> None:
        self._emit = emit
        self._read: Callable[[str], str] = str if reading is None else reading.feed
        self._end: Callable[[], str] = str if reading is None else reading.finish
        self._calls = ToolCalls()
        self._thinking = False
        self._events = self._length = self._thoughts = 0
        self.tokens = 0

    def take(self, chunk: Chunk, counted: int, limit: int, *, ended: bool) -> bool:
        """Take the next event; returns False for one that makes the reply longer than `limit` tokens can be, or its
        thinking longer than any, and leaves it out. counted: the number of tokens so far if the server reports it,
        else 0. ended: whether the end was reported before."""
        self.tokens = max(self.tokens + bool(chunk.text or chunk.called or chunk.thinking), counted)
        self._events += not chunk.thinking
        self._thoughts += bool(chunk.thinking)
        self._length += len(chunk.text) + len(chunk.thinking)
        if self._thoughts > MAX_THINKING or self._events > limit + SPARE_EVENTS:
            return False
        if self._length > MAX_TOKEN * (limit + self._thoughts):
            return False
        made = ""
        if chunk.thinking and not ended:
            made += ("" if self._thinking else f"{OPENING}\n") + chunk.thinking
            self._thinking = True
        if chunk.text and not ended:
            made += self._closed() + self._read(chunk.text)
        self._calls.take(chunk.called)
        self._emit(made, self.tokens)
        return True

    def finish(self) -> None:
        """End the thinking and the reading, and pass on what came as calls of tools."""
        self._emit(self._closed() + self._end() + self._calls.code(), self.tokens)

    def _closed(self) -> str:
        closing = f"\n{CLOSING}\n\n" if self._thinking else ""
        self._thinking = False
        return closing


class ToolCalls:
    """Collects the pieces of calls of tools, which some models make although no tool was offered."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[str, str]] = {}

    def take(self, pieces: Sequence[tuple[int, str, str]]) -> None:
        """Take the next pieces as (index, name, piece of the arguments)."""
        for index, name, arguments in pieces:
            if index in self._calls or len(self._calls) < MAX_CALLS:
                known, so_far = self._calls.get(index, ("", ""))
                self._calls[index] = (known or name, (so_far + arguments)[:MAX_ARGUMENTS])

    def code(self) -> str:
        """Canvas code for the calls that mean a method of the canvas; other calls as text; "" without calls."""
        scene: list[str] = []
        regions: list[str] = []
        others: list[str] = []
        for name, arguments in self._calls.values():
            method = method_named(name.rpartition(".")[2])
            if method is None:
                others.append(f"{name}({arguments})")
            else:
                (scene if method == GLOBAL.method else regions).append(arguments or "{}")
        found = [f"{json.dumps(GLOBAL.method)}: {arguments}" for arguments in scene[-1:]]
        if regions:
            found.append(f"{json.dumps(REGION.method)}: [{', '.join(regions)}]")
        code = translated("{" + ", ".join(found) + "}") if found else ""
        return "\n".join([*others, *([code] if code else [])])
