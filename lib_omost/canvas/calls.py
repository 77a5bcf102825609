"""Parsing the source of one call into its arguments, as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lib_omost.canvas.limits import MAX_ARGUMENTS
from lib_omost.canvas.repair import Repair, repair


@dataclass(frozen=True, slots=True)
class CallArgument:
    """One argument. `node` is None if its source cannot be parsed; `line` counts from 0 within the call."""

    name: str | None
    node: ast.expr | None
    line: int
    source: str

    def segment(self, node: ast.expr) -> str:
        """The source of a node within the argument's value."""
        lines = _lines(self.source)[node.lineno - 1 : node.end_lineno]
        if not lines or node.end_col_offset is None:
            return ""
        cut = [*lines[:-1], lines[-1][: node.end_col_offset]]
        cut[0] = cut[0][node.col_offset :]
        return b"\n".join(cut).decode("utf-8", "replace")

    def joined(self, others: Sequence[CallArgument]) -> CallArgument | None:
        """This argument with its value and those of `others` as one list; None if they cannot be joined."""
        values = [argument.segment(argument.node) for argument in (self, *others) if argument.node is not None]
        source = f"call([{', '.join(values)}\n])"
        tree = _parse(source)
        return CallArgument(self.name, tree.args[0], self.line, source) if tree and len(tree.args) == 1 else None


@lru_cache(maxsize=4)
def _lines(source: str) -> tuple[bytes, ...]:
    """The lines of `source` as bytes, because syntax trees count columns in bytes; cached for all nodes of a call."""
    return tuple(source.encode("utf-8", "replace").split(b"\n"))


@dataclass(frozen=True, slots=True)
class Call:
    """A method call in a reply.

    line: counts from 1 in the whole reply. complete: False if the reply ended, or the next call began, before its
    closing bracket. problem: why nothing of it can be used, "" if it can. passes: the names with a value, for each
    pass of the loops around it. remark: a sentence about these loops.
    """

    name: str
    line: int
    arguments: tuple[CallArgument, ...] = ()
    repairs: tuple[Repair, ...] = ()
    complete: bool = True
    problem: str = ""
    passes: tuple[Mapping[str, ast.expr], ...] = ()
    remark: str = ""


def _parse(source: str) -> ast.Call | None:
    # The caller has bounded nesting and length, but the parser may still fail, with any of these exceptions.
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Call) else None


def _arguments(tree: ast.Call, source: str, line: int) -> list[CallArgument]:
    """The arguments of `tree` in order; its source starts at `line`."""
    found = [CallArgument(None, node, line + node.lineno - 1, source) for node in tree.args]
    for keyword in tree.keywords:
        name = keyword.arg if keyword.arg is not None else "**"
        found.append(CallArgument(name, keyword.value, line + keyword.lineno - 1, source))
    return found


def parse_clean(name: str, line: int, source: str) -> Call | None:
    """The call if its source is valid Python, otherwise None."""
    tree = _parse(source)
    if tree is None:
        return None
    if len(tree.args) + len(tree.keywords) > MAX_ARGUMENTS:
        return Call(name, line, problem=f"it has more than {MAX_ARGUMENTS} arguments")
    return Call(name, line, tuple(_arguments(tree, source, 0)))


def parse_broken(name: str, line: int, source: str, *, final: bool) -> Call | None:
    """The call after repair; None if it is incomplete and more text may follow (`final` is False)."""
    repaired = repair(source, final=final)
    if not final and (not repaired.complete or repaired.problem):
        return None
    if repaired.problem:
        return Call(name, line, problem=repaired.problem)
    arguments: list[CallArgument] = []
    for argument in repaired.arguments:
        piece = f"call({argument.source}\n)"
        tree = _parse(piece)
        if tree is None:
            blank_lines = len(argument.source) - len(argument.source.lstrip("\n "))
            start = argument.line + argument.source.count("\n", 0, blank_lines)
            arguments.append(CallArgument(None, None, start, argument.source))
        else:
            arguments += _arguments(tree, piece, argument.line)
    return Call(name, line, tuple(arguments), tuple(repaired.repairs), repaired.complete)
