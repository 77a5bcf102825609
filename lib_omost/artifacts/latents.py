"""Latents that travel in a picture's own file, so that a later edit can go on from them.

They are a private chunk of the PNG, `omLT`, which other programs skip: a safetensors file with one float16 tensor,
`latents` [C, h, w], and the hash of the picture, since a program that changes the pixels may leave the chunk. For
1024 x 1024 pixels it has 128 KiB.
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
"""Cells of a side: those of the largest picture, 4096 pixels, at the smallest factor, 4."""


def pixel_hash(image: Image.Image) -> str:
    """SHA-256 of the size and the RGB pixels: the same for any file that shows the same picture."""
    made = hashlib.sha256(b"%d x %d\n" % image.size)
    made.update(image.convert("RGB").tobytes())
    return f"sha256:{made.hexdigest()}"


def add_latents(info: PngInfo, image: Image.Image, latents: NDArray[np.float16]) -> None:
    """Have Pillow's PNG writer put `latents`, [C, h, w], before the pixels of `image`."""
    from safetensors.numpy import save

    info.add(CHUNK, save({"latents": latents}, {"pixels": pixel_hash(image)}))


def latents_of(image: Image.Image) -> NDArray[np.float16] | None:
    """The latents that an opened PNG carries, [C, h, w], all finite; None if it has none, or none that are sound and
    its own. Reads all pixels."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    found = [chunk[1] for chunk in getattr(image, "private_chunks", ()) if chunk[0] == CHUNK]
    if len(found) != 1 or len(found[0]) > MAX_BYTES:
        return None
    try:
        made = load(found[0]).get("latents")
        head = json.loads(found[0][8 : 8 + int.from_bytes(found[0][:8], "little")])
        said = head["__metadata__"]["pixels"]
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError):
        return None
    if not isinstance(made, np.ndarray) or made.dtype != np.float16 or made.ndim != 3:
        return None
    sound = 0 < made.shape[0] <= MAX_CHANNELS and all(0 < side <= MAX_SIDE for side in made.shape[1:])
    if not sound or not np.isfinite(made).all() or said != pixel_hash(image):
        return None
    return made
