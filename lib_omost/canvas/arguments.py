"""Assignment of a call's arguments to fields, with a note for each argument that fits none."""

from __future__ import annotations

import ast

from lib_omost.canvas.calls import Call, CallArgument
from lib_omost.canvas.fields import FieldSpec, Text, Texts, specs
from lib_omost.canvas.literals import is_missing
from lib_omost.canvas.model import NoteKind
from lib_omost.canvas.notebook import Notebook, shortened
from lib_omost.canvas.parameters import parameter_named


class Arguments:
    """The arguments of one call by keyword, for the fields of `element`. Fields of the extension cannot be set by
    position."""

    def __init__(self, call: Call, element: type, notebook: Notebook) -> None:
        self.call = call
        self.element = element
        self.notebook = notebook
        self.by_name: dict[str, CallArgument] = {}
        self.broken_lines: dict[str, int] = {}
        self._assign()

    def note(self, line: int, kind: NoteKind, written: str, made: str, message: str) -> None:
        """Add a note; `line` counts from 0 within the call."""
        self.notebook.add(self.call.line + line, kind, written, made, message)

    def written(self, argument: CallArgument, node: ast.expr | None = None) -> str:
        """The text of an argument's value, or of a part of it, as the reply has it."""
        node = node or argument.node
        if node is None:
            return argument.source
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return argument.segment(node)

    def _assign(self) -> None:
        free = [row.keyword for row in specs(self.element) if not row.extension]  # while no argument has a name
        latest: FieldSpec | None = None  # the field of the last named argument
        continued: dict[str, list[CallArgument]] = {}  # unnamed values that follow a named text
        for argument in self.call.arguments:
            if argument.node is None:
                self._broken(argument)
            elif argument.name is not None or isinstance(argument.node, ast.Starred):
                named = self._assign_named(argument)
                if named is not None:
                    latest = named
                    continued.pop(named.keyword, None)
            elif latest is not None and isinstance(latest.kind, Text | Texts):
                continued.setdefault(latest.keyword, []).append(argument)
            elif latest is not None:
                self._nameless(argument)
            elif free:
                self.by_name[free.pop(0)] = argument
            else:
                message = "The call has one value too many; it was left out."
                self.note(argument.line, "dropped", self.written(argument), "", message)

        for keyword, others in continued.items():
            if joined := self.by_name[keyword].joined(others):
                self.by_name[keyword] = joined
            else:
                for argument in others:
                    self._nameless(argument)

    def _nameless(self, argument: CallArgument) -> None:
        message = "A value without a name follows named ones; it was left out."
        self.note(argument.line, "dropped", self.written(argument), "", message)

    def _broken(self, argument: CallArgument) -> None:
        self.broken_lines[argument.source.partition("=")[0].strip()] = argument.line
        message = "This argument is not valid code and could not be repaired; it was left out."
        self.note(argument.line, "dropped", argument.source, "", message)

    def _assign_named(self, argument: CallArgument) -> FieldSpec | None:
        """The field that a named argument sets; None if there is none."""
        written = argument.name or "*"
        row = parameter_named(written, self.element)
        if row is None:
            message = f"The call takes no argument named {shortened(written)!r}; it was left out."
            if written in ("*", "**"):
                message = "Arguments cannot be unpacked from a list or a dictionary; they were left out."
            self.note(argument.line, "dropped", f"{written}={self.written(argument)}", "", message)
            return None
        name = row.keyword
        if name != written:
            message = f"The argument {shortened(written)!r} was read as {name!r}."
            self.note(argument.line, "corrected", written, name, message)
        if earlier := self.by_name.get(name):
            message = f"The argument {name!r} is given twice; the last one was kept."
            self.note(earlier.line, "dropped", self.written(earlier), "", message)
        self.by_name[name] = argument
        return row

    def present(self, name: str) -> CallArgument | None:
        """The argument of a parameter; None if it is absent, or is `None` or `...`."""
        argument = self.by_name.get(name)
        if argument is None or argument.node is None or is_missing(argument.node):
            return None
        return argument

    def is_empty_text(self, name: str) -> bool:
        """Whether an empty text was written for a parameter."""
        argument = self.present(name)
        return argument is not None and isinstance(argument.node, ast.Constant) and argument.node.value == ""
