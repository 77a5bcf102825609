"""Reading untrusted PNG files: sizes are checked before any pixel is decompressed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image

from ..errors import PictureError

MAX_BYTES = 128 * 2**20
"""Maximum size of a PNG in bytes; a picture of MAX_SIDE squared has 48 MiB uncompressed."""
MAX_SIDE = 4096
"""Maximum width and height: twice those of a render, because of the high-resolution pass."""

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""Exceptions that Pillow raises for damaged files."""


@contextmanager
def opened_png(file: BinaryIO, name: str) -> Iterator[Image.Image]:
    """The PNG in `file`, with its text chunks in `info` and its pixels not yet decompressed.

    The header is checked here because Pillow's limit on pixels is a setting of the whole process, and an error only at
    twice its value.
    Raises PictureError if the file is not a PNG, is damaged, or is larger than a picture of this program can be.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_BYTES:
        raise PictureError(f"{name} has {size:,} bytes; a picture of this program has at most {MAX_BYTES:,}.")
    head = file.read(24)
    file.seek(0)
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        raise PictureError(f"{name} is not a PNG, the only kind of picture that this program writes.")
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise PictureError(f"{name} is a damaged PNG: its header is missing.")
    width, height = struct.unpack(">LL", head[16:])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise PictureError(
            f"{name} claims to have {width} x {height} pixels; a picture of this program has at most "
            f"{MAX_SIDE} x {MAX_SIDE}."
        )
    try:
        with Image.open(file, formats=("PNG",)) as image:
            if image.size != (width, height):
                raise PictureError(f"{name} is a damaged PNG: it names two sizes.")
            yield image
    except PictureError:
        raise
    except _BROKEN as error:
        raise PictureError(f"{name} is a damaged PNG ({' '.join(str(error).split())[:200]}).") from error


def check_png(file: BinaryIO, name: str, most: int = MAX_SIDE**2) -> int:
    """Read the whole PNG in `file`, and decompress it if it has at most `most` pixels; returns their number. Raises
    PictureError if any byte is missing or wrong."""
    with opened_png(file, name) as image:
        image.verify()
        pixels = image.width * image.height
    if pixels <= most:
        with opened_png(file, name) as image:
            image.load()
    return pixels
