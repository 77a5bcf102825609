"""From the source of one call to its arguments as syntax trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from lib_omost.canvas.repair import Repair, mend


@dataclass(frozen=True, slots=True)
class CallArgument:
    """One argument. `node` is None if its source cannot be parsed; `line` counts from 0 within the call."""

    name: str | None
    node: ast.expr | None
    line: int
    source: str

    def segment(self, node: ast.expr) -> str:
        """The source of a part of its value."""
        return ast.get_source_segment(self.source, node) or ""

    def joined(self, other: CallArgument) -> CallArgument | None:
        """This argument with its value and that of `other` in one list; None if they cannot be joined."""
        if self.node is None or other.node is None:
            return None
        source = f"call([{self.segment(self.node)}, {other.segment(other.node)}\n])"
        tree = _parse(source)
        return CallArgument(self.name, tree.args[0], self.line, source) if tree and len(tree.args) == 1 else None


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was written.

    `line` counts from 1 in the whole reply. `complete` is False if the reply ended, or the next call began, before its
    closing bracket. `problem` says why nothing of it can be kept; "" if it can.
    """

    name: str
    line: int
    arguments: tuple[CallArgument, ...] = ()
    repairs: tuple[Repair, ...] = ()
    complete: bool = True
    problem: str = ""


def _parse(source: str) -> ast.Call | None:
    # The caller has bounded nesting and length; the parser itself may still give up, and says so in several ways.
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Call) else None


def _arguments(tree: ast.Call, source: str, line: int) -> list[CallArgument]:
    """The arguments of `tree` in the order written; its source starts at `line`."""
    found = [CallArgument(None, node, line + node.lineno - 1, source) for node in tree.args]
    for keyword in tree.keywords:
        name = keyword.arg if keyword.arg is not None else "**"
        found.append(CallArgument(name, keyword.value, line + keyword.lineno - 1, source))
    return found


def parse_clean(name: str, line: int, source: str) -> Call | None:
    """The call, if its source is plain Python as it stands."""
    tree = _parse(source)
    return None if tree is None else Call(name, line, tuple(_arguments(tree, source, 0)))


def parse_broken(name: str, line: int, source: str, *, final: bool) -> Call | None:
    """The call, mended. None if it is not complete and more may come (`final` is False)."""
    mended = mend(source, final=final)
    if not final and (not mended.complete or mended.problem):
        return None
    if mended.problem:
        return Call(name, line, problem=mended.problem)
    arguments: list[CallArgument] = []
    for argument in mended.arguments:
        piece = f"call({argument.source}\n)"
        tree = _parse(piece)
        if tree is None:
            blank_lines = len(argument.source) - len(argument.source.lstrip("\n "))
            start = argument.line + argument.source.count("\n", 0, blank_lines)
            arguments.append(CallArgument(None, None, start, argument.source))
        else:
            arguments += _arguments(tree, piece, argument.line)
    return Call(name, line, tuple(arguments), tuple(mended.repairs), mended.complete)
