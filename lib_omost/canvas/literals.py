"""Values of literals in syntax trees. Nothing is looked up, called or computed, except that texts are concatenated."""

from __future__ import annotations

import ast
import re
from typing import Any

from lib_omost.canvas.limits import MAX_LIST_ITEMS

_NUMBER = re.compile(
    r"\s*([+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20}))\s*(?:m|meters?|metres?|units?)?\s*", re.IGNORECASE
)
_TOKENS = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[\[\](){}]", re.DOTALL)
MAX_DEPTH = 8
"""Depth of the brackets in a printed value."""
MAX_JOINED = 256
"""Number of texts that may be joined by `+`."""


class NotUnderstoodError(Exception):
    """An expression is not a literal of the expected kind; `str(error)` names what it is, such as "a variable"."""


def _kind(node: ast.expr) -> str:
    """The kind of expression, for messages."""
    names: dict[type[ast.expr], str] = {
        ast.Name: "a variable",
        ast.Attribute: "an attribute",
        ast.Call: "a call",
        ast.JoinedStr: "a formatted text",
        ast.BinOp: "a calculation",
        ast.UnaryOp: "a calculation",
        ast.BoolOp: "a calculation",
        ast.Compare: "a comparison",
        ast.Dict: "a dictionary",
        ast.Lambda: "a function",
        ast.IfExp: "a condition",
        ast.List: "a list",
        ast.Tuple: "a list",
        ast.Set: "a list",
    }
    for kind in (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp):
        names[kind] = "a loop"
    if isinstance(node, ast.Constant):
        return {str: "a text", bool: "a truth value", int: "a number", float: "a number"}.get(
            type(node.value), "a value"
        )
    return names.get(type(node), "an expression")


def is_missing(node: ast.expr) -> bool:
    """Whether the expression is `None` or `...`, which count as an absent value."""
    return isinstance(node, ast.Constant) and (node.value is None or node.value is ...)


def text_of(node: ast.expr) -> str:
    """The text of a literal, or of several joined by `+`. Raises NotUnderstoodError."""
    parts: list[str] = []
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            parts.append(part.value)
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            pending += [part.right, part.left]
        else:
            raise NotUnderstoodError(_kind(part))
        if len(parts) + len(pending) > MAX_JOINED:
            raise NotUnderstoodError(f"a text joined of more than {MAX_JOINED} pieces")
    return "".join(parts)


def number_of(node: ast.expr) -> tuple[float, bool]:
    """The number of a literal, with its sign, and whether it was written as a text ("5.0", "5 meters").

    The number may be infinite (1e999). Raises NotUnderstoodError.
    """
    sign = 1.0
    for _ in range(2):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            sign = -sign if isinstance(node.op, ast.USub) else sign
            node = node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        try:
            return sign * float(node.value), False
        except OverflowError:
            return sign * float("inf"), False
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := _NUMBER.fullmatch(node.value)):
        return sign * float(found[1]), True
    raise NotUnderstoodError(_kind(node))


def items_of(node: ast.expr) -> list[ast.expr] | None:
    """The items of a list, tuple or set, or of several joined by `+`, with nested ones flattened; None for any other
    expression."""
    pending: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        pending.append(node.right)
        node = node.left
    pending.append(node)
    if not all(isinstance(part, ast.List | ast.Tuple | ast.Set) for part in pending):
        return None
    items: list[ast.expr] = []
    while pending and len(items) <= MAX_LIST_ITEMS:
        item = pending.pop()
        if isinstance(item, ast.List | ast.Tuple | ast.Set):
            pending += reversed(item.elts)
        else:
            items.append(item)
    return items


def color_text_of(node: ast.expr) -> str:
    """The text of a colour: a text, a bare word, or "(r, g, b)" for three numbers.

    Raises NotUnderstoodError.
    """
    items = items_of(node)
    if items is not None and len(items) == 3:
        numbers = [number_of(item)[0] for item in items]
        if all(0 <= number <= 255 for number in numbers):
            return "({:.0f}, {:.0f}, {:.0f})".format(*numbers)
    if isinstance(node, ast.Constant) and type(node.value) is int and 0xFFFF < node.value <= 0xFFFFFF:
        return f"#{node.value:06x}"
    return word_or_text(node)


def word_or_text(node: ast.expr) -> str:
    """A text, or a bare word in place of one. Raises NotUnderstoodError."""
    return node.id if isinstance(node, ast.Name) else text_of(node)


def python_value(source: str) -> Any:
    """The value that Python printed at the beginning of `source`: dictionaries, lists, texts, numbers, and arrays as
    nested lists; None for everything else. Nothing is executed."""
    end = _end_of_value(source)
    try:
        return _plain(ast.parse(source[:end].strip(), mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _end_of_value(source: str) -> int:
    """The position after the bracket that closes the first one."""
    depth = 0
    for found in _TOKENS.finditer(source):
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if depth == 0 and found[0] in ")]}":
            return found.end()
    return len(source)


def _plain(node: ast.expr, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return None
    match node:
        case ast.Constant(value=str() | int() | float() | bool() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_plain(item, depth + 1) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {
                key.value: _plain(value, depth + 1)
                for key, value in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
        case ast.Call(func=ast.Name(id="array" | "tensor"), args=[first, *_]):
            return _plain(first, depth + 1)
    return None
