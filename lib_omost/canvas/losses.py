"""What is lost when the code of a reply is written anew: comments, statements that only Python knows, other text."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Sequence

from lib_omost.canvas.beginnings import method_named
from lib_omost.canvas.layouts import read_layout
from lib_omost.canvas.rewriting import code_parts
from lib_omost.canvas.writer import write

MAX_NAMED = 3
"""Comments, statements or lines that are named; the others are counted."""
MAX_SHOWN = 60
"""Characters that are shown of one."""
_NEITHER = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def losses(reply: str, made: str, *, comments: bool) -> tuple[str, ...]:
    """What `reply` has and `made`, which is `reply` with its canvas changed, has not: phrases for a sentence, such as
    "the comment “# the old harbour”". `comments`: whether comments count; those that the program writes never do."""
    code, around = code_parts(reply)
    new, _ = code_parts(made)
    canvas = read_layout(reply).canvas
    own = {} if canvas is None else _found(write(canvas))[0]
    remarks, statements = _found(code)
    kept_remarks, kept_statements = _found(new)
    phrases = []
    if comments and (lost := _without(remarks, own | kept_remarks)):
        phrases.append(_phrase("the comment", lost))
    if lost := _without(statements, kept_statements):
        phrases.append(_phrase("the statement", lost))
    kept = {note.message for note in read_layout(made).notes}
    unread = [note for note in read_layout(reply).notes if note.kind == "dropped" and note.message not in kept]
    if lines := dict.fromkeys(str(note.line) for note in unread):
        phrases.append(_listed("what could not be read in line", list(lines)))
    if any(text not in made for text in around):
        phrases.append("the text around the code")
    return tuple(phrases)


def _found(code: str) -> tuple[dict[str, None], dict[str, None]]:
    """The comments and the statements other than those of a canvas, in order; up to where Python's rules end."""
    remarks: dict[str, None] = {}
    statements: dict[str, None] = {}
    for line in _logical_lines(code):
        remarks |= dict.fromkeys(token.string for token in line if token.type == tokenize.COMMENT)
        words = [token for token in line if token.type not in (tokenize.COMMENT, tokenize.NL)]
        if words and not _is_canvas(words):
            first, last = words[0], words[-1]
            ends = [word.end[1] for word in words if word.end[0] == first.start[0]]
            text = first.line[first.start[1] : max(ends)]
            statements[text if last.end[0] == first.start[0] else f"{text} …"] = None
    return remarks, statements


def _logical_lines(code: str) -> Iterator[list[tokenize.TokenInfo]]:
    line: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.NEWLINE:
                yield line
                line = []
            elif token.type not in _NEITHER:
                line.append(token)
    except (tokenize.TokenError, SyntaxError):  # an open bracket or text, or lines that are not indented alike
        pass
    yield [token for token in line if token.type == tokenize.COMMENT]


def _is_canvas(words: Sequence[tokenize.TokenInfo]) -> bool:
    """Whether a statement calls a method of a canvas, or makes one."""
    names = [word.string for word in words if word.type == tokenize.NAME]
    return "Canvas" in names[:2] or any(method_named(name) for name in names[:2])


def _without(found: dict[str, None], kept: dict[str, None]) -> list[str]:
    return [text for text in found if text not in kept]


def _phrase(name: str, texts: Sequence[str]) -> str:
    return _listed(name, [f"“{text if len(text) <= MAX_SHOWN else f'{text[: MAX_SHOWN - 2]} …'}”" for text in texts])


def _listed(name: str, items: Sequence[str]) -> str:
    """`name`, in the plural if there are several, and the first items."""
    shown = [*items[:MAX_NAMED], *([f"{len(items) - MAX_NAMED} more"] if len(items) > MAX_NAMED else [])]
    if len(shown) == 1:
        return f"{name} {shown[0]}"
    return f"{name}s {', '.join(shown[:-1])} and {shown[-1]}"
