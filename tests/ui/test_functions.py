"""The page's functions are short enough to be read at once, and its controls are bound by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MOST_LINES = 60
ROOM = Path(__file__).resolve().parents[2] / "lib_omost" / "ui"
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of the room with the place that it has."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, FUNCTIONS):
                yield f"{path.relative_to(ROOM)}:{node.lineno} {node.name}", node


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def test_no_function_is_longer_than_sixty_lines() -> None:
    found = dict(functions())
    assert len(found) > 100, "the room was not found"
    assert {place: lines(node) for place, node in found.items() if lines(node) > MOST_LINES} == {}


def test_no_widget_takes_its_values_by_position() -> None:
    packed = {place for place, node in functions() if place.startswith("widgets/") and node.args.vararg is not None}
    assert packed == set()
