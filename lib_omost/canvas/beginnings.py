"""How statements begin, as patterns that end with the bracket, or the fence, just read."""

from __future__ import annotations

import re

TAIL = 200
"""Characters before a bracket that are looked at."""
_NAME = r"[^\W\d]\w{0,60}"
_MARGIN = r"\n[ \t\u00a0\u3000\ufeff]*(?:(?:>>>|\.\.\.|[-*>]|\d{1,2}[.)])[ \t]+)?"
# A statement starts a line (behind a prompt or a bullet, perhaps), or follows another one on its line.
_NEXT = rf"(?:{_MARGIN}|\A\(?\)[ \t;]*|\n[^\n#]*;[ \t]*)"
_AMID = rf"(?:{_MARGIN}|[;)][ \t]*)"  # within a call whose brackets are in disorder
_ASSIGNED = rf"(?:{_NAME}[ \t]*=[ \t]*)?"
_CALLED = rf"((?:(?:{_NAME})?[ \t]*\.[ \t]*){{0,4}}({_NAME})[ \t]*\()\Z"
_MADE = rf"({_NAME}[ \t]*(?::[^\n=]{{0,40}})?=[ \t]*(?:{_NAME}\.)?[Cc]anvas[ \t]*\()\Z"
NEXT_CALL, NEXT_START = re.compile(_NEXT + _ASSIGNED + _CALLED), re.compile(_NEXT + _MADE)
CALL_AMID, START_AMID = re.compile(_AMID + _ASSIGNED + _CALLED), re.compile(_AMID + _MADE)
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
"""Method names, without case and underscores, to the method that is meant."""


def plain_name(name: str) -> str:
    """`name` without case and underscores."""
    return name.replace("_", "").casefold()
