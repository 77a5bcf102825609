"""A picture remembers: what is needed to make it again, inside the PNG itself.

The record is one JSON object in an international text chunk (iTXt) under the keyword `omost`::

    {"version": 1, "program": "...", "prompt": "...", "code": "```python ...", "canvas": {...},
     "settings": {...}, "seed": 12345, "composer": "...", "painter": "..."}

`code` is the canvas as Canvas code and is what a reader should trust; `canvas` is the same as JSON for programs that do
not read Canvas code. `settings` are those that make this one picture again by itself.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from PIL.PngImagePlugin import PngInfo

from . import __version__
from .canvas import Canvas, as_json, write
from .errors import RenderError
from .files import replacing
from .render.settings import Picture, RenderSettings

KEYWORD = "omost"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """What a render was made from; `composer` and `painter` name the models, `prompt` is what the user said last."""

    canvas: Canvas
    settings: RenderSettings
    painter: str
    composer: str = ""
    prompt: str = ""

    def to_json(self, picture: Picture) -> dict[str, object]:
        """The record of one picture of this render, JSON-safe."""
        return {
            "version": VERSION,
            "program": f"omost {__version__}",
            "prompt": self.prompt,
            "code": write(self.canvas),
            "canvas": as_json(self.canvas),
            "settings": asdict(self.settings.alone(picture.index)),
            "seed": picture.seed,
            "composer": self.composer,
            "painter": self.painter,
        }


def png_info(picture: Picture, record: Record) -> PngInfo:
    """The text chunk for Pillow's PNG writer."""
    info = PngInfo()
    info.add_itxt(KEYWORD, json.dumps(record.to_json(picture), ensure_ascii=False))
    return info


def save_png(path: Path, picture: Picture, record: Record) -> Path:
    """Write one picture with its record to `path`, whole or not at all; folders are made.

    Raises RenderError where the place cannot be written to.
    """
    try:
        with replacing(path) as file:
            picture.image.save(file, format="PNG", pnginfo=png_info(picture, record))
    except OSError as error:
        raise RenderError(f"The picture could not be written to {path}: {error.strerror or error}.") from error
    return path


def save_picture(folder: Path, picture: Picture, record: Record) -> Path:
    """Write one picture into `folder` under a name of its own, by day, time and seed; returns the path."""
    now = datetime.now()
    stem = f"{now:%H%M%S}-{now.microsecond // 1000:03d}-seed{picture.seed}"
    return save_png(folder / f"{now:%Y-%m-%d}" / f"{stem}.png", picture, record)
