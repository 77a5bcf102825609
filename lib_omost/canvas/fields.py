"""What a field of a canvas element is: the columns of the one table that the classes of model.py hold.

Each dataclass field of `GlobalDescription` and `Region` carries a `FieldSpec` in its metadata. Parsing (reading.py),
writing (writer.py), JSON (model.py), the system prompt (prompt.py), the grammars (llm/grammar.py) and the editor's form
(ui/editing.py) go through these specs. A further field is one further row there, and what the painter does with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from lib_omost.canvas.correction import Match
from lib_omost.canvas.vocabulary import COLORS

_KEY = "spec"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One of the phrases `values`; `match` finds the nearest one, and `meaning` names the kind to a person."""

    values: Collection[str]
    match: Callable[[str], Match]
    meaning: str


@dataclass(frozen=True, slots=True)
class Color:
    """A colour name of the vocabulary."""

    meaning: str = "a colour"

    @property
    def values(self) -> Collection[str]:
        return COLORS


@dataclass(frozen=True, slots=True)
class Number:
    """A number in low..high; others are taken as the nearest, but for negative ones if `refuses_negative`."""

    low: float
    high: float
    meaning: str
    refuses_negative: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text; the grammars let a model write at most `max_chars` characters. `joiner` joins a list given for it."""

    max_chars: int = 240
    joiner: str = " "


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, each of which the grammars bound to `max_chars` characters."""

    max_chars: int = 400


@dataclass(frozen=True, slots=True)
class Switch:
    """True or False; `consequence` tells a person what the default does."""

    consequence: str


@dataclass(frozen=True, slots=True)
class Cells:
    """A rectangle of grid cells in place of the three phrases, or None."""


Offered: TypeAlias = Phrase | Color | Number | Text | Texts
"""Kinds that the grammars can hold a model to."""
Kind: TypeAlias = Offered | Switch | Cells


@dataclass(frozen=True, slots=True)
class Shown:
    """How a field stands in the editor's form: the label, the line of the form and the column in that line, the lines
    of a text box, and a note below it."""

    label: str
    line: int
    column: int = 0
    rows: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One row of the table.

    attribute: the name in Python. keyword: the name in the language. default: what stands for an absent or senseless
    value. aliases: other spellings of the keyword, without case and underscores. extension: this program's own, unknown
    to the published models. offered: whether the grammars make a model write it. shown: its place in the editor's form,
    None if the form has none.
    """

    attribute: str
    keyword: str
    kind: Kind
    default: Any = ""
    aliases: tuple[str, ...] = ()
    extension: bool = False
    offered: bool = True
    shown: Shown | None = None

    def __post_init__(self) -> None:
        if self.offered and not isinstance(self.kind, Offered):
            raise ValueError(f"the grammars have no rule for the kind of {self.keyword!r}")


def spec(
    kind: Kind,
    *,
    keyword: str = "",
    default: Any = "",
    aliases: str = "",
    extension: bool = False,
    offered: bool | None = None,
    shown: Shown | None = None,
) -> dict[str, FieldSpec]:
    """Metadata for `dataclasses.field`. `keyword` is the attribute's name unless given; `default` is needed only if the
    dataclass field has none; `aliases` are divided by blanks; an extension is not `offered` unless that is said."""
    offered = not extension if offered is None else offered
    return {_KEY: FieldSpec("", keyword, kind, default, tuple(aliases.split()), extension, offered, shown)}


def specs(element: type) -> tuple[FieldSpec, ...]:
    """The rows of `GlobalDescription`, `Region` or a class derived from them, in the order of the language."""
    return _specs(element)


@cache
def _specs(element: type) -> tuple[FieldSpec, ...]:
    return tuple(_complete(field) for field in dataclasses.fields(element))


def _complete(field: dataclasses.Field[Any]) -> FieldSpec:
    row: FieldSpec = field.metadata[_KEY]
    default = row.default if field.default is dataclasses.MISSING else field.default
    return dataclasses.replace(row, attribute=field.name, keyword=row.keyword or field.name, default=default)


def spec_named(element: type, keyword: str) -> FieldSpec:
    """The row whose keyword in the language is `keyword`."""
    return next(row for row in specs(element) if row.keyword == keyword)
