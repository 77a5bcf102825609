"""The Canvas grammar as servers take it: GBNF, made from the same calls as the grammar for local models.

llama.cpp, and the grammar engines of vLLM, read it. https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from __future__ import annotations

from collections.abc import Collection

from .grammar import GLOBAL, MAX_REGIONS, REGION, call_rule, choices, quoted, start_rule

# What no text may hold, as in the other grammar. GBNF knows no classes such as \p{L}, so a text begins with a letter or
# digit of ASCII or with a character of the blocks of letters. Lengths are left to the limit of tokens: counted
# repetitions of hundreds of characters make the engines slow or are refused.
_LEFT_OUT = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd"
_FIRST = "[A-Za-z0-9\u00c0-\u1fff\u2c00-\ud7ff]"  # the characters themselves: not all readers take \u00c0


def canvas_gbnf(max_regions: int = MAX_REGIONS) -> str:
    """The grammar in GBNF; the start is `root`."""
    rules = [
        f"root ::= {start_rule(max_regions)}",
        f"global ::= {call_rule(GLOBAL, lambda kind: 'text')}",
        f"region ::= {call_rule(REGION, lambda kind: 'text')}",
        f'comment ::= "# " [^`{_LEFT_OUT}]+ "\\n"',
        'distance ::= [1-9] [0-9]{0,2} ("." [0-9])? | "0." [1-9]',
        f'''text ::= "'" {_FIRST} char* "'"''',
        f"""char ::= [^'`\\\\{_LEFT_OUT}] | "\\\\'" """.rstrip(),
        *(f"{name} ::= {_alternatives(values)}" for name, values in choices((GLOBAL, REGION)).items()),
    ]
    return "\n".join(rules) + "\n"


def _alternatives(values: Collection[str]) -> str:
    return " | ".join(quoted(f"'{value}'") for value in values)
