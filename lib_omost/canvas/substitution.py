"""Replacing names by their values in expressions, and resolving what then consists of literals. Nothing is executed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

MAX_PASSES = 32
"""Passes of a loop that are read; a canvas has at most as many regions."""
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


@dataclass
class Room:
    """What is left of MAX_REPLACED for a reply."""

    left: int = MAX_REPLACED

    def take(self, node: ast.expr) -> bool:
        """Whether `node` still fits; from the first that does not, none does."""
        self.left -= _size(node) if self.left > 0 else 0
        return self.left > 0


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
        items = items_over(holder)
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


def is_literal(node: ast.expr) -> bool:
    """Whether an expression has only literals."""
    kinds = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.Load, ast.Set)
    return all(isinstance(part, kinds) for part in ast.walk(node))


def items_over(node: ast.expr) -> list[ast.expr] | None:
    """The values over which a loop goes; None if they are not literals."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return list(items) if all(map(is_literal, items)) else None
        case ast.Call(func=ast.Name(id="range"), args=bounds):
            numbers = [number for bound in bounds if (number := _whole(bound)) is not None]
            if len(numbers) != len(bounds) or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
                return None
            return [ast.Constant(number) for number in range(*numbers)[: MAX_PASSES + 1]]
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *start]):
            counted = items_over(inner)
            first = (_whole(start[0]) if start else 0) or 0
            if counted is None:
                return None
            return [_pair(ast.Constant(first + n), item) for n, item in enumerate(counted[: MAX_PASSES + 1])]
        case ast.Call(func=ast.Name(id="zip"), args=[_, *_] as lists):
            columns = [column[: MAX_PASSES + 1] for item in lists if (column := items_over(item)) is not None]
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
