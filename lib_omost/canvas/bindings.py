"""Names and loops in the code around the calls: literals that get a name, and `for` over literals.

Models sometimes write `for i in range(3):` around a call with a formatted text. Such a call is read once per pass, with
the names replaced by their values. Only literals count, and nothing is executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lib_omost.canvas.calls import Call, parse_broken
from lib_omost.canvas.substitution import MAX_PASSES, Names, Room, is_literal, items_over, substituted

MAX_PASSES_OF_REPLY = 96
MAX_LINE = 4_000
"""Length in characters of a statement around the calls, which may span several lines."""
MAX_NAMES = 64
MAX_LOOPS = 6
"""Loops within each other that are read."""


_FOR = re.compile(r"for[ \t]([^\n]{1,300}?)[ \t]in[ \t](.{1,3000}):$", re.DOTALL)
_FOR_BEFORE = re.compile(r"[ \t]*(for[ \t][^\n]{1,120}?[ \t]in[ \t][^\n]{1,120}?:)[ \t]*\S")
_ASSIGNED = re.compile(r"[a-zA-Z_]\w{0,60}[ \t]*=[ \t]*[\[('\"\d{].*[\])'\"\d}]\Z", re.DOTALL)
_UNKNOWN = "This call stands in a loop over values that are no literals; it was read once."
_BEGINS = re.compile(r"\s*(?:for[ \t]|[a-zA-Z_]\w{0,60}[ \t]*=)")
"""The beginning of code that may go over several lines."""
_OPEN, _CLOSE = re.compile(r"[\[({]"), re.compile(r"[\])}]")


@dataclass(frozen=True, slots=True)
class Loop:
    """A `for` statement. passes: the names of each pass, None if its values are not literals."""

    indent: int
    passes: tuple[Names, ...] | None
    cut: bool = False


class Bindings:
    """Follows the code around the calls of one reply."""

    def __init__(self) -> None:
        self._line = ""
        self._names: dict[str, ast.expr] = {}
        self._loops: list[Loop] = []
        self._spent = 0
        self._room = Room()

    def feed(self, chunk: str) -> None:
        """Take the next characters outside of calls; a line break comes alone."""
        if chunk != "\n":
            self._line += chunk[: MAX_LINE + 1 - len(self._line)]
        elif self._goes_on():
            self._line += chunk
        else:
            self._end(self._line)
            self._line = ""

    def _goes_on(self) -> bool:
        """Whether the next line belongs to the statement that has begun."""
        line = self._line
        if len(line) > MAX_LINE or not _BEGINS.match(line):
            return False
        return len(_OPEN.findall(line)) > len(_CLOSE.findall(line))

    def take(self) -> tuple[tuple[Names, ...], str]:
        """The names in each pass of a call that begins on this line, and a sentence if not all are read."""
        line, self._line = self._line, ""
        last = line.rpartition("\n")[2]
        indent = len(last) - len(last.lstrip())
        self._leave(indent)
        loops = list(self._loops)
        if found := _FOR_BEFORE.match(last):
            loops.append(self._loop(found[1], indent))
        if not loops:
            return (dict(self._names),) if self._names else (), ""
        if len(loops) > MAX_LOOPS or any(loop.passes is None for loop in loops):
            return (dict(self._names),), _UNKNOWN
        room = max(min(MAX_PASSES, MAX_PASSES_OF_REPLY - self._spent), 1)
        passes: Sequence[Names] = [self._names]
        for loop in loops:
            joined = ({**outer, **inner} for outer in passes for inner in loop.passes or ())
            passes = list(islice(joined, room + 1))
        self._spent += min(len(passes), room)
        if len(passes) > room or any(loop.cut for loop in loops):
            return tuple(passes[:room]), f"This call stands in a loop; only the first {room} passes were read."
        return tuple(passes), f"This call stands in a loop; it was read {len(passes)} times."

    def _end(self, line: str) -> None:
        text = line.strip()
        if not text or text.startswith("#"):
            return
        indent = len(line) - len(line.lstrip())
        self._leave(indent)
        text = text.partition("  #")[0].rstrip()
        if _FOR.match(text):
            self._loops.append(self._loop(text, indent))
        elif _ASSIGNED.match(text) and len(self._names) < MAX_NAMES:
            name, _, source = text.partition("=")
            value = _parsed(source)
            if value is not None and is_literal(value):
                self._names[name.strip()] = value

    def _leave(self, indent: int) -> None:
        """End the loops whose body is indented further than `indent`."""
        while self._loops and self._loops[-1].indent >= indent:
            self._loops.pop()

    def _loop(self, header: str, indent: int) -> Loop:
        found = _FOR.match(header)
        target, source = (_parsed(found[1]), _parsed(found[2])) if found else (None, None)
        values = None if source is None else items_over(substituted(source, self._names, self._room))
        if target is None or values is None:
            return Loop(indent, None)
        passes = [_bound(target, value) for value in values[:MAX_PASSES]]
        if any(names is None for names in passes):
            return Loop(indent, None)
        return Loop(indent, tuple(names for names in passes if names is not None), len(values) > MAX_PASSES)


def in_pass(call: Call, names: Names, room: Room) -> Call:
    """`call` with the names of one pass replaced by their values, as far as there is `room`."""
    arguments = tuple(
        argument if argument.node is None else replace(argument, node=substituted(argument.node, names, room))
        for argument in call.arguments
    )
    return replace(call, arguments=arguments)


def _parsed(source: str) -> ast.expr | None:
    """The expression `source`; None if it is not valid."""
    call = parse_broken("value", 1, f"value(({source}))", final=True)
    assert call is not None
    if call.problem or call.repairs or len(call.arguments) != 1 or call.arguments[0].name is not None:
        return None
    return call.arguments[0].node


def _bound(target: ast.expr, value: ast.expr) -> dict[str, ast.expr] | None:
    """The names of `target` with the parts of `value`; None if they do not fit."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return None
    if len(target.elts) != len(value.elts):
        return None
    names: dict[str, ast.expr] = {}
    for part, item in zip(target.elts, value.elts, strict=True):
        inner = _bound(part, item)
        if inner is None:
            return None
        names |= inner
    return names
