"""A reply with another canvas in it."""

from __future__ import annotations

import re

from lib_omost.canvas.beginnings import plain_name
from lib_omost.canvas.extension import is_extended, plain
from lib_omost.canvas.fields import specs
from lib_omost.canvas.interpreter import interpret
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.writer import write

_FENCED = re.compile(r"^[ \t]{0,3}(```+|~~~+)[^\n`]*\n.*?^[ \t]{0,3}\1[ \t]*(?=\n|\Z)", re.MULTILINE | re.DOTALL)


def rewritten(reply: str, canvas: Canvas) -> str:
    """`reply` with the code of `canvas` in place of its own.

    Words around a single fenced block of code stay; where code stands in several places, or outside of a fence, the
    code of `canvas` is the whole reply.
    """
    blocks = [match for match in _FENCED.finditer(reply) if _is_code(match[0])]
    if not blocks or _is_code(reply[: blocks[0].start()]) or _is_code(reply[blocks[0].end() :]):
        return write(canvas)
    made = reply[: blocks[0].start()] + write(canvas) + reply[blocks[0].end() :]
    # Words that are no code may still stand in the way of it.
    return made if interpret(made).canvas == canvas else write(canvas)


def plain_reply(reply: str) -> str:
    """`reply` as a published model could have written it: itself, or without this program's extension (see
    extension.py) where it uses it."""
    if not any(name in plain_name(reply) for name in _NAMES):
        return reply
    canvas = interpret(reply).canvas
    if canvas is None or not any(map(is_extended, canvas.regions)):
        return reply
    return rewritten(reply, plain(canvas))


_NAMES = tuple(name for row in specs(Region) if row.extension for name in (plain_name(row.keyword), *row.aliases))
"""Spellings of the extension's keywords, without case and underscores."""


def _is_code(text: str) -> bool:
    return "canvas" in text.casefold() and "(" in text
