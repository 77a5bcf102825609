"""The embedded painter from its folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lib_omost.embedded.painter.mosaic import Mosaic, MosaicRegions
from lib_omost.render.regions import Regions

MOSAIC = "mosaic.json"
"""The file beside the weights that says where the tokens of the text encoder are heard."""


def regions(folder: Path) -> Regions:
    """The kind of regions that the painter in `folder` was trained with. Raises ModelError for a broken file."""
    return partial(MosaicRegions, mosaic=Mosaic.load(folder / MOSAIC))
