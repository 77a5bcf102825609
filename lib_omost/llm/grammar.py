"""The Canvas language as a grammar for llguidance, generated from the table of fields (canvas/fields.py).

It accepts only the style of the published models: a fenced Python block, one keyword per line, all keywords in order,
single-quoted texts in which an apostrophe is typographic or, as in an edited canvas, escaped. The interpreter reads
everything that it accepts without a correction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..canvas.fields import Color, FieldSpec, Number, Phrase, Text, Texts, specs
from ..canvas.model import GlobalDescription, Region

MAX_REGIONS = 12
"""Regions of one canvas; the published models write 3 to 7."""
MAX_ITEMS = 10
"""Texts of one list of detailed descriptions; the published models write 5 to 8."""
MAX_COMMENT = 160
"""Maximum length of a comment line in characters."""

OPENING = "```python\n"
CLOSING = "```"
INDENT = "    "


@dataclass(frozen=True, slots=True)
class CallGrammar:
    """A method of the canvas and the class whose fields are its keywords."""

    method: str
    element: type

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """The fields that a model has to write, in order."""
        return tuple(row for row in specs(self.element) if row.in_grammar)

    @property
    def opening(self) -> str:
        return f"canvas.{self.method}(\n"


GLOBAL = CallGrammar("set_global_description", GlobalDescription)
REGION = CallGrammar("add_local_description", Region)

# No quote, no backslash, no backtick (which could begin a fence), and no character that some parsers take for a line
# end.
_CHARACTER = r"[^'`\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]"
_FIRST = r"[\p{L}\p{N}]"

SLICES = [f"{_CHARACTER}{{1,10}}", f"{_CHARACTER}{{1,30}}", f"{_CHARACTER}+"]
"""Sets of tokens that llguidance masks at once, for the inside of a text. With them a mask takes 0.02 ms there, with
the library's default sets, which are for JSON, 0.9 ms."""


def canvas_grammar(max_regions: int = MAX_REGIONS, calls: tuple[CallGrammar, CallGrammar] = (GLOBAL, REGION)) -> str:
    """The grammar in llguidance's dialect of Lark; `calls` are those for the whole picture and for a region.

    https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md
    """
    rules = [
        f"start: {start_rule(max_regions)}",
        f"global: {call_rule(calls[0], _text_rule)}",
        f"region: {call_rule(calls[1], _text_rule)}",
        f"comment: /# [^`\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffd]{{1,{MAX_COMMENT}}}\\n/",
        "distance: /([1-9][0-9]{0,2}(\\.[0-9])?|0\\.[1-9])/",
    ]
    rules += [f"{name}: {_choice(values)}" for name, values in choices(calls).items()]
    kinds = [field.kind for call in calls for field in call.fields]
    lengths = sorted({kind.max_chars for kind in kinds if isinstance(kind, Text | Texts)})
    rules += [f"text_{length}: /'{_FIRST}({_CHARACTER}|\\\\'){{0,{length - 1}}}'/" for length in lengths]
    return "\n".join(rules) + "\n"


def call_rule(call: CallGrammar, text: Callable[[Text | Texts], str]) -> str:
    """The right side of the rule of a call, in this dialect and in GBNF; `text` returns the name of a text's rule."""
    values = " ".join(_field(field, text) for field in call.fields)
    return f'"\\n" comment{{0,2}} {quoted(call.opening)} {values} ")\\n"'


def start_rule(max_regions: int) -> str:
    """The right side of the first rule, in this dialect and in GBNF."""
    return f'{quoted(OPENING)} comment{{0,2}} "canvas = Canvas()\\n" global region{{1,{max_regions}}} {quoted(CLOSING)}'


def _field(field: FieldSpec, text: Callable[[Text | Texts], str]) -> str:
    name = f"{INDENT}{field.keyword}="
    match field.kind:
        case Number(low=low, high=high):
            assert low <= 0.1 < 999.9 <= high, f"the rule for numbers exceeds the range of {field.keyword}"
            return f'{quoted(name)} distance ",\\n"'
        case Text() as kind:
            return f'{quoted(name)} {text(kind)} ",\\n"'
        case Texts() as kind:
            item = f'({quoted(INDENT * 2)} {text(kind)} ",\\n"){{1,{MAX_ITEMS}}}'
            return f"{quoted(name + '[' + chr(10))} {item} {quoted(INDENT + '],' + chr(10))}"
        case _:
            return f'{quoted(name)} {_value_rule(field)} ",\\n"'


def choices(calls: tuple[CallGrammar, CallGrammar]) -> dict[str, Collection[str]]:
    """The phrases of each keyword whose value is one of several phrases, by the name of its rule."""
    fields = [field for call in calls for field in call.fields]
    return {_value_rule(field): field.kind.values for field in fields if isinstance(field.kind, Phrase | Color)}


def _value_rule(field: FieldSpec) -> str:
    """The name of the rule for a keyword's phrases, which has only letters, as all dialects accept."""
    return "value" + field.keyword.lower().replace("_", "")


def _text_rule(kind: Text | Texts) -> str:
    return f"text_{kind.max_chars}"


def _choice(values: Collection[str]) -> str:
    return "/'(" + "|".join(values) + ")'/"  # phrases of letters, blanks and hyphens need no escape


def quoted(text: str) -> str:
    """`text` as a literal in a grammar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
