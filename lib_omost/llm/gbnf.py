"""The Canvas grammar for servers, in GBNF, generated from the same calls as the grammar for local models.

llama.cpp and the grammar engines of vLLM read it. https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from __future__ import annotations

from collections.abc import Collection

from .grammar import GLOBAL, MAX_REGIONS, REGION, call_rule, choices, quoted, start_rule

# Characters that no text may contain, as in the other grammar. GBNF has no classes such as \p{L}, so a text begins with
# an ASCII letter or digit, or with a character from the blocks of letters. Only the token limit bounds the lengths,
# because the engines are slow with counted repetitions of hundreds of characters, or refuse them.
_EXCLUDED = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd"
_FIRST = "[A-Za-z0-9\u00c0-\u1fff\u2c00-\ud7ff]"  # literal characters, because not all parsers accept \u00c0


def canvas_gbnf(max_regions: int = MAX_REGIONS) -> str:
    """The grammar in GBNF, with the start rule `root`."""
    rules = [
        f"root ::= {start_rule(max_regions)}",
        f"global ::= {call_rule(GLOBAL, lambda kind: 'text')}",
        f"region ::= {call_rule(REGION, lambda kind: 'text')}",
        f'comment ::= "# " [^`{_EXCLUDED}]+ "\\n"',
        'distance ::= [1-9] [0-9]{0,2} ("." [0-9])? | "0." [1-9]',
        f'''text ::= "'" {_FIRST} char* "'"''',
        f"""char ::= [^'`\\\\{_EXCLUDED}] | "\\\\'" """.rstrip(),
        *(f"{name} ::= {_alternatives(values)}" for name, values in choices((GLOBAL, REGION)).items()),
    ]
    return "\n".join(rules) + "\n"


def _alternatives(values: Collection[str]) -> str:
    return " | ".join(quoted(f"'{value}'") for value in values)
