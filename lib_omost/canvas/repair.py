"""A broken call, made readable again.

One pass over the source of a call writes it anew: every text as a plain literal, every bracket closed, every argument
apart. What was mended is returned with it, by name. Lines are kept, so that line numbers stay true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lib_omost.canvas.limits import MAX_ARGUMENTS, MAX_CALL_CODE, MAX_NESTING
from lib_omost.canvas.prompt import LOCAL_PARAMETERS

RepairKind: TypeAlias = Literal[
    "quotes", "stray quote", "unclosed text", "comma", "bracket", "symbol", "missing value", "cut text"
]


@dataclass(frozen=True, slots=True)
class Repair:
    """One mended place: `line` counts from 0 within the call, `written` quotes it."""

    kind: RepairKind
    line: int
    written: str


@dataclass(frozen=True, slots=True)
class Argument:
    """The source of one argument; `line` counts from 0 within the call."""

    source: str
    line: int


@dataclass(slots=True)
class Mended:
    """A call taken apart. `complete`: its closing bracket was found, and all of its texts were closed."""

    arguments: list[Argument] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    complete: bool = False
    problem: str = ""


_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_FULL_WIDTH = {
    "（": "(",
    "）": ")",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "，": ",",
    "、": ",",
    "＝": "=",
    "＋": "+",
    "－": "-",
}
_FULL_WIDTH |= {"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "；": ","}
_SINGLE, _DOUBLE = "'‘’‚‛`´′＇", '"“”„‟«»″＂'
_QUOTES = _SINGLE + _DOUBLE
_PARAMETER = rf"(?:{'|'.join(LOCAL_PARAMETERS)})"
_NAMED = re.compile(rf"{_PARAMETER}\s*=(?!=)")
_GOES_ON = re.compile(rf"\s*(?:[,，]|{_PARAMETER}\s*=)")
_WORD = re.compile(r"[^\W\d]\w*|\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\.\.")
_KEYWORD = re.compile(r"[^\W\d]\w*\s*=(?!=)")
_PREFIX = re.compile(r"[bBfFrRuU]{1,2}\Z")
_ESCAPE = re.compile(r"\\(?:([\\'\"abfnrtv])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(\n))")
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# What may follow a closing quote: the end of the line, the end of a list or of the call, or the next value or keyword.
_AFTER_TEXT = re.compile(
    rf"""[ \t]*(?:
        \n | \Z | \#
      | [)\]}}）］】] [ \t]* (?: [\n,)\]}};\#.，（）］] | \Z )
      | [,，、] \s* (?:
            \Z | [,\n\[\]()\d{{\#{_QUOTES}\-+.…] | [bBfFrRuU]{{1,2}}['"] | None\b | [^\W\d]\w*\s*=
          | {_PARAMETER}[ \t]*[:'"‘“]
        )
      | \+ \s* (?: [{_QUOTES}(] | [bBfFrRuU]{{1,2}}['"] )
      | [^\W\d]\w* [ \t]* =(?!=)
      | (?<=[ \t]) ['"“‘]
    )""",
    re.VERBOSE,
)
# What the line after a text without a closing quote may start with; anything else continues the text.
_NEW_ITEM = re.compile(rf"\Z|[{_QUOTES})\]}}\[\#]|[^\W\d]\w*\s*=|```|~~~")
_MAX_WORD = 64
_VALUE_ENDS = frozenset("'\")]}")
_BLANKS = re.compile(r"\s*")
_TRIPLE = {quote: re.compile(rf"{quote * 3}((?:[^\\]|\\[\s\S])*?){quote * 3}") for quote in "'\""}
_EDGE = " \t,，、" + _QUOTES


def _decoded(raw: str) -> str:
    """`raw` with Python's escapes resolved, but `\\N{...}`; what is no escape stays as it is."""

    def resolve(found: re.Match[str]) -> str:
        simple, *codes, octal, newline = found.groups()
        if newline:
            return ""
        if simple:
            return _CONTROLS.get(simple, simple)
        number = int(octal, 8) if octal else int(next(code for code in codes if code), 16)
        return chr(number) if number <= 0x10FFFF else found[0]

    return _ESCAPE.sub(resolve, raw)


class _Mender:
    def __init__(self, source: str, final: bool) -> None:
        self.source = source
        self.final = final
        self.pos = 0
        self.line = 0
        self.stack: list[str] = []
        self.out: list[str] = []
        self.last = ""  # the last piece of `out` that is not blank
        self.argument_line = 0
        self.code = 0
        self.cut = False
        self.owes_comma = False  # the text just read was closed in front of a comma that was taken for a part of it
        self.result = Mended()

    def run(self) -> Mended:
        start = self.source.index("(")
        self.line = self.argument_line = self.source.count("\n", 0, start)
        self.stack.append(")")
        self.pos = start + 1
        while self.pos < len(self.source) and self.stack and not self.result.problem:
            self.step(self.source[self.pos])
        self.result.complete = not self.stack and not self.cut
        if self.stack and self.final:
            self.close(len(self.stack))
        return self.result

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
        elif char in _QUOTES:
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
            self.result.problem = f"it holds more than {MAX_CALL_CODE} characters beside its texts"

    def repaired(self, kind: RepairKind, written: str) -> None:
        self.result.repairs.append(Repair(kind, self.line, written))

    @property
    def after_value(self) -> bool:
        """Whether a value has just ended, so that a comma or a closing bracket is due."""
        return self.last[-1:] in _VALUE_ENDS or self.last[-1:].isalnum()

    def separate(self) -> None:
        """The comma between two values of the call that was left out."""
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
        elif char != "\\":  # a backslash at the end of a line says nothing within brackets
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
            word = "1e999" if word.isdigit() else "_"  # beyond any range, or no name that means something here
        elif not word.isascii():
            word = "_"  # to normalise such a name Python would import a module
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
        goes_on = len(self.stack) > 1 and _GOES_ON.match(self.source, self.pos)
        if char not in self.stack or (goes_on and char not in self.stack[1:]):
            self.repaired("bracket", char)
            if goes_on:  # `['one', 'two'),`: a bracket of another kind
                self.close(1)
            return
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
        """Read a text from its opening quote on and write it as a plain literal."""
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
        start = self.pos
        raw = (
            self.triple(quote) if self.source.startswith(quote * 3, start) and quote in _TRIPLE else self.single(quote)
        )
        lines = self.source.count("\n", start, self.pos)
        self.line += lines
        if raw is None:
            self.cut = True
        else:
            self.out.append(_literal(raw if "r" in prefix else _decoded(raw), formatted="f" in prefix))
            self.last = self.out[-1].strip()
        self.out.append("\n" * lines)
        if self.owes_comma:
            self.owes_comma = False
            self.put(",") if len(self.stack) > 1 else self.end_argument()

    def triple(self, quote: str) -> str | None:
        found = _TRIPLE[quote].match(self.source, self.pos)
        if found:
            self.pos = found.end()
            return found[1]
        self.cut_off()
        return None

    def single(self, quote: str) -> str | None:
        closers = quote if quote in _TRIPLE else _SINGLE if quote in _SINGLE else _DOUBLE
        start = pos = self.pos + 1
        stray = False
        while pos < len(self.source):
            char = self.source[pos]
            if char == "\\":
                pos += 2
            elif char == "\n":
                following = _BLANKS.match(self.source, pos)
                assert following is not None
                if _NEW_ITEM.match(self.source, following.end()):
                    return self.unclosed(start, pos)
                pos = following.end()
            elif char in closers and _AFTER_TEXT.match(self.source, pos + 1):
                self.pos = pos + 1
                written = self.source[start - 1 : pos + 1]
                if stray and quote in _TRIPLE:
                    self.repaired("stray quote", written)
                if quote not in _TRIPLE:
                    self.repaired("quotes", written)
                return self.joined(start, pos)
            else:
                stray = stray or char in closers
                pos += 1
        self.cut_off()
        return None

    def cut_off(self) -> None:
        """A text that the end of the source cuts off is left out: half a phrase may say something else."""
        self.repaired("cut text", self.source[self.pos :])
        self.pos = len(self.source)

    def unclosed(self, start: int, end: int) -> str | None:
        """The text of a line that ends without a closing quote."""
        self.pos = end
        if not self.final and not self.source[end:].strip():
            return None  # what follows will say whether the text goes on
        self.repaired("unclosed text", self.source[start - 1 : end])
        text = self.source[start:end].rstrip(_EDGE)
        self.owes_comma = "," in self.source[start + len(text) : end]
        return self.joined(start, start + len(text))

    def joined(self, start: int, end: int) -> str:
        """The source between two positions; a text that was broken over lines is one line again."""
        lines = self.source[start:end].split("\n")
        if any(not line.endswith("\\") for line in lines[:-1]):
            self.repaired("unclosed text", self.source[start:end])
            return " ".join(line.strip().removesuffix("\\") for line in lines)
        return "\n".join(lines)


def _literal(value: str, *, formatted: bool) -> str:
    """A literal of one line; a formatted text stays one, to be refused, if it has expressions."""
    if formatted:
        plain = value.replace("{{", "\0").replace("}}", "\1")
        if "{" in plain or "}" in plain:
            return " f'{0}' "
        value = plain.replace("\0", "{").replace("\1", "}")
    return f" {value!r} "


def mend(source: str, *, final: bool) -> Mended:
    """Take the source of a call apart, from its name to its closing bracket; what stands behind that is left alone.

    With `final` nothing more will come: what is open is closed, and a text that was cut off is left out. Otherwise such
    a call is returned as not `complete`. Never raises; `problem` says why a call cannot be kept at all.
    """
    return _Mender(source, final).run()
