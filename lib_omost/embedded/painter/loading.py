"""The embedded painter's own parts, from its folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.reading import Reader
from lib_omost.embedded.painter.regions import HeardRegions
from lib_omost.errors import ModelError
from lib_omost.render.regions import Regions

ATLAS, READER = "atlas.safetensors", "reader.safetensors"


def regions(folder: Path) -> Regions:
    """The kind of regions that the painter in `folder` was trained with. Raises ModelError for a broken file."""
    atlas, reader = Atlas.load(folder / ATLAS), Reader.load(folder / READER)
    if reader.settings != atlas.settings or len(reader.heads["thing"]) != len(atlas.things) + 1:
        raise ModelError(f"{folder / READER} does not belong to {folder / ATLAS}. Fetch the model again.")
    return partial(HeardRegions, atlas=atlas, reader=reader)
