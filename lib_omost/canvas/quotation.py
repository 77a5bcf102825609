"""Reading quoted texts as models write them: with typographic quotes, quotes inside the text, or no closing quote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lib_omost.canvas.model import Region
from lib_omost.canvas.prompt import published

RepairKind: TypeAlias = Literal[
    "quotes", "stray quote", "unclosed text", "comma", "bracket", "symbol", "missing value", "cut text"
]
"""What can be repaired in a call."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quoted text in a source.

    raw: the text between the quotes, with its escapes; None if the end of the source cuts it off. end: the position
    after it. owes_comma: whether an unclosed text swallowed the comma after it.
    """

    raw: str | None
    end: int
    repairs: tuple[tuple[RepairKind, str], ...] = ()
    owes_comma: bool = False


_SINGLE, _DOUBLE = "'‘’‚‛`´′＇", '"“”„‟«»″＂'
QUOTES = _SINGLE + _DOUBLE
"""All characters that open a text."""
_PLAIN = "'\""
PARAMETER = rf"(?:{'|'.join(published(Region))})"
"""Pattern that matches the name of a parameter."""
# What may follow a closing quote: the end of the line, the end of a list or of the call, or the next value or keyword.
_AFTER_TEXT = re.compile(
    rf"""[ \t]*(?:
        \n | \Z | \#
      | [)\]}}）］】] [ \t]* (?: [\n,)\]}};\#.，（）］] | \Z )
      | [,，、] \s* (?:
            \Z | [,\n\[\]()\d{{\#{QUOTES}\-+.…] | [bBfFrRuU]{{1,2}}['"] | None\b | [^\W\d][\w.]*\( | [^\W\d]\w*\s*=
          | {PARAMETER}[ \t]*[:'"‘“]
        )
      | \+ \s* (?: [{QUOTES}(] | [bBfFrRuU]{{1,2}}['"] )
      | [^\W\d]\w* [ \t]* =(?!=)
      | (?<=[ \t]) ['"“‘]
    )""",
    re.VERBOSE,
)
# What the line after a text without a closing quote may start with; anything else continues the text.
_NEW_ITEM = re.compile(rf"\Z|[{QUOTES})\]}}\[\#]|[^\W\d]\w*\s*=|```|~~~")
_BLANKS = re.compile(r"\s*")
_TRIPLE = {quote: re.compile(rf"{quote * 3}((?:[^\\]|\\[\s\S])*?){quote * 3}") for quote in _PLAIN}
_EDGE = " \t,，、" + QUOTES
_ESCAPE = re.compile(r"\\(?:([\\'\"abfnrtv])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(\n))")
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def read_quotation(source: str, start: int, *, final: bool) -> Quotation:
    """The text whose opening quote is at `start`. `final` says that nothing follows the source.

    A quote closes the text only if it is followed by something that may follow a text. A text without a closing quote
    ends with its line, unless the next line can only be its continuation.
    """
    quote = source[start]
    if quote in _PLAIN and source.startswith(quote * 3, start):
        found = _TRIPLE[quote].match(source, start)
        return Quotation(found[1], found.end()) if found else _cut_off(source, start)
    closers = quote if quote in _PLAIN else _SINGLE if quote in _SINGLE else _DOUBLE
    stray = False
    pos = start + 1
    while pos < len(source):
        char = source[pos]
        if char == "\\":
            pos += 2
        elif char == "\n":
            following = _BLANKS.match(source, pos)
            assert following is not None
            if _NEW_ITEM.match(source, following.end()):
                return _unclosed(source, start, pos, final)
            pos = following.end()
        elif char in closers and _AFTER_TEXT.match(source, pos + 1):
            written = source[start : pos + 1]
            raw, repairs = _one_line(source[start + 1 : pos])
            if quote not in _PLAIN:
                repairs.append(("quotes", written))
            elif stray:
                repairs.append(("stray quote", written))
            return Quotation(raw, pos + 1, tuple(repairs))
        else:
            stray = stray or char in closers
            pos += 1
    return _cut_off(source, start)


def _cut_off(source: str, start: int) -> Quotation:
    """A text that the end of the source cuts off; it is dropped, because half a phrase may mean something else."""
    return Quotation(None, len(source), (("cut text", source[start:]),))


def _unclosed(source: str, start: int, end: int, final: bool) -> Quotation:
    """The text of a line that ends, at `end`, without a closing quote."""
    if not final and not source[end:].strip():
        return Quotation(None, end)  # the next line will show whether the text continues
    text = source[start + 1 : end].rstrip(_EDGE)
    raw, repairs = _one_line(text)
    owes_comma = "," in source[start + 1 + len(text) : end]
    return Quotation(raw, end, (("unclosed text", source[start:end]), *repairs), owes_comma)


def _one_line(raw: str) -> tuple[str, list[tuple[RepairKind, str]]]:
    """A text that spans several lines, joined into one line."""
    lines = raw.split("\n")
    if all(line.endswith("\\") for line in lines[:-1]):
        return raw, []
    return " ".join(line.strip().removesuffix("\\") for line in lines), [("unclosed text", raw)]


def decoded(raw: str) -> str:
    """`raw` with Python's escapes resolved, except `\\N{...}`; anything else stays unchanged."""

    def resolve(found: re.Match[str]) -> str:
        simple, *codes, octal, newline = found.groups()
        if newline:
            return ""
        if simple:
            return _CONTROLS.get(simple, simple)
        number = int(octal, 8) if octal else int(next(code for code in codes if code), 16)
        return chr(number) if number <= 0x10FFFF else found[0]

    return _ESCAPE.sub(resolve, raw)


_FIELD = re.compile(r"\{\s*([a-zA-Z_]\w{0,40}(?:\[\w{1,20}\])?(?:\s*[-+*%]\s*\d{1,4})?)\s*\}")


def _formatted(text: str) -> str:
    """The formatted literal of a text whose fields are names, items or sums; with another field it formats None, which
    is refused later. In `text`, \\0 and \\1 are braces that belong to it."""
    parts = _FIELD.split(text)
    if any("{" in part or "}" in part for part in parts[::2]):
        return "f'{None}'"
    made = [f"{{{part}}}" if at % 2 else _in_quotes(part) for at, part in enumerate(parts)]
    return f"f'{''.join(made)}'"


def _in_quotes(text: str) -> str:
    plain = text.replace("\0", "{").replace("\1", "}")
    return "".join(char if char.isprintable() and char not in "'\\{}" else f"\\U{ord(char):08x}" for char in plain)


def literal(raw: str, prefix: str) -> str:
    """A plain one-line literal for a text with a prefix such as "r". A formatted text with expressions stays formatted,
    so that it is refused later."""
    value = raw if "r" in prefix else decoded(raw)
    if "f" in prefix:
        plain = value.replace("{{", "\0").replace("}}", "\1")
        if "{" in plain or "}" in plain:
            return _formatted(plain)
        value = plain.replace("\0", "{").replace("\1", "}")
    return repr(value)
