"""From the arguments of a call to the values of a global description or a region, with a note for all that differs."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from lib_omost.canvas.calls import Call, CallArgument
from lib_omost.canvas.colors import match_color
from lib_omost.canvas.correction import Match
from lib_omost.canvas.limits import MAX_DISTANCE, MAX_LIST_ITEMS, MAX_TEXT_CHARS, MIN_DISTANCE
from lib_omost.canvas.literals import (
    NotUnderstoodError,
    color_text_of,
    is_missing,
    items_of,
    number_of,
    text_of,
    word_or_text,
)
from lib_omost.canvas.model import NoteKind, clean_text
from lib_omost.canvas.notebook import Notebook, shortened
from lib_omost.canvas.parameters import MEANINGS, PHRASES, TEXTS, parameter_named
from lib_omost.canvas.vocabulary import DEFAULT_COLOR, DEFAULT_DISTANCE


class Arguments:
    """The arguments of one call, by parameter; each reader notes what it had to change."""

    def __init__(
        self, call: Call, parameters: tuple[str, ...], notebook: Notebook, named_only: tuple[str, ...] = ()
    ) -> None:
        self.call = call
        self.positional = parameters
        self.parameters = (*parameters, *named_only)
        self.notebook = notebook
        self.by_name: dict[str, CallArgument] = {}
        self.broken_lines: dict[str, int] = {}
        self._assign()

    def note(self, line: int, kind: NoteKind, written: str, made: str, message: str) -> None:
        """`line` counts from 0 within the call."""
        self.notebook.add(self.call.line + line, kind, written, made, message)

    def written(self, argument: CallArgument, node: ast.expr | None = None) -> str:
        """How an argument's value, or a part of it, stands in the reply."""
        node = node or argument.node
        if node is None:
            return argument.source
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return argument.segment(node)

    def _assign(self) -> None:
        free = list(self.positional)
        latest = ""  # the parameter of the last named argument
        for argument in self.call.arguments:
            if argument.node is None:
                self._broken(argument)
            elif argument.name is not None or isinstance(argument.node, ast.Starred):
                latest = self._assign_named(argument, free) or latest
            elif latest:
                self._continue(latest, argument)
            elif free:
                self.by_name[free.pop(0)] = argument
            else:
                message = "The call has one value too many; it was left out."
                self.note(argument.line, "dropped", self.written(argument), "", message)

    def _continue(self, name: str, argument: CallArgument) -> None:
        """A value without a name behind a named one: a text goes on with the text before it."""
        before = self.by_name[name]
        if name in TEXTS and (joined := before.joined(argument)):
            self.by_name[name] = joined
            return
        message = "A value without a name stands behind named ones; it was left out."
        self.note(argument.line, "dropped", self.written(argument), "", message)

    def _broken(self, argument: CallArgument) -> None:
        self.broken_lines[argument.source.partition("=")[0].strip()] = argument.line
        message = "This argument is not valid code and could not be mended; it was left out."
        self.note(argument.line, "dropped", argument.source, "", message)

    def _assign_named(self, argument: CallArgument, free: list[str]) -> str | None:
        """The parameter that a named argument is for."""
        written = argument.name or "*"
        name = parameter_named(written, self.parameters)
        if name is None:
            message = f"The call takes no argument named {shortened(written)!r}; it was left out."
            if written in ("*", "**"):
                message = "Arguments cannot be unpacked from a list or a dictionary; they were left out."
            self.note(argument.line, "dropped", f"{written}={self.written(argument)}", "", message)
            return None
        if name != written:
            message = f"The argument {shortened(written)!r} was taken as {name!r}."
            self.note(argument.line, "corrected", written, name, message)
        if earlier := self.by_name.get(name):
            message = f"The argument {name!r} is given twice; the last one was kept."
            self.note(earlier.line, "dropped", self.written(earlier), "", message)
        if name in free:
            free.remove(name)
        self.by_name[name] = argument
        return name

    def present(self, name: str) -> CallArgument | None:
        """The argument of a parameter; None if it is absent or says that it is."""
        argument = self.by_name.get(name)
        if argument is None or argument.node is None or is_missing(argument.node):
            return None
        return argument

    def is_written(self, name: str) -> bool:
        """Whether a text was given for a parameter, be it an empty one."""
        argument = self.present(name)
        return argument is not None and isinstance(argument.node, ast.Constant) and argument.node.value == ""

    def text(self, name: str) -> str:
        """The text of an optional parameter; "" if it is absent."""
        argument = self.present(name)
        if argument is None or argument.node is None:
            return ""
        items = items_of(argument.node)
        if items is not None:
            texts = self._item_texts(name, argument, items)
            made = (", " if name == "tags" else " ").join(texts)
            self.note(
                argument.line, "corrected", self.written(argument), made, f"The list given for {name!r} was joined."
            )
        else:
            try:
                made = text_of(argument.node)
            except NotUnderstoodError as reason:
                message = f"The value of {name!r} is {reason}, not a text; it was left out."
                self.note(argument.line, "dropped", self.written(argument), "", message)
                return ""
        return self._bounded(name, argument, made)

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of an optional list; () if it is absent."""
        argument = self.present(name)
        if argument is None or argument.node is None:
            return ()
        items = items_of(argument.node)
        if items is None:
            try:
                single = text_of(argument.node)
            except NotUnderstoodError as reason:
                message = f"The value of {name!r} is {reason}, not a list of texts; it was left out."
                self.note(argument.line, "dropped", self.written(argument), "", message)
                return ()
            if not clean_text(single):
                return ()
            message = f"The single text given for {name!r} was taken as a list of one."
            self.note(argument.line, "corrected", single, f"[{single!r}]", message)
            return (self._bounded(name, argument, single),)
        return tuple(self._bounded(name, argument, text) for text in self._item_texts(name, argument, items))

    def _item_texts(self, name: str, argument: CallArgument, items: list[ast.expr]) -> list[str]:
        texts: list[str] = []
        for item in items[:MAX_LIST_ITEMS]:
            try:
                texts.append(text_of(item))
            except NotUnderstoodError as reason:
                line = self._line(argument, item)
                message = f"One entry of {name!r} is {reason}, not a text; it was left out."
                self.note(line, "dropped", self.written(argument, item), "", message)
        if len(items) > MAX_LIST_ITEMS:
            message = f"The list {name!r} is longer than {MAX_LIST_ITEMS} texts; the rest was left out."
            self.note(argument.line, "dropped", "", "", message)
        return texts

    def _line(self, argument: CallArgument, node: ast.expr) -> int:
        first = argument.node.lineno if argument.node is not None else node.lineno
        return argument.line + max(0, node.lineno - first)

    def _bounded(self, name: str, argument: CallArgument, text: str) -> str:
        if len(text.strip()) > MAX_TEXT_CHARS:
            message = f"A text of {name!r} is longer than {MAX_TEXT_CHARS:,} characters; the rest of it was left out."
            self.note(argument.line, "dropped", text, "", message)
        return clean_text(text)

    def phrase(self, name: str) -> str:
        """The phrase of the parameter `location`, `offset` or `area`."""
        match, default = PHRASES[name]
        return self._matched(name, match, default, word_or_text)

    def color_name(self) -> str:
        """The colour, as a name of the vocabulary."""
        return self._matched("HTML_web_color_name", match_color, DEFAULT_COLOR, color_text_of)

    def _matched(self, name: str, match: Callable[[str], Match], default: str, read: Callable[[ast.expr], str]) -> str:
        argument = self.present(name)
        if argument is None or argument.node is None:
            self._missing(name, default)
            return default
        try:
            text = read(argument.node)
        except NotUnderstoodError as reason:
            message = f"The value of {name!r} is {reason}, not a text; {default!r} stands in its place."
            self.note(argument.line, "defaulted", self.written(argument), default, message)
            return default
        found = match(text)
        if found.how == "corrected":
            message = f"{_quoted(text)} is not in the vocabulary; it was taken as {found.value!r}."
            self.note(argument.line, "corrected", text, found.value, message)
        elif found.how == "defaulted":
            message = f"{_quoted(text)} was not understood as {MEANINGS[name]}; {found.value!r} stands in its place."
            self.note(argument.line, "defaulted", text, found.value, message)
        return found.value

    def _missing(self, name: str, default: str) -> None:
        argument = self.by_name.get(name)
        line = argument.line if argument else self.broken_lines.get(name, 0)
        self.note(line, "defaulted", "", default, f"The call does not say {MEANINGS[name]}; {default!r} was taken.")

    def distance(self) -> float:
        """The distance to the viewer, MIN_DISTANCE..MAX_DISTANCE."""
        name = "distance_to_viewer"
        argument = self.present(name)
        if argument is None or argument.node is None:
            self._missing(name, str(DEFAULT_DISTANCE))
            return DEFAULT_DISTANCE
        try:
            number, quoted = number_of(argument.node)
        except NotUnderstoodError as reason:
            message = f"The value of {name!r} is {reason}, not a number; {DEFAULT_DISTANCE} stands in its place."
            self.note(argument.line, "defaulted", self.written(argument), str(DEFAULT_DISTANCE), message)
            return DEFAULT_DISTANCE
        if math.isnan(number) or number < 0:
            message = f"A distance is not negative; {DEFAULT_DISTANCE} stands in its place."
            self.note(argument.line, "defaulted", self.written(argument), str(DEFAULT_DISTANCE), message)
            return DEFAULT_DISTANCE
        bounded = min(max(number, MIN_DISTANCE), MAX_DISTANCE)
        if bounded != number:
            message = (
                f"A distance lies between {MIN_DISTANCE} and {MAX_DISTANCE:,.0f}; the nearest of that range was taken."
            )
            self.note(argument.line, "corrected", self.written(argument), str(bounded), message)
        elif quoted:
            message = "The distance was written as a text; it was taken as a number."
            self.note(argument.line, "corrected", self.written(argument), str(bounded), message)
        return bounded


def _quoted(text: str) -> str:
    return f"'{shortened(text)}'"
