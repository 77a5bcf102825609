"""The Canvas grammar as servers take it: GBNF, made from the same calls as the grammar for local models.

llama.cpp, and the grammar engines of vLLM, read it. https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from __future__ import annotations

from collections.abc import Iterable

from .grammar import (
    CLOSING,
    GLOBAL,
    INDENT,
    MAX_ITEMS,
    MAX_REGIONS,
    OPENING,
    REGION,
    Call,
    Choice,
    Field,
    Number,
    Texts,
)

# What no text may hold, as in the other grammar. GBNF knows no classes such as \p{L}, so a text begins with a letter or
# digit of ASCII or with a character of the blocks of letters. Lengths are left to the limit of tokens: counted
# repetitions of hundreds of characters make the engines slow or are refused.
_LEFT_OUT = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd"
_FIRST = "[A-Za-z0-9\u00c0-\u1fff\u2c00-\ud7ff]"  # the characters themselves: not all readers take \u00c0


def canvas_gbnf(max_regions: int = MAX_REGIONS) -> str:
    """The grammar in GBNF; the start is `root`."""
    choices = {field.keyword: field for call in (GLOBAL, REGION) for field in call.fields if isinstance(field, Choice)}
    rules = [
        f'root ::= {_quoted(OPENING)} comment{{0,2}} "canvas = Canvas()\\n" global region{{1,{max_regions}}} '
        f"{_quoted(CLOSING)}",
        f"global ::= {_call(GLOBAL)}",
        f"region ::= {_call(REGION)}",
        f'comment ::= "# " [^`{_LEFT_OUT}]+ "\\n"',
        'distance ::= [1-9] [0-9]{0,2} ("." [0-9])? | "0." [1-9]',
        f'''text ::= "'" {_FIRST} char* "'"''',
        f"""char ::= [^'`\\\\{_LEFT_OUT}] | "\\\\'" """.rstrip(),
        *(f"{_rule(field)} ::= {_alternatives(field.values)}" for field in choices.values()),
    ]
    return "\n".join(rules) + "\n"


def _call(call: Call) -> str:
    values = " ".join(_field(field) for field in call.fields)
    return f'"\\n" comment{{0,2}} {_quoted(call.opening)} {values} ")\\n"'


def _field(field: Field) -> str:
    name = f"{INDENT}{field.keyword}="
    match field:
        case Choice():
            return f'{_quoted(name)} {_rule(field)} ",\\n"'
        case Number():
            return f'{_quoted(name)} distance ",\\n"'
        case Texts():
            item = f'({_quoted(INDENT * 2)} text ",\\n"){{1,{MAX_ITEMS}}}'
            return f"{_quoted(name + '[' + chr(10))} {item} {_quoted(INDENT + '],' + chr(10))}"
        case _:
            return f'{_quoted(name)} text ",\\n"'


def _rule(field: Choice) -> str:
    return f"value-{field.keyword.lower().replace('_', '-')}"


def _alternatives(values: Iterable[str]) -> str:
    return " | ".join(_quoted(f"'{value}'") for value in values)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
