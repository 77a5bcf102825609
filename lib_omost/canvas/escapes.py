"""Code inside a string, with its line breaks and quotes escaped, as programs print it or put it into JSON."""

from __future__ import annotations

import re

_STATEMENT = re.compile(
    r"(?:(?:[^\W\d]\w{0,60}[ \t]*=[ \t]*)?(?:\w{1,60}\.)?[Cc]anvas\(\)|(?:\w{1,60}\.)?\w{0,20}_descriptions?\()"
)
_ESCAPED = re.compile(r"[ ]{0,8}(?:\\{1,2}r)?(\\{1,2})n")
"""An escaped line break after a statement or its bracket, which no code has."""
_MAY_BE_ESCAPED = re.compile(r"[ ]{0,8}(?:\\{1,2}r)?\\{0,2}\Z")
_TAIL = 200
_SIMPLE = {"n": "\n", "r": "", "t": "\t", '"': '"', "'": "'", "/": "/", "\\": "\\"}


class Escapes:
    """Resolves the escapes of a reply while it arrives, if its first statement is escaped."""

    def __init__(self) -> None:
        self._tail = ""
        self._levels: list[_Level] = []
        self._settled = False

    def feed(self, text: str) -> tuple[str, bool]:
        """What the next piece becomes, and whether it turns out with this piece that the reply is escaped; then the
        result begins with the statement that showed it."""
        if self._levels:
            return self._resolved(text), False
        if self._settled:
            return text, False
        tail = self._tail + text
        statement = _STATEMENT.search(tail)
        if statement is None:
            self._tail = tail[-_TAIL:]
            return text, False
        found = _ESCAPED.match(tail, statement.end())
        if found is None:
            self._tail = tail[statement.start() :]
            self._settled = not _MAY_BE_ESCAPED.match(tail, statement.end())
            return text, False
        self._levels = [_Level() for _ in found[1]]
        return f"\n{statement[0]}" + self._resolved(tail[statement.end() :]), True

    def _resolved(self, text: str) -> str:
        for level in self._levels:
            text = level.feed(text)
        return text


class _Level:
    """One level of escapes."""

    def __init__(self) -> None:
        self._open = ""

    def feed(self, text: str) -> str:
        made = []
        for char in text:
            if not self._open:
                if char == "\\":
                    self._open = char
                else:
                    made.append(char)
            elif len(self._open) == 1 and char != "u":
                made.append(_SIMPLE.get(char, self._open + char))
                self._open = ""
            else:
                self._open += char
                if len(self._open) == 6:
                    made.append(_unicode(self._open))
                    self._open = ""
        return "".join(made)


def _unicode(escape: str) -> str:
    try:
        return chr(int(escape[2:], 16))
    except ValueError:
        return escape
