"""Patterns that recognise the beginning of a statement when its opening bracket, or a fence, has just been read."""

from __future__ import annotations

import re

from lib_omost.canvas.correction import correct_typo

TAIL = 200
"""Number of characters before a bracket that the patterns may match."""
_NAME = r"[^\W\d]\w{0,60}"
_LOGGED = r"(?:\[?\d{4}-\d\d-\d\d[^\n(]{0,60}?|\[?(?:DEBUG|INFO|WARNING|ERROR)[^\n(]{0,40}?)[ \t:\]|]"
_MARGIN = (
    r"\n[ \t\u00a0\u3000\ufeff]*(?:(?:>>>|\.\.\.|[-*>•・·●]|\d{1,2}[.)．、）])[ \t\u3000]*(?<![\d*])"
    rf"|{_LOGGED})?`{{0,2}}"
)
# A statement starts a line, possibly after an interpreter prompt, a bullet, a number, a log prefix or backquotes, or
# follows another statement on the same line.
_LOOP = r"\n[ \t]*for[ \t][^\n]{1,120}?[ \t]in[ \t][^\n]{1,120}?:[ \t]*"
_NEXT = rf"(?:{_MARGIN}|{_LOOP}|\A\(?\)[ \t;]*|\n[^\n#]*;[ \t]*)"
_INSIDE = rf"(?:{_MARGIN}|[;)][ \t]*)"  # within a call with unbalanced brackets
_ASSIGNED = rf"(?:{_NAME}[ \t]*=[ \t]*)?"
_CALLED = rf"((?:(?:{_NAME})?[ \t]*\.[ \t]*){{0,4}}({_NAME})[ \t]*[(（])\Z"
_MADE = rf"({_NAME}[ \t]*(?::[^\n=]{{0,40}})?=[ \t]*(?:{_NAME}\.)?[Cc]anvas[ \t]*[(（])\Z"
NEXT_CALL, NEXT_START = re.compile(_NEXT + _ASSIGNED + _CALLED), re.compile(_NEXT + _MADE)
CALL_INSIDE, START_INSIDE = re.compile(_INSIDE + _ASSIGNED + _CALLED), re.compile(_INSIDE + _MADE)
CALL_IN_TEXT = re.compile(rf"\n[ \t]*{_CALLED}")
FENCE = re.compile(r"\n[ \t]{0,8}(?:```|~~~)\Z")

METHODS = {"setglobaldescription": "set_global_description", "addlocaldescription": "add_local_description"}
METHODS |= {
    "setglobaldescriptions": "set_global_description",
    "addglobaldescription": "set_global_description",
    "setglobal": "set_global_description",
    "addlocaldescriptions": "add_local_description",
    "setlocaldescription": "add_local_description",
    "addlocal": "add_local_description",
}
METHODS |= dict.fromkeys(
    "addlocaldesc addregion addlocalregion addelement addobject addsubject addlayer addlocal localdescription".split(),  # noqa: SIM905
    "add_local_description",
)
METHODS |= dict.fromkeys(
    "setglobaldesc setglobalprompt setscene setbackground globaldescription setdescription".split(),  # noqa: SIM905
    "set_global_description",
)
"""Method names without case and underscores, mapped to the methods that they mean."""
_ON_CANVAS = re.compile(r"canvas[ \t]*\.[ \t]*\w+[ \t]*[(（]\Z", re.IGNORECASE)


def method_named(name: str) -> str | None:
    """The method that a name means, allowing for one typing mistake; None if it means none."""
    plain = plain_name(name)
    return METHODS.get(plain) or correct_typo(plain, METHODS)


def is_statement(called: str, name: str) -> bool:
    """Whether a call may describe something: because of its method `name`, or because it calls any method of the
    canvas. `called` is the source of the call up to its bracket."""
    return method_named(name) is not None or _ON_CANVAS.search(called) is not None


def plain_name(name: str) -> str:
    """`name` without case and underscores."""
    return name.replace("_", "").casefold()
