"""Python's rules for quotes, comments and brackets, followed through the source of an open call.

Language models break these rules, for instance with an apostrophe in a text between apostrophes. What cannot be right
is recognised as soon as possible, because from there on the rules lead nowhere.
"""

from __future__ import annotations

import re

from lib_omost.canvas.limits import MAX_CALL_CODE, MAX_NESTING

_STRING_PREFIX = re.compile(r"(?<!\w)[bBfFrRuU]{1,2}['\"]\Z")
_ODD_NUMBER = re.compile(r"\d[^\W\d]")  # as in `5if`, for which Python's parser prints a warning
_PLAIN_ESCAPES = frozenset("\\'\"abfnrtv\n")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


class Nesting:
    """What is open within a call, from its first bracket on.

    quote: the one or three quotes that close the open text, "" outside of texts. comment: whether a comment is open.
    clean: valid Python so far, as far as can be told. lost: quotes or brackets do not balance, so that following them
    further is useless.
    """

    def __init__(self) -> None:
        self.quote = ""
        self.comment = False
        self.clean = True
        self.lost = False
        self._stack = [")"]
        self._code = 0
        self._pending = ""  # one or two opening quotes that may be the start of a triple quote
        self._closing = 0  # how many quotes of a closing triple have been read
        self._escaped = False

    def follow(self, chunk: str, before: str, tail: str) -> bool:
        """Follow the next chunk; returns whether it closes the bracket of the call. Not to be called once `lost`.

        chunk: one character that has a meaning, or several that have none. before: the last character before it. tail:
        the end of the source, with the chunk.
        """
        if self._pending:
            if chunk == self._pending[0]:
                self._pending += chunk
                if len(self._pending) == 3:
                    self.quote, self._pending = self._pending, ""
                return False
            self.quote = self._pending if len(self._pending) == 1 else ""
            self._pending = ""
        if self.comment:
            self.comment = chunk != "\n"
        elif self.quote:
            self._follow_text(chunk)
        else:
            return self._follow_code(chunk, before, tail)
        return False

    def _follow_text(self, chunk: str) -> None:
        if self._escaped:
            self._escaped = False
            self._closing = 0
            self.clean = self.clean and chunk[0] in _PLAIN_ESCAPES
        elif chunk == "\\":
            self._escaped = True
            self._closing = 0
        elif chunk == self.quote[0]:
            self._closing += 1
            if self._closing == len(self.quote):
                self.quote, self._closing = "", 0
        else:
            self._closing = 0
            self.lost = chunk == "\n" and len(self.quote) == 1

    def _follow_code(self, chunk: str, before: str, tail: str) -> bool:
        if chunk in "'\"":
            prefix = _STRING_PREFIX.search(tail)
            self._pending = chunk
            self.clean = self.clean and not prefix
            self.lost = not prefix and is_letter(before)  # a quote inside a word, as in `'the dragon's tail'`
        elif chunk == "#":
            self.comment = True
        elif chunk in _CLOSERS:
            self._stack.append(_CLOSERS[chunk])
            self.lost = len(self._stack) > MAX_NESTING
        elif chunk in ")]}":
            if self._stack.pop() != chunk:
                self.lost = True
            else:
                return not self._stack
        else:
            self._code += len(chunk) - chunk.count(" ")
            self.lost = self._code > MAX_CALL_CODE
            self.clean = self.clean and chunk.isascii() and not _ODD_NUMBER.search(before + chunk)
            self.lost = self.lost or (before in "'\"" and is_letter(chunk[0]))
        return False


def is_letter(char: str) -> bool:
    """Whether a name may contain `char`."""
    return char.isalnum() or char == "_"
