"""Downloads of the page: the layout in several formats; and the comparison of layout and picture. No gradio here."""

from __future__ import annotations

import base64
import io
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from lib_omost.artifacts.exports import everything, layout_json, layout_png, layout_svg, masks, png, write_zip
from lib_omost.canvas import Canvas
from lib_omost.errors import OmostError

from .conversation import Conversation
from .entries import PictureEntry, Prompt
from .gallery import Gallery
from .page_state import Changes
from .users import login_of

FORMS = {
    "everything": "Everything, as a zip",
    "json": "Layout as JSON",
    "code": "Canvas code",
    "masks": "A mask for each region, as a zip",
    "svg": "Layout as SVG",
    "png": "Layout as PNG",
}
NO_CANVAS = "Nothing to render yet: describe a picture or draw a box."
MAX_TITLE = 40
"""Maximum length of the prompt's part in a file name, in characters."""
SIDE = 768
"""Longer side of the compared pictures on the page, in pixels."""


class Downloads:
    """The exports of the canvas that a page shows; sizes are those of the picture, in pixels."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    def hand_out(self, page: str, chat: Conversation, form: str, width: int, height: int) -> Iterator[Changes]:
        """Hand out the chat's canvas in one of FORMS."""
        canvas = chat.canvas()
        if canvas is None or form not in FORMS:
            yield {"warning": NO_CANVAS}
            return
        try:
            # gradio copies the file into its cache, which it cleans up.
            with tempfile.TemporaryDirectory() as folder:
                path = self._written(Path(folder), page, chat, canvas, form, width, height)
                yield {"handed_out": (path, self._gallery.folder_of(login_of(page)))}
        except OmostError as error:
            yield {"warning": str(error)}

    def comparison(self, page: str, chat: Conversation, width: int, height: int) -> dict[str, Any]:
        """The layout and the last picture as JSON for `Compare`; if there is a picture, in its size."""
        canvas = chat.canvas()
        picture = self._last(page, chat)
        if picture is not None:
            width, height = picture.size
        if canvas is None:
            return {"layout": None, "picture": None, "hint": NO_CANVAS}
        scale = min(1.0, SIDE / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return {
            "layout": _uri(layout_png(canvas, *size), "PNG"),
            "picture": None if picture is None else _uri(picture.convert("RGB").resize(size), "JPEG"),
            "hint": "" if picture is not None else "There is no picture yet: render one to compare it with its layout.",
        }

    def _written(
        self, folder: Path, page: str, chat: Conversation, canvas: Canvas, form: str, width: int, height: int
    ) -> Path:
        code = chat.code()
        # The page saves a file when its address changes, so equal contents need a new name, too.
        name = f"{_title(chat)}-{time.strftime('%H%M%S')}"
        match form:
            case "json":
                return _file(folder / f"{name}.json", layout_json(canvas, width, height).encode())
            case "code":
                return _file(folder / f"{name}.txt", code.encode("utf-8", "replace"))
            case "svg":
                return _file(folder / f"{name}.svg", layout_svg(canvas, width, height).encode())
            case "png":
                return _file(folder / f"{name}-layout.png", png(layout_png(canvas, width, height)))
            case "masks":
                return write_zip(folder / f"{name}-masks.zip", masks(canvas, width, height))
        files = everything(canvas, code, width, height, self._pictures(page, chat))
        return write_zip(folder / f"{name}.zip", files)

    def _pictures(self, page: str, chat: Conversation) -> list[Path]:
        gallery = self._gallery.of(login_of(page))
        found = (gallery.find(entry.name) for entry in chat.entries if isinstance(entry, PictureEntry))
        return list(dict.fromkeys(path for path in found if path is not None))

    def _last(self, page: str, chat: Conversation) -> Image.Image | None:
        for path in reversed(self._pictures(page, chat)):
            try:
                with Image.open(path, formats=("PNG",)) as image:
                    image.load()
                    return image
            except (OSError, ValueError, SyntaxError):
                continue
        return None


def _title(chat: Conversation) -> str:
    """The beginning of the first prompt as a part of a file name."""
    index = next((i for i, entry in enumerate(chat.entries) if isinstance(entry, Prompt)), None)
    words = re.findall(r"[^\W_]+", chat.prompt(index).casefold()) if index is not None else []
    title = ""
    for word in words:
        if len(title) + len(word) >= MAX_TITLE:
            break
        title += f"-{word}"
    return title.removeprefix("-") or "omost"


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _uri(image: Image.Image, kind: str) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return f"data:image/{kind.lower()};base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
