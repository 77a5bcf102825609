"""Finds the calls in a reply while it arrives, whatever text surrounds them.

The scanner follows Python's rules for quotes and brackets as long as they lead to a call that parses. If they do not,
it waits for the next line that may end the call, or for the next call or fence, and has the call repaired. It reads
every character once. The result does not depend on how the reply is divided into pieces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TypeAlias

from lib_omost.canvas.beginnings import (
    CALL_IN_TEXT,
    CALL_INSIDE,
    FENCE,
    NEXT_CALL,
    NEXT_START,
    START_INSIDE,
    TAIL,
    is_statement,
    method_named,
)
from lib_omost.canvas.bindings import Bindings
from lib_omost.canvas.calls import Call, parse_broken, parse_clean
from lib_omost.canvas.limits import MAX_CALL_CHARS, MAX_REPLY_CHARS
from lib_omost.canvas.nesting import Nesting, is_letter
from lib_omost.canvas.substitution import Names


@dataclass(frozen=True, slots=True)
class Start:
    """`name = Canvas()`: a canvas begins or starts over."""

    line: int


@dataclass(frozen=True, slots=True)
class TooLong:
    """The reply is longer than MAX_REPLY_CHARS; the rest, from this line on, is ignored."""

    line: int


Statement: TypeAlias = Call | Start | TooLong

_CHUNKS = re.compile(r"[^'\"\\\n()\[\]{}#;`~（\x00\ud800-\udfff\r]+|[\s\S]")
_MAY_END = re.compile(r"\)[ \t;,]*\n\Z")
_MAX_TRIES = 8


class Scanner:
    """Takes a reply piece by piece and returns the statements that each piece completes."""

    def __init__(self, line: int = 1, chars: int = 0) -> None:
        """line: the number of the first line. chars: how many characters were read before."""
        self._line = line
        self._chars = chars
        self._after_return = False
        self._ended = False
        self._before = "\n"
        self._bindings = Bindings()
        self._tail = "\n"  # the last characters, to be matched when a bracket or a fence arrives
        self._reset()

    @property
    def line(self) -> int:
        """The number of the current line."""
        return self._line

    def following(self) -> Scanner:
        """A scanner for the rest of the reply, after a mark that ends whatever is open; it begins like a line."""
        scanner = Scanner(self._line, self._chars)
        scanner._ended = self._ended
        return scanner

    def _reset(self) -> None:
        self._passes: tuple[Names, ...] = ()
        self._remark = ""
        self._name = ""  # of the method whose call is open; "" outside of calls
        self._start_line = 0
        self._source: list[str] = []
        self._size = 0
        self._nesting = Nesting()
        self._tries = 0

    def feed(self, piece: str) -> list[Statement]:
        """Returns the statements that this piece completes."""
        found: list[Statement] = []
        for chunk in _CHUNKS.findall(piece) if not self._ended else ():
            if chunk == "\n" and self._after_return:
                self._after_return = False
                continue
            self._after_return = chunk == "\r"
            if chunk == "\r":
                chunk = "\n"
            elif chunk == "\x00" or "\ud800" <= chunk <= "\udfff":
                chunk = "\ufffd"
            room = MAX_REPLY_CHARS - self._chars
            self._chars += len(chunk)
            if room > 0:
                self._read(chunk[:room], found)
            if room < len(chunk) and not self._ended:
                found += self.finish()
                found.append(TooLong(self._line))
                self._ended = True
        return found

    def _read(self, chunk: str, found: list[Statement]) -> None:
        self._tail = (self._tail + chunk)[-TAIL:]
        if self._name:
            self._inside(chunk, found)
        else:
            self._outside(chunk, found)
        if chunk == "\n":
            self._line += 1
        self._before = chunk[-1]

    def finish(self) -> list[Statement]:
        """Returns the call that the end of the reply cuts off, if there is one."""
        found: list[Statement] = []
        if self._name:
            self._give_up(0, found)
        return found

    # Outside calls.

    def _outside(self, chunk: str, found: list[Statement]) -> None:
        self._bindings.feed(chunk)
        if chunk not in "(（" or not self._may_be_called():
            return
        if NEXT_START.search(self._tail):
            self._start(found)
        elif (call := NEXT_CALL.search(self._tail)) and is_statement(call[1], call[2]):
            self._begin(call[2])

    def _may_be_called(self) -> bool:
        """Whether the character before a bracket can end a name."""
        return is_letter(self._before) or self._before in " \t"

    def _start(self, found: list[Statement]) -> None:
        found.append(Start(self._line))
        self._tail = "("

    def _begin(self, name: str) -> None:
        self._reset()
        self._name, self._start_line = name, self._line
        self._passes, self._remark = self._bindings.take()
        self._source = [name, "("]
        self._tail = "("

    def _leave(self) -> None:
        self._reset()
        self._tail = ")"

    # Inside a call.

    def _inside(self, chunk: str, found: list[Statement]) -> None:
        nesting = self._nesting
        if (nesting.lost or len(nesting.quote) != 1) and self._interrupted(chunk, found):
            return
        self._source.append(chunk)
        self._size += len(chunk)
        if self._size > MAX_CALL_CHARS:
            problem = f"it is longer than {MAX_CALL_CHARS:,} characters"
            found.append(Call(self._name, self._start_line, problem=problem))
            self._leave()
            return
        if not nesting.lost and nesting.follow(chunk, self._before, self._tail):
            self._end(found)
        elif nesting.lost and chunk == "\n":
            self._try_line(found)

    def _interrupted(self, chunk: str, found: list[Statement]) -> bool:
        """Whether `chunk` completes the beginning of another statement or of a fence, which ends the open call."""
        if chunk in "(（" and self._may_be_called() and not self._nesting.comment:
            if start := START_INSIDE.search(self._tail):
                self._give_up(len(start[1]) - 1, found)
                self._start(found)
                return True
            in_code = self._nesting.lost or not self._nesting.quote
            call = (CALL_INSIDE if in_code else CALL_IN_TEXT).search(self._tail)
            if call and method_named(call[2]):
                self._give_up(len(call[1]) - 1, found)
                self._begin(call[2])
                return True
        elif chunk in "`~" and FENCE.search(self._tail):
            self._give_up(2, found)
            return True
        return False

    def _give_up(self, surplus: int, found: list[Statement]) -> None:
        """End the open call; its last `surplus` characters belong to the next statement."""
        source = "".join(self._source)
        source = source[: len(source) - surplus]
        call = parse_broken(self._name, self._start_line, source, final=True)
        assert call is not None
        self._accept(call, found)

    def _try_line(self, found: list[Statement]) -> None:
        """At the end of a line that may end the call: accept the call if it can be repaired."""
        if self._tries < _MAX_TRIES and _MAY_END.search(self._tail):
            self._tries += 1
            self._accept(parse_broken(self._name, self._start_line, "".join(self._source), final=False), found)

    def _accept(self, call: Call | None, found: list[Statement]) -> None:
        if call is not None:
            found.append(replace(call, passes=self._passes, remark=self._remark) if self._passes else call)
            self._leave()

    def _end(self, found: list[Statement]) -> None:
        """The last bracket has closed: accept the call if it is valid or can be repaired, otherwise wait for more."""
        source = "".join(self._source)
        call = parse_clean(self._name, self._start_line, source) if self._nesting.clean else None
        self._accept(call or parse_broken(self._name, self._start_line, source, final=False), found)
        self._nesting.lost = bool(self._name)
