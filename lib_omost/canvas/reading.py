"""Reading the values of fields from the arguments of a call, by kind of field, with a note for every change."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

from lib_omost.canvas.arguments import Arguments
from lib_omost.canvas.calls import CallArgument
from lib_omost.canvas.colors import match_color
from lib_omost.canvas.correction import Match
from lib_omost.canvas.fields import Cells, Color, FieldSpec, Number, Phrase, Switch, Text, Texts
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.languages import translated
from lib_omost.canvas.limits import MAX_LIST_ITEMS, MAX_TEXT_CHARS
from lib_omost.canvas.literals import (
    NotUnderstoodError,
    color_text_of,
    items_of,
    number_of,
    text_of,
    word_or_text,
)
from lib_omost.canvas.model import NoteKind, clean_text
from lib_omost.canvas.notebook import shortened

_SWITCHES = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}


def read_field(arguments: Arguments, row: FieldSpec) -> Any:
    """The value of one field: as written, corrected, or its default."""
    match row.kind:
        case Phrase(match=match, meaning=meaning):
            return _matched(arguments, row, match, word_or_text, meaning)
        case Color(meaning=meaning):
            return _matched(arguments, row, match_color, color_text_of, meaning)
        case Number():
            return _number(arguments, row, row.kind)
        case Text():
            return _text(arguments, row, row.kind)
        case Texts():
            return _texts(arguments, row)
        case Switch():
            return _switch(arguments, row, row.kind)
        case Cells():
            return _cells(arguments, row)


def _text(arguments: Arguments, row: FieldSpec, kind: Text) -> str:
    argument = arguments.present(row.keyword)
    if argument is None or argument.node is None:
        return str(row.default)
    items = items_of(argument.node)
    if items is not None:
        made = kind.joiner.join(_item_texts(arguments, row, argument, items))
        message = f"The list given for {row.keyword!r} was joined."
        arguments.note(argument.line, "corrected", arguments.written(argument), made, message)
    else:
        try:
            made = text_of(argument.node)
        except NotUnderstoodError as reason:
            message = f"The value of {row.keyword!r} is {reason}, not a text; it was left out."
            arguments.note(argument.line, "dropped", arguments.written(argument), "", message)
            return str(row.default)
    return _bounded(arguments, row, argument, made)


def _texts(arguments: Arguments, row: FieldSpec) -> tuple[str, ...]:
    argument = arguments.present(row.keyword)
    if argument is None or argument.node is None:
        return ()
    items = items_of(argument.node)
    if items is None:
        try:
            single = text_of(argument.node)
        except NotUnderstoodError as reason:
            message = f"The value of {row.keyword!r} is {reason}, not a list of texts; it was left out."
            arguments.note(argument.line, "dropped", arguments.written(argument), "", message)
            return ()
        if not clean_text(single):
            return ()
        message = f"The single text given for {row.keyword!r} was read as a list of one."
        arguments.note(argument.line, "corrected", single, f"[{single!r}]", message)
        return (_bounded(arguments, row, argument, single),)
    return tuple(_bounded(arguments, row, argument, text) for text in _item_texts(arguments, row, argument, items))


def _item_texts(arguments: Arguments, row: FieldSpec, argument: CallArgument, items: list[ast.expr]) -> list[str]:
    texts: list[str] = []
    for item in items[:MAX_LIST_ITEMS]:
        try:
            texts.append(text_of(item))
        except NotUnderstoodError as reason:
            first = argument.node.lineno if argument.node is not None else item.lineno
            line = argument.line + max(0, item.lineno - first)
            message = f"One entry of {row.keyword!r} is {reason}, not a text; it was left out."
            arguments.note(line, "dropped", arguments.written(argument, item), "", message)
    if len(items) > MAX_LIST_ITEMS:
        message = f"The list {row.keyword!r} is longer than {MAX_LIST_ITEMS} texts; the rest was left out."
        arguments.note(argument.line, "dropped", "", "", message)
    return texts


def _bounded(arguments: Arguments, row: FieldSpec, argument: CallArgument, text: str) -> str:
    if len(text.strip()) > MAX_TEXT_CHARS:
        message = (
            f"A text of {row.keyword!r} is longer than {MAX_TEXT_CHARS:,} characters; the rest of it was left out."
        )
        arguments.note(argument.line, "dropped", text, "", message)
    return clean_text(text)


def _matched(
    arguments: Arguments, row: FieldSpec, match: Callable[[str], Match], read: Callable[[ast.expr], str], meaning: str
) -> str:
    argument = arguments.present(row.keyword)
    if argument is None or argument.node is None:
        return str(_absent(arguments, row, meaning))
    try:
        text = read(argument.node)
    except NotUnderstoodError as reason:
        return str(_invalid(arguments, row, argument, f"{reason}, not a text"))
    found = match(text)
    if found.how == "defaulted" and (english := translated(text)) and (other := match(english)).how != "defaulted":
        found = Match(other.value, "corrected")
    if found.how == "corrected":
        message = f"'{shortened(text)}' is not in the vocabulary; it was read as {found.value!r}."
        arguments.note(argument.line, "corrected", text, found.value, message)
    elif found.how == "defaulted":
        message = f"'{shortened(text)}' was not understood as {meaning}; {found.value!r} was used instead."
        arguments.note(argument.line, "defaulted", text, found.value, message)
    return found.value


def _absent(arguments: Arguments, row: FieldSpec, meaning: str) -> Any:
    """The default, with a note if every call should give the value."""
    if not row.extension:
        argument = arguments.by_name.get(row.keyword)
        line = argument.line if argument else arguments.broken_lines.get(row.keyword, 0)
        message = f"The call does not give {meaning}; '{row.default}' was used."
        arguments.note(line, "defaulted", "", str(row.default), message)
    return row.default


def _invalid(arguments: Arguments, row: FieldSpec, argument: CallArgument, reason: str) -> Any:
    """The default, with a note that gives the reason."""
    made = repr(row.default)
    message = f"The value of {row.keyword!r} is {reason}; {made} was used instead."
    kind: NoteKind = "dropped" if row.extension else "defaulted"
    arguments.note(argument.line, kind, arguments.written(argument), "" if row.extension else str(row.default), message)
    return row.default


def _number(arguments: Arguments, row: FieldSpec, kind: Number) -> float:
    argument = arguments.present(row.keyword)
    if argument is None or argument.node is None:
        return float(_absent(arguments, row, kind.meaning))
    try:
        number, quoted = number_of(argument.node)
    except NotUnderstoodError as reason:
        return float(_invalid(arguments, row, argument, f"{reason}, not a number"))
    if kind.refuses_negative and number < 0:
        message = f"{kind.meaning.capitalize()} cannot be negative; {row.default} was used instead."
        arguments.note(argument.line, "defaulted", arguments.written(argument), str(row.default), message)
        return float(row.default)
    bounded = min(max(number, kind.low), kind.high)
    if bounded != number:
        message = (
            f"{kind.meaning.capitalize()} must be from {_figure(kind.low)} to {_figure(kind.high)}; "
            "the nearest value was used."
        )
        arguments.note(argument.line, "corrected", arguments.written(argument), str(bounded), message)
    elif quoted:
        message = f"The value of {row.keyword!r} was written as a text; it was read as a number."
        arguments.note(argument.line, "corrected", arguments.written(argument), str(bounded), message)
    return bounded


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:g}"


def _switch(arguments: Arguments, row: FieldSpec, kind: Switch) -> bool:
    argument = arguments.present(row.keyword)
    if argument is None or argument.node is None:
        return bool(row.default)
    if isinstance(argument.node, ast.Constant) and isinstance(argument.node.value, bool):
        return argument.node.value
    written = arguments.written(argument)
    meant = _SWITCHES.get(written.strip().casefold())
    if meant is None:
        message = f"The value of {row.keyword!r} is not True or False; {kind.consequence}."
        arguments.note(argument.line, "dropped", written, "", message)
        return bool(row.default)
    message = f"The value of {row.keyword!r} was read as {meant}."
    arguments.note(argument.line, "corrected", written, str(meant), message)
    return meant


def _cells(arguments: Arguments, row: FieldSpec) -> Rect | None:
    argument = arguments.present(row.keyword)
    if argument is None or argument.node is None:
        return None
    written = arguments.written(argument)

    def dropped(reason: str) -> Rect | None:
        message = f"The value of {row.keyword!r} is {reason}; the three phrases were used instead."
        arguments.note(argument.line, "dropped", written, "", message)
        return None

    items = items_of(argument.node)
    if items is None or len(items) != 4:
        return dropped("not a list of four numbers (top, bottom, left, right)")
    try:
        numbers = [number_of(item)[0] for item in items]
    except NotUnderstoodError as reason:
        return dropped(f"{reason}, not a list of four numbers (top, bottom, left, right)")
    if not all(map(math.isfinite, numbers)):
        return dropped("not a list of four finite numbers")
    edges = [max(0, min(GRID, round(number))) for number in numbers]
    top, bottom = sorted(edges[:2])
    left, right = sorted(edges[2:])
    rect = Rect(top, bottom, left, right)
    if not rect.area:
        return dropped("an empty rectangle")
    if list(rect.as_tuple) != numbers:
        made = str(list(rect.as_tuple))
        message = f"A rectangle is [top, bottom, left, right] in whole cells of 0..{GRID}; it was read as {made}."
        arguments.note(argument.line, "corrected", written, made, message)
    return rect
