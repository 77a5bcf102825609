"""A canvas as the code that the published models write."""

from __future__ import annotations

from collections.abc import Iterable

from lib_omost.canvas.model import Canvas, GlobalDescription, Region

_MAX_COMMENT = 80
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """`text` as a single-quoted literal on one line. Letters of any script stay as they are."""
    return (
        "'"
        + "".join(_ESCAPES.get(char, char) if char.isprintable() or char in _ESCAPES else _code(char) for char in text)
        + "'"
    )


def _code(char: str) -> str:
    return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def _list(name: str, texts: Iterable[str]) -> list[str]:
    items = [f"        {quoted(text)}," for text in texts]
    return [f"    {name}=[", *items, "    ],"] if items else [f"    {name}=[],"]


def _text(name: str, text: str) -> str:
    return f"    {name}={quoted(text)},"


def _global(scene: GlobalDescription) -> list[str]:
    return [
        "# Set a global description for the canvas",
        "canvas.set_global_description(",
        _text("description", scene.description),
        *_list("detailed_descriptions", scene.detailed_descriptions),
        _text("tags", scene.tags),
        _text("HTML_web_color_name", scene.color_name),
        ")",
    ]


def _comment(description: str) -> str:
    """The comment line over a region, such as "# Add a dragon."."""
    line = "".join(char if char.isprintable() else " " for char in description[: 2 * _MAX_COMMENT])
    line = " ".join(line.split())
    if len(line) > _MAX_COMMENT:
        line = line[:_MAX_COMMENT].rsplit(" ", 1)[0]
    first, _, rest = line.partition(" ")
    if first in ("A", "An", "The", "Some", "Two", "Three", "Several", "Many"):
        line = f"{first.lower()} {rest}".rstrip()
    return f"# Add {line.rstrip('.') or 'a region'}."


def _region(region: Region) -> list[str]:
    return [
        _comment(region.description),
        "canvas.add_local_description(",
        _text("location", region.location),
        _text("offset", region.offset),
        _text("area", region.area),
        f"    distance_to_viewer={region.distance!r},",
        _text("description", region.description),
        *_list("detailed_descriptions", region.detailed_descriptions),
        _text("tags", region.tags),
        _text("atmosphere", region.atmosphere),
        _text("style", region.style),
        _text("quality_meta", region.quality_meta),
        _text("HTML_web_color_name", region.color_name),
        *_extension(region),
        ")",
    ]


def _extension(region: Region) -> list[str]:
    """What the published models do not know, and only where it says something."""
    lines: list[str] = []
    if region.free_rect is not None:
        lines.append(f"    rect={list(region.free_rect.as_tuple)},")
    if region.weight != 1.0:
        lines.append(f"    weight={region.weight!r},")
    if region.negative_prompt:
        lines.append(_text("negative_prompt", region.negative_prompt))
    if not region.enabled:
        lines.append("    enabled=False,")
    return lines


def write(canvas: Canvas) -> str:
    """A fenced reply in the style of the published models.

    `interpret` reads the same canvas from it without a note, as long as it keeps within the limits of limits.py.
    """
    blocks = [["# Initialize the canvas", "canvas = Canvas()"], _global(canvas.global_description)]
    blocks += [_region(region) for region in canvas.regions]
    code = "\n\n".join("\n".join(block) for block in blocks)
    return f"```python\n{code}\n```"
