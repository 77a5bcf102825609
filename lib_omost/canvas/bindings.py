"""Names and loops in the code around the calls: literals that get a name, and `for` over literals.

Models sometimes write `for i in range(3):` around a call with a formatted text. Such a call is read once per pass, with
the names replaced by their values. Only literals count, and nothing is executed.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from lib_omost.canvas.calls import Call, parse_broken

MAX_PASSES = 32
"""Passes of a loop that are read; a canvas has at most as many regions."""
MAX_PASSES_OF_REPLY = 96
MAX_LINE = 4_000
"""Length in characters of a statement around the calls, which may span several lines."""
MAX_NAMES = 64
MAX_LOOPS = 6
"""Loops within each other that are read."""
MAX_DEPTH = 60
"""Depth of an expression in which names are replaced."""
MAX_FORMATTED = 4_000
"""Length in characters of a formatted text."""
MAX_REPLACED = 50_000
"""Size of all expressions with names and of the values in their places in one reply, see `_size`; a loop over five
regions has some 500."""
_CHARS = 16
"""Characters of a text that count as much as one node."""

Names: TypeAlias = Mapping[str, ast.expr]

_FOR = re.compile(r"for[ \t]([^\n]{1,300}?)[ \t]in[ \t](.{1,3000}):$", re.DOTALL)
_FOR_BEFORE = re.compile(r"[ \t]*(for[ \t][^\n]{1,120}?[ \t]in[ \t][^\n]{1,120}?:)[ \t]*\S")
_ASSIGNED = re.compile(r"[a-zA-Z_]\w{0,60}[ \t]*=[ \t]*[\[('\"\d{].*[\])'\"\d}]\Z", re.DOTALL)
_UNKNOWN = "This call stands in a loop over values that are no literals; it was read once."
_BEGINS = re.compile(r"\s*(?:for[ \t]|[a-zA-Z_]\w{0,60}[ \t]*=)")
"""The beginning of code that may go over several lines."""
_OPEN, _CLOSE = re.compile(r"[\[({]"), re.compile(r"[\])}]")


@dataclass
class Room:
    """What is left of MAX_REPLACED for a reply."""

    left: int = field(default=MAX_REPLACED)

    def take(self, node: ast.expr) -> bool:
        """Whether `node` still fits; from the first that does not, none does."""
        self.left -= _size(node) if self.left > 0 else 0
        return self.left > 0


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
            if value is not None and _fixed(value):
                self._names[name.strip()] = value

    def _leave(self, indent: int) -> None:
        """End the loops whose body is indented further than `indent`."""
        while self._loops and self._loops[-1].indent >= indent:
            self._loops.pop()

    def _loop(self, header: str, indent: int) -> Loop:
        found = _FOR.match(header)
        target, source = (_parsed(found[1]), _parsed(found[2])) if found else (None, None)
        values = None if source is None else _values(substituted(source, self._names, self._room))
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


def substituted(node: ast.expr, names: Names, room: Room) -> ast.expr:
    """`node` with names replaced, and formatted texts, sums and items of literals resolved. A tree deeper than
    MAX_DEPTH, or without `room`, is returned as it is."""
    if room.left <= 0 or not _resolvable(node) or not room.take(node):
        return node
    made = _Substitution(names, room).visit(copy.deepcopy(node))
    assert isinstance(made, ast.expr)
    return made


class _Substitution(ast.NodeTransformer):
    """Values of names become parts of the tree without being copied, so they are not changed."""

    def __init__(self, names: Names, room: Room) -> None:
        self.names = names
        self.room = room

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self.names.get(node.id)
        return node if value is None or not self.room.take(value) else _at(copy.copy(value), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts: list[str] = []
        length = 0
        for part in node.values:
            value = self.visit(part.value) if isinstance(part, ast.FormattedValue) else part
            if not isinstance(value, ast.Constant) or not isinstance(value.value, str | int | float):
                return node
            parts.append(str(value.value))
            length += len(parts[-1])
            if length > MAX_FORMATTED:
                return node
        return _at(ast.Constant("".join(parts)), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        node.left, node.right = left, right
        if not (_number(left) and _number(right)):
            return node
        assert isinstance(left, ast.Constant)
        assert isinstance(right, ast.Constant)
        if max(len(repr(left.value)), len(repr(right.value))) > 20:
            return node
        a, b = float(repr(left.value)), float(repr(right.value))
        results = {ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b}
        if b:
            results |= {ast.Div: a / b, ast.Mod: a % b}
        made = results.get(type(node.op))
        if made is None or not abs(made) < 1e9:
            return node
        whole = isinstance(left.value, int) and isinstance(right.value, int) and made == int(made)
        return _at(ast.Constant(int(made) if whole else made), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        holder, index = self.visit(node.value), self.visit(node.slice)
        items = _values(holder)
        if items is None or not isinstance(index, ast.Constant) or not isinstance(index.value, int):
            return node
        return items[index.value] if -len(items) <= index.value < len(items) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
            value = node.args[0]
            if isinstance(value, ast.Constant):
                return _at(ast.Constant(str(value.value)), node)
        return node


def _resolvable(node: ast.expr) -> bool:
    """Whether `node` has anything to replace or resolve, and no more than MAX_DEPTH levels."""
    level: list[ast.AST] = [node]
    found = False
    for _ in range(MAX_DEPTH):
        found = found or any(isinstance(part, ast.Name | ast.JoinedStr | ast.BinOp) for part in level)
        level = [child for part in level for child in ast.iter_child_nodes(part)]
        if not level:
            return found
    return False


def _size(node: ast.expr) -> int:
    """The number of nodes of a value, and a part of the length of its texts."""
    texts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return sum(1 for _ in ast.walk(node)) + sum(len(text) // _CHARS for text in texts if isinstance(text, str))


def _number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _at(made: ast.expr, node: ast.expr) -> ast.expr:
    return ast.copy_location(made, node)


def _parsed(source: str) -> ast.expr | None:
    """The expression `source`; None if it is not valid."""
    call = parse_broken("value", 1, f"value(({source}))", final=True)
    assert call is not None
    if call.problem or call.repairs or len(call.arguments) != 1 or call.arguments[0].name is not None:
        return None
    return call.arguments[0].node


def _fixed(node: ast.expr) -> bool:
    """Whether an expression has only literals."""
    kinds = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.Load, ast.Set)
    return all(isinstance(part, kinds) for part in ast.walk(node))


def _values(node: ast.expr) -> list[ast.expr] | None:
    """The values over which a loop goes; None if they are not literals."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return list(items) if all(map(_fixed, items)) else None
        case ast.Call(func=ast.Name(id="range"), args=bounds):
            numbers = [number for bound in bounds if (number := _whole(bound)) is not None]
            if len(numbers) != len(bounds) or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
                return None
            return [ast.Constant(number) for number in range(*numbers)[: MAX_PASSES + 1]]
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *start]):
            counted = _values(inner)
            first = (_whole(start[0]) if start else 0) or 0
            if counted is None:
                return None
            return [_pair(ast.Constant(first + n), item) for n, item in enumerate(counted[: MAX_PASSES + 1])]
        case ast.Call(func=ast.Name(id="zip"), args=[_, *_] as lists):
            columns = [column[: MAX_PASSES + 1] for item in lists if (column := _values(item)) is not None]
            if len(columns) < len(lists):
                return None
            return [ast.Tuple(list(row), ast.Load()) for row in zip(*columns, strict=False)]
    return None


def _whole(node: ast.expr) -> int | None:
    """The whole number of a literal, with its sign."""
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
    return None


def _pair(first: ast.expr, second: ast.expr) -> ast.expr:
    return ast.Tuple([first, second], ast.Load())


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
