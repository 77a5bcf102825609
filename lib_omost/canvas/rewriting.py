"""Replacing the canvas in a reply."""

from __future__ import annotations

import re

from lib_omost.canvas.beginnings import plain_name
from lib_omost.canvas.extension import is_extended, without_extension
from lib_omost.canvas.fields import specs
from lib_omost.canvas.layouts import read_layout
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.stream import interpret
from lib_omost.canvas.thinking import CLOSING, answer_of, thinks
from lib_omost.canvas.writer import write

_FENCE = re.compile(r"^[ \t]{0,3}(```+|~~~+)([^\n`]*)$", re.MULTILINE)


def replace_canvas(reply: str, canvas: Canvas) -> str:
    """`reply` with its code replaced by that of `canvas`.

    Thinking and the text around a single fenced code block are kept. If there are several blocks, or code outside a
    fence, the rest of the result is only the code of `canvas`.
    """
    thinking, mark, answer = reply.rpartition(f"\n{CLOSING}\n")
    if mark:
        made = f"{thinking}{mark}{replace_canvas(answer, canvas)}"
        return made if read_layout(made).canvas == canvas else write(canvas)
    start, end = next(((start, end) for start, end in _blocks(reply) if _is_code(reply[start:end])), (0, 0))
    if not end or _is_code(reply[:start]) or _is_code(reply[end:]):
        return write(canvas)
    made = reply[:start] + write(canvas) + reply[end:]
    # Surrounding text may still change how the code is read.
    return made if read_layout(made).canvas == canvas else write(canvas)


def reply_without_extension(reply: str) -> str:
    """`reply` as a published model could have written it: without its thinking and, if it has any, without the
    extended keywords (see extension.py)."""
    if thinks(reply):
        reply = answer_of(reply).strip()
    if not any(name in plain_name(reply) for name in _KEYWORDS):
        return reply
    canvas = interpret(reply).canvas
    if canvas is None or not any(map(is_extended, canvas.regions)):
        return reply
    return replace_canvas(reply, without_extension(canvas))


def code_parts(reply: str) -> tuple[str, tuple[str, ...]]:
    """The code of `reply` without fences, and the texts around it; its thinking is in neither. A reply without a fenced
    block of code is code as a whole."""
    answer = answer_of(reply)
    code, around, end = [], [], 0
    for start, stop in _blocks(answer):
        if _is_code(answer[start:stop]):
            around.append(answer[end:start])
            code.append(_FENCE.sub("", answer[start:stop]))
            end = stop
    if not code:
        return answer, ()
    return "\n".join(code), tuple(text.strip() for text in (*around, answer[end:]) if text.strip())


_KEYWORDS = tuple(name for row in specs(Region) if row.extension for name in (plain_name(row.keyword), *row.aliases))
"""Spellings of the extension's keywords, without case and underscores."""


def _blocks(reply: str) -> list[tuple[int, int]]:
    """Where the fenced blocks of `reply` start and end, fences included."""
    fences = list(_FENCE.finditer(reply))
    closing: dict[str, list[int]] = {}  # the indices of the fences that may close one of these signs, last first
    for index in range(len(fences) - 1, -1, -1):
        if not fences[index][2].strip(" \t"):
            closing.setdefault(fences[index][1], []).append(index)
    found, index = [], 0
    while index < len(fences):
        ends = closing.get(fences[index][1], [])
        while ends and ends[-1] <= index:
            ends.pop()
        if ends:
            found.append((fences[index].start(), fences[ends[-1]].end()))
            index = ends[-1]
        index += 1
    return found


def _is_code(text: str) -> bool:
    return "canvas" in text.casefold() and "(" in text
