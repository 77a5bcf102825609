"""The columns of the table of fields, whose rows are in model.py.

Each dataclass field of `GlobalDescription` and `Region` carries a `FieldSpec` in its metadata. Parsing (reading.py),
writing (writer.py), JSON (model.py), the system prompt (prompt.py), the grammars (llm/grammar.py) and the editor's form
(ui/state/editing.py) iterate over these specs. A new field takes one new row there, and its use in the painter.
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
    """One of the phrases `values`; `match` finds the nearest one, and `meaning` names the kind in messages."""

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
    """A number in low..high. Others are clamped, but with `refuses_negative` a negative one gives the default."""

    low: float
    high: float
    meaning: str
    refuses_negative: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `max_chars` characters in the grammars. A list given in its place is joined with `joiner`."""

    max_chars: int = 240
    joiner: str = " "


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, each of at most `max_chars` characters in the grammars."""

    max_chars: int = 400


@dataclass(frozen=True, slots=True)
class Switch:
    """True or False; `consequence` says in messages what the default does."""

    consequence: str


@dataclass(frozen=True, slots=True)
class Cells:
    """A rectangle of grid cells in place of the three phrases, or None."""


GrammarKind: TypeAlias = Phrase | Color | Number | Text | Texts
"""Kinds for which the grammars have rules."""
Kind: TypeAlias = GrammarKind | Switch | Cells


@dataclass(frozen=True, slots=True)
class FormInput:
    """The input of a field in the editor's form: its label, line and column, the number of rows of a text box, and a
    note below it."""

    label: str
    line: int
    column: int = 0
    rows: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One row of the table.

    attribute: the name in Python. keyword: the name in the language. default: used for an absent or invalid value.
    aliases: other spellings of the keyword, without case and underscores. extension: added by this program, unknown to
    the published models. in_grammar: whether the grammars make a model write it. form: its input in the editor's form,
    None for none.
    """

    attribute: str
    keyword: str
    kind: Kind
    default: Any = ""
    aliases: tuple[str, ...] = ()
    extension: bool = False
    in_grammar: bool = True
    form: FormInput | None = None

    def __post_init__(self) -> None:
        if self.in_grammar and not isinstance(self.kind, GrammarKind):
            raise ValueError(f"the grammars have no rule for the kind of {self.keyword!r}")


def spec(
    kind: Kind,
    *,
    keyword: str = "",
    default: Any = "",
    aliases: str = "",
    extension: bool = False,
    in_grammar: bool | None = None,
    form: FormInput | None = None,
) -> dict[str, FieldSpec]:
    """Metadata for `dataclasses.field`.

    keyword: by default the attribute's name. default: needed only if the dataclass field has none. aliases: separated
    by blanks. in_grammar: by default True except for an extension.
    """
    in_grammar = not extension if in_grammar is None else in_grammar
    return {_KEY: FieldSpec("", keyword, kind, default, tuple(aliases.split()), extension, in_grammar, form)}


def specs(element: type) -> tuple[FieldSpec, ...]:
    """The rows of `GlobalDescription`, `Region` or a subclass, in the order in which they are written."""
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
