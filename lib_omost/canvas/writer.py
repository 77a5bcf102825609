"""Writing a canvas as the code that the published models write."""

from __future__ import annotations

from typing import Any

from lib_omost.canvas.fields import Cells, Color, FieldSpec, Number, Phrase, Switch, Text, Texts, specs
from lib_omost.canvas.model import Canvas, GlobalDescription, Region
from lib_omost.canvas.thinking import THINKING_MARK

_MAX_COMMENT = 80
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """`text` as a single-quoted literal on one line. Letters of all scripts are kept unescaped; what looks like a mark
    of thinking is escaped."""
    literal = (
        "'"
        + "".join(_ESCAPES.get(char, char) if char.isprintable() or char in _ESCAPES else _code(char) for char in text)
        + "'"
    )
    return THINKING_MARK.sub(lambda found: _code(found[0][0]) + found[0][1:], literal)


def _code(char: str) -> str:
    return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def _argument(row: FieldSpec, value: Any) -> list[str]:
    """The lines of one argument."""
    match row.kind:
        case Texts() if value:
            return [f"    {row.keyword}=[", *(f"        {quoted(text)}," for text in value), "    ],"]
        case Cells():
            literal = str(list(value.as_tuple))
        case Phrase() | Color() | Text():
            literal = quoted(value)
        case Texts() | Number() | Switch():
            literal = repr(list(value) if isinstance(row.kind, Texts) else value)
    return [f"    {row.keyword}={literal},"]


def _arguments(element: GlobalDescription | Region) -> list[str]:
    """The lines of all arguments; keywords of the extension only if they differ from their default."""
    lines: list[str] = []
    for row in specs(type(element)):
        value = getattr(element, row.attribute)
        if not row.extension or value != row.default:
            lines += _argument(row, value)
    return lines


def _global(scene: GlobalDescription) -> list[str]:
    return [
        "# Set a global description for the canvas",
        "canvas.set_global_description(",
        *_arguments(scene),
        ")",
    ]


def _comment(description: str) -> str:
    """The comment line above a region, such as "# Add a dragon."."""
    line = "".join(char if char.isprintable() else " " for char in description[: 2 * _MAX_COMMENT])
    line = " ".join(line.split())
    while (rest := THINKING_MARK.sub("", line)) != line:  # what is left may form another mark
        line = rest
    if len(line) > _MAX_COMMENT:
        line = line[:_MAX_COMMENT].rsplit(" ", 1)[0]
    first, _, rest = line.partition(" ")
    if first in ("A", "An", "The", "Some", "Two", "Three", "Several", "Many"):
        line = f"{first.lower()} {rest}".rstrip()
    return f"# Add {line.rstrip('.') or 'a region'}."


def _region(region: Region) -> list[str]:
    return [_comment(region.description), "canvas.add_local_description(", *_arguments(region), ")"]


def write(canvas: Canvas) -> str:
    """A fenced reply in the style of the published models.

    `interpret` reads the same canvas from it without a note, as long as it is within the limits of limits.py.
    """
    blocks = [["# Initialize the canvas", "canvas = Canvas()"], _global(canvas.global_description)]
    blocks += [_region(region) for region in canvas.regions]
    code = "\n\n".join("\n".join(block) for block in blocks)
    return f"```python\n{code}\n```"
