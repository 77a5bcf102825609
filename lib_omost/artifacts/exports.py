"""Export of a layout for other programs: JSON, Canvas code, SVG, PNG, and a mask for each region.

A mask covers exactly the pixels that the painter assigns to the region (see `render.regions.region_masks`): white
inside, black outside. Disabled regions are only in the JSON and the code.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from ..canvas import Canvas, Rect, Region, as_json, color_picture, conditions
from ..canvas.conditions import COLOR_OPACITY
from ..canvas.geometry import GRID
from ..canvas.layouts import comfy_conditions
from ..errors import PictureError
from .atomic import replacing

FORMAT = "omost-layout"
VERSION = 1
MAX_LABEL = 60
"""Characters shown of a description in a drawn layout."""
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSAFE = re.compile(r"[^0-9A-Za-z]+")


def pixels(rect: Rect, width: int, height: int) -> tuple[int, int, int, int]:
    """(left, top, right, bottom), half-open: the pixels of a width x height picture whose centres lie in `rect`."""

    def edge(cell: int, size: int) -> int:
        # The first pixel i with floor((i + 1/2) * GRID / size) >= cell.
        return max(0, -((GRID - 2 * size * cell) // (2 * GRID)))

    return edge(rect.left, width), edge(rect.top, height), edge(rect.right, width), edge(rect.bottom, height)


def mask(region: Region, width: int, height: int) -> Image.Image:
    """The region's mask, mode L: 255 inside, 0 outside."""
    image = Image.new("L", (width, height))
    left, top, right, bottom = pixels(region.rect, width, height)
    if left < right and top < bottom:
        image.paste(255, (left, top, right, bottom))
    return image


def mask_names(canvas: Canvas) -> dict[int, str]:
    """A file name for the mask of each enabled region, by its index in the canvas."""
    names = {}
    for number, region in enumerate(canvas.regions, start=1):
        if region.enabled:
            words = _UNSAFE.sub("-", region.description[:40]).strip("-").lower()
            names[number - 1] = f"{number:02d}-{words or 'region'}.png"
    return names


def layout_json(canvas: Canvas, width: int, height: int) -> str:
    """The layout for a picture of width x height pixels; rectangles are [top, bottom, left, right] in grid cells."""
    names = mask_names(canvas)
    value: dict[str, Any] = {"format": FORMAT, "version": VERSION, "width": width, "height": height, "grid": GRID}
    value |= as_json(canvas)
    for number, region in enumerate(value["regions"]):
        region["pixels"] = list(pixels(canvas.regions[number].rect, width, height))
        region["mask"] = f"masks/{names[number]}" if number in names else None
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def layout_svg(canvas: Canvas, width: int, height: int) -> str:
    """The layout as SVG: the colours from which the painter can start, and the descriptions."""
    size = _text_size(width, height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<title>{_xml(canvas.global_description.description)}</title>",
        f'<rect width="{width}" height="{height}" fill="{_hex(canvas.global_description.color)}"/>',
    ]
    for number, region in _drawn(canvas):
        left, top, right, bottom = pixels(region.rect, width, height)
        lines += [
            f'<g id="region-{number}">',
            f"<title>{_xml(region.description)}</title>",
            f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" fill="{_hex(region.color)}" '
            f'fill-opacity="{COLOR_OPACITY}" stroke="#ffffff" stroke-width="{max(1, size // 10)}"/>',
            f'<text x="{left + size // 2}" y="{top + size + size // 4}" font-family="sans-serif" font-size="{size}" '
            f'fill="#ffffff" stroke="#000000" stroke-width="{max(1, size // 6)}" paint-order="stroke">'
            f"{number} {_xml(region.description[:MAX_LABEL])}</text>",
            "</g>",
        ]
    return "\n".join([*lines, "</svg>", ""])


def layout_png(canvas: Canvas, width: int, height: int, *, labels: bool = True) -> Image.Image:
    """The layout as an RGB picture; without `labels` only the colours."""
    image = Image.fromarray(color_picture(conditions(canvas), width, height))
    boxes = [(number, region, pixels(region.rect, width, height)) for number, region in _drawn(canvas)]
    if labels:
        size = _text_size(width, height)
        draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
        for number, region, (left, top, right, bottom) in boxes:
            draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline="white", width=2)
            label = f"{number} {_one_line(region.description[:MAX_LABEL])}"
            place = (left + size // 2, top + size // 3)
            draw.text(place, label, "white", font, stroke_width=max(1, size // 8), stroke_fill="black")
    return image


def blended(canvas: Canvas, picture: Image.Image, share: float = 0.5) -> Image.Image:
    """The layout blended with `share` (0 to 1) of the picture, in the size of the picture."""
    rendered = picture.convert("RGB")
    return Image.blend(layout_png(canvas, *rendered.size), rendered, share)


def masks(canvas: Canvas, width: int, height: int) -> Iterator[tuple[str, bytes]]:
    """The file names and PNGs of all masks."""
    for number, name in mask_names(canvas).items():
        yield name, png(mask(canvas.regions[number], width, height))


def everything(
    canvas: Canvas, code: str, width: int, height: int, pictures: Sequence[Path] = ()
) -> Iterator[tuple[str, bytes]]:
    """The file names and contents of all exports. The last of the files `pictures` is also blended with the layout.
    Files that can no longer be read are left out."""
    yield "layout.json", layout_json(canvas, width, height).encode()
    yield "comfyui-omost.json", comfy_conditions(canvas).encode()
    yield "canvas.txt", code.encode("utf-8", "replace")
    yield "layout.svg", layout_svg(canvas, width, height).encode()
    yield "layout.png", png(layout_png(canvas, width, height))
    for name, data in masks(canvas, width, height):
        yield f"masks/{name}", data
    for path in pictures:
        try:
            yield f"pictures/{path.name}", path.read_bytes()
        except OSError:
            continue
    if pictures:
        try:
            with Image.open(pictures[-1], formats=("PNG",)) as picture:
                yield "layout-and-picture.png", png(blended(canvas, picture))
        except (OSError, ValueError, SyntaxError):
            return


def write_zip(target: Path, files: Iterator[tuple[str, bytes]]) -> Path:
    """Write `files` to the zip file `target`, whole or not at all. Raises PictureError if it cannot be written."""
    try:
        with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files:
                archive.writestr(name, data)
    except OSError as error:
        raise PictureError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _drawn(canvas: Canvas) -> list[tuple[int, Region]]:
    """The enabled regions from far to near, each with its number in the canvas, from 1."""
    numbers = {id(region): number for number, region in enumerate(canvas.regions, start=1)}
    return [(numbers[id(region)], region) for region in canvas.far_to_near() if region.enabled]


def _text_size(width: int, height: int) -> int:
    return max(8, min(width, height) // 36)


def _hex(color: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _xml(text: str) -> str:
    """`text` escaped for XML; characters that XML 1.0 does not allow become blanks."""
    return escape(_one_line(_NOT_XML.sub(" ", text)))
