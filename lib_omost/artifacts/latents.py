"""Latents inside a picture's PNG file, so that a later edit can start from them.

They are in a private chunk, `omLT`, which other programs ignore: a safetensors file with one float16 tensor, `latents`
[C, h, w], and the hash of the picture, because a program that changes the pixels may keep the chunk. For 1024 x 1024
pixels the chunk has 128 KiB.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from PIL import Image
from PIL.PngImagePlugin import PngInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK = b"omLT"
MAX_BYTES = 16 * 2**20
MAX_CHANNELS = 64
MAX_SIDE = 1024
"""Maximum height and width of latents: the largest picture, 4096 pixels, at the smallest scale factor, 4."""


def pixel_hash(image: Image.Image) -> str:
    """SHA-256 of the size and the RGB pixels; equal for all files with the same pixels."""
    made = hashlib.sha256(b"%d x %d\n" % image.size)
    made.update(image.convert("RGB").tobytes())
    return f"sha256:{made.hexdigest()}"


def add_latents(info: PngInfo, image: Image.Image, latents: NDArray[np.float16]) -> None:
    """Add a chunk with `latents`, [C, h, w], of `image` to the chunks that Pillow will write."""
    from safetensors.numpy import save

    info.add(CHUNK, save({"latents": latents}, {"pixels": pixel_hash(image)}))


def latents_of(image: Image.Image) -> NDArray[np.float16] | None:
    """The latents in an opened PNG, [C, h, w], all finite; None if it has none, or if they are invalid or belong to
    another picture. Reads all pixels."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    found = [chunk[1] for chunk in getattr(image, "private_chunks", ()) if chunk[0] == CHUNK]
    if len(found) != 1 or len(found[0]) > MAX_BYTES:
        return None
    try:
        made = load(found[0]).get("latents")
        head = json.loads(found[0][8 : 8 + int.from_bytes(found[0][:8], "little")])
        stated = head["__metadata__"]["pixels"]
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError):
        return None
    if not isinstance(made, np.ndarray) or made.dtype != np.float16 or made.ndim != 3:
        return None
    valid = 0 < made.shape[0] <= MAX_CHANNELS and all(0 < side <= MAX_SIDE for side in made.shape[1:])
    if not valid or not np.isfinite(made).all() or stated != pixel_hash(image):
        return None
    return made
