"""Repair of a call that does not parse.

One pass over the source of a call rewrites it: every text becomes a plain literal, every bracket is closed, every
argument stands separately. The repairs are listed. Line breaks are kept, so line numbers stay valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lib_omost.canvas.limits import MAX_ARGUMENTS, MAX_CALL_CODE, MAX_NESTING
from lib_omost.canvas.quotation import PARAMETER, QUOTES, RepairKind, literal, read_quotation


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: `line` counts from 0 within the call, `written` quotes the source."""

    kind: RepairKind
    line: int
    written: str


@dataclass(frozen=True, slots=True)
class Argument:
    """The source of one argument; `line` counts from 0 within the call."""

    source: str
    line: int


@dataclass(slots=True)
class RepairedCall:
    """A call, split into its arguments.

    complete: whether its closing bracket was found and all of its texts were closed. problem: why it cannot be used.
    """

    arguments: list[Argument] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    complete: bool = False
    problem: str = ""


_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_FULL_WIDTH = dict(zip("（）［］【】，、；＝＋－‐‑–—−", "()[][],,,=+------", strict=True))
_NAMED = re.compile(rf"{PARAMETER}\s*=(?!=)")
_GOES_ON = re.compile(rf"\s*(?:[,，]|{PARAMETER}\s*=)")
_WORD = re.compile(r"[^\W\d]\w*|\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\.\.")
_KEYWORD = re.compile(r"[^\W\d]\w*\s*=(?!=)")
_PREFIX = re.compile(r"[bBfFrRuU]{1,2}\Z")
_NUMBER = re.compile(r"0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|[\d_]+\.?\d*(?:[eE][+-]?\d+)?[jJ]?")
_MAX_WORD = 64
_VALUE_ENDS = frozenset("'\")]}")


class _Repairer:
    def __init__(self, source: str, final: bool) -> None:
        self.source = source
        self.final = final
        self.pos = 0
        self.line = 0
        self.stack: list[str] = []
        self.out: list[str] = []
        self.last = ""  # the last non-blank piece of `out`
        self.argument_line = 0
        self.code = 0
        self.cut = False
        self.result = RepairedCall()

    def run(self) -> RepairedCall:
        start = self.source.index("(")
        self.line = self.argument_line = self.source.count("\n", 0, start)
        self.stack.append(")")
        self.pos = start + 1
        while self.pos < len(self.source) and self.stack and not self.result.problem:
            self.step(self.source[self.pos])
        self.result.complete = not self.stack and not self.cut
        if self.stack and self.final:
            self.drop_cut_name()
            self.close(len(self.stack))
        return self.result

    def drop_cut_name(self) -> None:
        """Leave out the name of an argument that the end of the source cuts off."""
        written = "".join(self.out).strip()
        if len(self.stack) == 1 and written.isidentifier() and self.source[-1:].isidentifier():
            self.repaired("cut text", written)
            self.out, self.last = [], ""

    def step(self, char: str) -> None:
        char = _FULL_WIDTH.get(char, char)
        if char == "\n":
            self.out.append(char)
            self.line += 1
            self.pos += 1
        elif char.isspace() or char in "\ufeff\u200b":
            self.out.append(" ")
            self.pos += 1
        elif char == "#":
            end = self.source.find("\n", self.pos)
            self.pos = len(self.source) if end < 0 else end
        elif char in QUOTES:
            self.text(char)
        elif char in _CLOSERS:
            self.opening(char)
        elif char in ")]}":
            self.closing(char)
        elif char == ",":
            self.comma()
        elif found := _WORD.match(self.source, self.pos):
            self.word(found[0])
        else:
            self.symbol(char)

    def put(self, piece: str) -> None:
        self.out.append(piece)
        self.last = piece.strip()
        self.code += len(piece)
        if self.code > MAX_CALL_CODE:
            self.result.problem = f"it has more than {MAX_CALL_CODE} characters outside its texts"

    def repaired(self, kind: RepairKind, written: str) -> None:
        self.result.repairs.append(Repair(kind, self.line, written))

    @property
    def after_value(self) -> bool:
        """Whether a value has just ended, so that a comma or a closing bracket must follow."""
        return self.last[-1:] in _VALUE_ENDS or self.last[-1:].isalnum()

    def separate(self) -> None:
        """Insert a missing comma between two arguments."""
        self.repaired("comma", "")
        self.end_argument()

    def symbol(self, char: str) -> None:
        self.pos += 1
        if char == ":" and len(self.stack) == 1:
            self.repaired("symbol", char)
            self.put("=")
        elif char in "=+-*/%.:<>|&^~@":
            self.put(char)
        elif char == "…":
            self.put("...")
        elif char != "\\":  # a backslash at the end of a line means nothing within brackets
            self.repaired("symbol", char)

    def word(self, word: str) -> None:
        if len(self.stack) > 1 and _NAMED.match(self.source, self.pos):
            self.repaired("bracket", self.stack[-1])  # the list before this argument was not closed
            separated = self.last == ","
            self.close(len(self.stack) - 1)
            if separated:
                self.end_argument()
        starts_argument = word[0].isdigit() or _KEYWORD.match(self.source, self.pos)
        if starts_argument and self.after_value and len(self.stack) == 1:
            self.separate()
        self.pos += len(word)
        if len(word) > _MAX_WORD:
            word = "1e999" if word.isdigit() else "_"  # out of every range, or an unknown name
        elif not word.isascii() or (word[0].isdigit() and not _NUMBER.fullmatch(word)):
            word = "_"  # Python would import a module to normalise such a name, and print a warning for such a number
        self.put(f" {word} ")

    def opening(self, char: str) -> None:
        self.pos += 1
        if char == "[" and self.last.startswith(("'", '"')) and len(self.stack) == 1:
            self.separate()
        if len(self.stack) >= MAX_NESTING:
            self.result.problem = f"its brackets are nested more than {MAX_NESTING} deep"
        self.stack.append(_CLOSERS[char])
        self.put(char)

    def comma(self) -> None:
        self.pos += 1
        if not self.last or self.last in ("(", "[", "{", ","):
            self.repaired("comma", ",")
        elif len(self.stack) > 1:
            self.put(",")
        else:
            self.end_argument()

    def closing(self, char: str) -> None:
        self.pos += 1
        goes_on = _GOES_ON.match(self.source, self.pos)
        if char not in self.stack or (goes_on and char not in self.stack[1:]):
            self.repaired("bracket", char)
            if goes_on and len(self.stack) > 1:  # `['one', 'two'),`: a bracket of another kind
                self.close(1)
            return  # otherwise it is superfluous: the call continues after it
        while self.stack[-1] != char:
            self.repaired("bracket", self.stack[-1])
            self.close(1)
        self.close(1)

    def close(self, count: int) -> None:
        for _ in range(count):
            closer = self.stack.pop()
            if self.stack:
                self.put(closer)
            else:
                self.end_argument()

    def end_argument(self) -> None:
        if self.last:
            if self.last == "=":
                if not self.cut:
                    self.repaired("missing value", "".join(self.out).strip())
                self.put("None")
            self.result.arguments.append(Argument("".join(self.out), self.argument_line))
            if len(self.result.arguments) > MAX_ARGUMENTS:
                self.result.problem = f"it has more than {MAX_ARGUMENTS} arguments"
        self.out, self.last = [], ""
        self.argument_line = self.line

    def text(self, quote: str) -> None:
        """Read a text from its opening quote and write it as a plain literal."""
        prefix = ""
        if self.source[self.pos - 1].isalpha() and _PREFIX.match(self.last):
            prefix = self.last.lower()
            del self.out[-1]
            self.last = next((piece.strip() for piece in reversed(self.out) if piece.strip()), "")
        if len(self.stack) == 1 and self.last.isidentifier():
            self.repaired("symbol", self.last)
            self.put("=")  # `description 'A dragon'`
        elif len(self.stack) == 1 and self.after_value and not self.last.endswith(("'", '"')):
            self.separate()
        quotation = read_quotation(self.source, self.pos, final=self.final)
        for kind, written in quotation.repairs:
            self.repaired(kind, written)
        lines = self.source.count("\n", self.pos, quotation.end)
        self.line += lines
        self.pos = quotation.end
        if quotation.raw is None:
            self.cut = True
        else:
            self.last = literal(quotation.raw, prefix)
            self.out.append(f" {self.last} ")
        self.out.append("\n" * lines)
        if quotation.owes_comma:
            self.put(",") if len(self.stack) > 1 else self.end_argument()


def repair(source: str, *, final: bool) -> RepairedCall:
    """Repair the source of a call, from its name to its closing bracket; anything after that is ignored.

    `final` says that no more text will follow: open brackets are closed, and a text that is cut off is left out.
    Otherwise such a call is returned with `complete` False. Never raises; `problem` says why a call cannot be used.
    """
    return _Repairer(source, final).run()
