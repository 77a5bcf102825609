"""The Canvas language as a grammar for llguidance, made from the vocabulary tables.

One narrow way of writing, the one that the published models have: a fenced Python block, a keyword a line, every
keyword in order, single-quoted texts in which an apostrophe is typographic or, as in an edited canvas, escaped. What
it accepts the interpreter understands without a correction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS

MAX_REGIONS = 12
"""Regions of one canvas; the published models write 3 to 7."""
MAX_ITEMS = 10
"""Texts of one list of detailed descriptions; the published models write 5 to 8."""
MAX_COMMENT = 160
"""Characters of a comment line."""

OPENING = "```python\n"
CLOSING = "```"
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Choice:
    """A keyword whose value is one of some phrases."""

    keyword: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A keyword whose value is a distance, 0.1 to 999.9."""

    keyword: str


@dataclass(frozen=True, slots=True)
class Text:
    """A keyword whose value is a text of 1 to max_chars characters."""

    keyword: str
    max_chars: int


@dataclass(frozen=True, slots=True)
class Texts:
    """A keyword whose value is a list of 1 to `MAX_ITEMS` texts, a line each."""

    keyword: str
    max_chars: int


Field = Choice | Number | Text | Texts


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the canvas and its keywords in order."""

    method: str
    fields: tuple[Field, ...]

    @property
    def opening(self) -> str:
        return f"canvas.{self.method}(\n"


_COLOR = Choice("HTML_web_color_name", tuple(COLORS))

GLOBAL = Call(
    "set_global_description",
    (Text("description", 240), Texts("detailed_descriptions", 400), Text("tags", 800), _COLOR),
)

REGION = Call(
    "add_local_description",
    (
        Choice("location", tuple(LOCATIONS)),
        Choice("offset", tuple(OFFSETS)),
        Choice("area", tuple(AREAS)),
        Number("distance_to_viewer"),
        Text("description", 240),
        Texts("detailed_descriptions", 400),
        Text("tags", 800),
        Text("atmosphere", 240),
        Text("style", 240),
        Text("quality_meta", 240),
        _COLOR,
    ),
)

# No quote, no backslash, no backtick to make a fence of, and nothing at which some reader of lines breaks a line.
_CHARACTER = r"[^'`\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]"
_FIRST = r"[\p{L}\p{N}]"

SLICES = [f"{_CHARACTER}{{1,10}}", f"{_CHARACTER}{{1,30}}", f"{_CHARACTER}+"]
"""Sets of tokens that llguidance masks all at once: what may stand inside a text. A mask there takes 0.02 ms with them
and 0.9 ms with the library's own sets, which are for JSON."""


def canvas_grammar(max_regions: int = MAX_REGIONS) -> str:
    """The grammar in llguidance's dialect of Lark.

    https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md
    """
    rules = [
        f"start: {start_rule(max_regions)}",
        f"global: {call_rule(GLOBAL, _text_rule)}",
        f"region: {call_rule(REGION, _text_rule)}",
        f"comment: /# [^`\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffd]{{1,{MAX_COMMENT}}}\\n/",
        "distance: /([1-9][0-9]{0,2}(\\.[0-9])?|0\\.[1-9])/",
    ]
    rules += [f"{value_rule(field)}: {_choice(field.values)}" for field in choices()]
    lengths = sorted({field.max_chars for call in (GLOBAL, REGION) for field in call.fields if _has_text(field)})  # type: ignore[union-attr]
    rules += [f"text_{length}: /'{_FIRST}({_CHARACTER}|\\\\'){{0,{length - 1}}}'/" for length in lengths]
    return "\n".join(rules) + "\n"


def call_rule(call: Call, text: Callable[[Text | Texts], str]) -> str:
    """The right side of a call's rule, in this dialect and in GBNF; `text` names the rule of a field's texts."""
    values = " ".join(_field(field, text) for field in call.fields)
    return f'"\\n" comment{{0,2}} {quoted(call.opening)} {values} ")\\n"'


def start_rule(max_regions: int) -> str:
    """The right side of the first rule, in this dialect and in GBNF."""
    return f'{quoted(OPENING)} comment{{0,2}} "canvas = Canvas()\\n" global region{{1,{max_regions}}} {quoted(CLOSING)}'


def _field(field: Field, text: Callable[[Text | Texts], str]) -> str:
    name = f"{INDENT}{field.keyword}="
    match field:
        case Choice():
            return f'{quoted(name)} {value_rule(field)} ",\\n"'
        case Number():
            return f'{quoted(name)} distance ",\\n"'
        case Text():
            return f'{quoted(name)} {text(field)} ",\\n"'
        case Texts():
            item = f'({quoted(INDENT * 2)} {text(field)} ",\\n"){{1,{MAX_ITEMS}}}'
            return f"{quoted(name + '[' + chr(10))} {item} {quoted(INDENT + '],' + chr(10))}"


def choices() -> list[Choice]:
    """The keywords of both calls whose value is one of some phrases, each once."""
    fields = {field.keyword: field for call in (GLOBAL, REGION) for field in call.fields if isinstance(field, Choice)}
    return list(fields.values())


def _has_text(field: Field) -> bool:
    return isinstance(field, Text | Texts)


def value_rule(field: Choice) -> str:
    """The name of the rule of a keyword's phrases, letters alone, as all dialects take them."""
    return "value" + field.keyword.lower().replace("_", "")


def _text_rule(field: Text | Texts) -> str:
    return f"text_{field.max_chars}"


def _choice(values: Collection[str]) -> str:
    return "/'(" + "|".join(values) + ")'/"  # phrases of letters, blanks and hyphens need no escape


def quoted(text: str) -> str:
    """`text` as a literal of a grammar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
