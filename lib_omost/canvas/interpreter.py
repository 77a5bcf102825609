"""Interprets a reply statement by statement. It reads syntax trees and executes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from lib_omost.canvas.arguments import Arguments
from lib_omost.canvas.beginnings import method_named
from lib_omost.canvas.bindings import in_pass
from lib_omost.canvas.calls import Call
from lib_omost.canvas.events import CanvasEvent, Finished, GlobalSet, Interpretation, RegionAdded
from lib_omost.canvas.fields import Cells, spec_named, specs
from lib_omost.canvas.limits import MAX_REGIONS, MAX_REPLY_CHARS
from lib_omost.canvas.model import Canvas, GlobalDescription, Note, Region
from lib_omost.canvas.notebook import Notebook
from lib_omost.canvas.quotation import RepairKind
from lib_omost.canvas.reading import read_field
from lib_omost.canvas.repair import Repair
from lib_omost.canvas.scanner import Start, Statement
from lib_omost.canvas.snapping import nearest_phrases
from lib_omost.canvas.substitution import Room
from lib_omost.canvas.vocabulary import DEFAULT_COLOR

_REPAIRS: dict[RepairKind, str] = {
    "quotes": "Typographic quotation marks around a text were read as plain ones.",
    "stray quote": "A quotation mark within a text was read as part of it.",
    "unclosed text": "A text that is not closed on its line was closed.",
    "comma": "A comma that is missing or superfluous was corrected.",
    "bracket": "A bracket that is missing or superfluous was corrected.",
    "symbol": "A character that does not belong there was left out or replaced.",
    "missing value": "An argument without a value was ignored.",
    "cut text": "A text that was cut off was left out.",
}

_Values: TypeAlias = dict[str, Any]
"""Values of an element by attribute."""


class Interpreter:
    """Takes the statements of a reply in order and builds the canvas. `region` is `Region` or a subclass with more
    fields."""

    def __init__(self, region: type[Region] = Region) -> None:
        self._region = region
        self._notebook = Notebook()
        self._global: GlobalDescription | None = None
        self._regions: list[Region] = []
        self._restarted = 0  # line of a second `Canvas()`; a global description right after it replaces the canvas
        self._calls = 0
        self._room = Room()

    @property
    def canvas(self) -> Canvas | None:
        """The canvas so far, with a default global description if the reply has none yet; None before the first valid
        call."""
        if self._global is None and not self._regions:
            return None
        return Canvas(self._global or _default_global(self._regions), tuple(self._regions))

    def take(self, statement: Statement) -> list[CanvasEvent]:
        """Process one statement and return its events."""
        if isinstance(statement, Start):
            self._restarted = statement.line if self.canvas else 0
            return []
        if isinstance(statement, Call):
            return self._take_passes(statement)
        mark = self._notebook.mark()
        message = f"The reply is longer than {MAX_REPLY_CHARS:,} characters; the rest of it was left out."
        self._notebook.add(statement.line, "dropped", "", "", message)
        return self._notebook.events(mark)

    def note_draft(self, line: int, canvas: Canvas) -> Note:
        """Add a note that the `canvas` before `line` was a draft within the model's thinking."""
        count = len(canvas.regions) + 1
        message = f"The text before this line is the model's thinking; the {count} descriptions in it were left out."
        self._notebook.add(line, "dropped", "", "", message)
        return self._notebook.notes[-1]

    def close(self) -> list[CanvasEvent]:
        """Process the end of the reply and return the last notes, if any."""
        mark = self._notebook.mark()
        if self._global is None and self._regions:
            made = _default_global(self._regions).description
            message = "The reply has no global description; the descriptions of its regions were used instead."
            self._notebook.add(1, "defaulted", "", made, message)
        return self._notebook.events(mark)

    def finish(self) -> Finished:
        """The result; to be called after `close`."""
        error = None
        if self.canvas is None and self._calls:
            error = "No canvas could be made: no call in the reply could be understood."
        elif self.canvas is None:
            error = "No canvas could be made: the reply does not call set_global_description or add_local_description."
        return Finished(Interpretation(self.canvas, self._notebook.notes, error, self._calls > 0))

    def _take_passes(self, call: Call) -> list[CanvasEvent]:
        """Process a call once, or once per pass of the loop in which it stands."""
        events: list[CanvasEvent] = []
        if call.remark and not call.problem:
            mark = self._notebook.mark()
            self._notebook.add(call.line, "corrected", call.name, "", call.remark)
            events += self._notebook.events(mark)
        for names in call.passes or (None,):
            self._calls += 1
            events += self._take_call(call if names is None else in_pass(call, names, self._room))
        return events

    def _take_call(self, call: Call) -> list[CanvasEvent]:
        if call.problem:
            return self._drop(call, call.problem)
        method = method_named(call.name) or "add_local_description"
        mark = self._notebook.mark()
        is_global = method == "set_global_description"
        self._note_form(call, method)
        arguments = Arguments(call, GlobalDescription if is_global else self._region, self._notebook)
        texts, problem = _texts(arguments), ""
        if texts is None:
            problem = "it has no description" if call.complete else "it is cut off before the end of its description"
        elif not is_global and len(self._regions) >= MAX_REGIONS:
            problem = f"a canvas has at most {MAX_REGIONS} regions"
        if texts is None or problem:
            self._notebook.discard(mark)
            if method_named(call.name) is None:
                return self._unknown(call)
            return self._drop(call, problem)
        take = self._set_global if is_global else self._add_region
        made = take(call, texts, arguments)
        self._notebook.sort(mark)
        return [*self._notebook.events(mark), made]

    def _unknown(self, call: Call) -> list[CanvasEvent]:
        """A call of an unknown method without a description; it gets a note only if it has arguments."""
        self._calls -= 1
        return self._drop(call, "the canvas has no such method") if call.arguments else []

    def _drop(self, call: Call, problem: str) -> list[CanvasEvent]:
        mark = self._notebook.mark()
        self._notebook.add(call.line, "dropped", call.name, "", f"This call was left out: {problem}.")
        return self._notebook.events(mark)

    def _note_form(self, call: Call, method: str) -> None:
        """Add notes about the form of a call: its name, its repairs, its end."""
        if call.name != method:
            message = f"The method {call.name!r} was read as {method!r}."
            self._notebook.add(call.line, "corrected", call.name, method, message)
        by_kind: dict[RepairKind, list[Repair]] = {}
        for repair in call.repairs:
            by_kind.setdefault(repair.kind, []).append(repair)
        for kind, repairs in by_kind.items():
            times = f" ({len(repairs)} times in this call)" if len(repairs) > 1 else ""
            message = f"{_REPAIRS[kind][:-1]}{times}."
            line = call.line + repairs[0].line
            self._notebook.add(line, "dropped" if kind == "cut text" else "corrected", repairs[0].written, "", message)
        if not call.complete:
            message = "This call is not closed; its complete arguments were kept."
            self._notebook.add(call.line, "corrected", call.name, "", message)

    def _set_global(self, call: Call, texts: _Values, arguments: Arguments) -> CanvasEvent:
        if self._restarted:
            count = len(self._regions) + (self._global is not None)
            message = f"The canvas starts over here; the {count} descriptions before it were left out."
            self._notebook.add(self._restarted, "dropped", "Canvas()", "", message)
            self._regions, self._restarted = [], 0
        elif self._global is not None:
            message = "The reply sets the global description again; the earlier one was left out."
            self._notebook.add(call.line, "dropped", self._global.description, texts["description"], message)
        self._global = GlobalDescription(**_rest(arguments, texts))
        return GlobalSet(self._global, call.line)

    def _add_region(self, call: Call, texts: _Values, arguments: Arguments) -> CanvasEvent:
        self._restarted = 0
        values = dict(texts)
        for row in specs(self._region):
            if isinstance(row.kind, Cells):
                values[row.attribute] = rect = read_field(arguments, row)
                if rect is not None:  # absent phrases become the nearest ones
                    nearest = dict(zip(("location", "offset", "area"), nearest_phrases(rect), strict=True))
                    values |= {name: phrase for name, phrase in nearest.items() if arguments.present(name) is None}
        region = self._region(**_rest(arguments, values))
        self._regions.append(region)
        return RegionAdded(region, len(self._regions) - 1, call.line)


def _rest(arguments: Arguments, values: _Values) -> _Values:
    """`values` completed by the values of all other fields."""
    return values | {
        row.attribute: read_field(arguments, row) for row in specs(arguments.element) if row.attribute not in values
    }


def _texts(arguments: Arguments) -> _Values | None:
    """Description, detailed descriptions and tags; None if there is neither a description nor a substitute for it.

    An explicitly empty description stays empty, because a user of the editor may have emptied it on purpose.
    """
    names = ("description", "detailed_descriptions", "tags")
    texts = {name: read_field(arguments, spec_named(arguments.element, name)) for name in names}
    if not texts["description"] and not arguments.is_empty_text("description"):
        texts["description"] = next(filter(None, (*texts["detailed_descriptions"], texts["tags"])), "")
        if not texts["description"]:
            return None
        message = "The call has no description; another of its texts was used instead."
        arguments.note(0, "defaulted", "", texts["description"], message)
    return texts


def _default_global(regions: Iterable[Region]) -> GlobalDescription:
    """The global description of a reply that has none: the descriptions of its regions."""
    return GlobalDescription(" ".join(region.description for region in regions), color_name=DEFAULT_COLOR)
