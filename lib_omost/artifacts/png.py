"""PNG files from anywhere, read with limits before a pixel of them is unpacked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image

from ..errors import PictureError

MAX_BYTES = 128 * 2**20
"""Bytes of a PNG that is read: a picture of MAX_SIDE squared without any compression has 48 MiB."""
MAX_SIDE = 4096
"""Pixels of a side: twice the largest width and height that a render may have, for the high-resolution pass."""

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises for files that are not what they should be."""


@contextmanager
def opened_png(file: BinaryIO, name: str) -> Iterator[Image.Image]:
    """The PNG in `file`, with its text chunks in `info` and its pixels not yet unpacked.

    Raises PictureError if it is no PNG, is damaged, or is larger than a picture of this program can be.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_BYTES:
        raise PictureError(f"{name} has {size:,} bytes; a picture of this program has at most {MAX_BYTES:,}.")
    head = file.read(24)
    file.seek(0)
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        raise PictureError(f"{name} is no PNG, the one kind of picture that this program writes.")
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise PictureError(f"{name} is a damaged PNG: its header is missing.")
    width, height = struct.unpack(">LL", head[16:])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise PictureError(
            f"{name} says that it has {width} x {height} pixels; a picture of this program has at most "
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


def check_png(file: BinaryIO, name: str) -> None:
    """Read the PNG in `file` to its end and unpack it. Raises PictureError if a byte of it is missing or wrong."""
    with opened_png(file, name) as image:
        image.verify()
    with opened_png(file, name) as image:
        image.load()
