"""Loading the embedded painter's additional components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.reading import Reader
from lib_omost.embedded.painter.regions import CellRegions
from lib_omost.errors import ModelError
from lib_omost.render.regions import RegionsFactory

ATLAS, READER = "atlas.safetensors", "reader.safetensors"


def components(folder: Path) -> dict[str, Any]:
    """The arguments that `load_painter` needs for the painter in `folder`. Raises ModelError for a broken file."""
    return {"make_regions": regions(folder), "prepare": with_plain_scene}


def regions(folder: Path) -> RegionsFactory:
    """The kind of regions that the painter in `folder` was trained with. Raises ModelError for a broken file."""
    atlas, reader = Atlas.load(folder / ATLAS), Reader.load(folder / READER)
    if reader.settings != atlas.settings or len(reader.heads["thing"]) != len(atlas.things) + 1:
        raise ModelError(f"{folder / READER} does not belong to {folder / ATLAS}. Fetch the model again.")
    return partial(CellRegions, atlas=atlas, reader=reader)


def with_plain_scene(conditions: Sequence[RegionCondition]) -> tuple[RegionCondition, ...]:
    """The conditions with nothing but its description left of the whole picture, if it has one.

    The small composer's further sentences are about light and mood. The reader takes them for night, stars or snow that
    nobody asked for.
    """
    scene, *others = conditions
    return (replace(scene, suffixes=()) if scene.prefixes[-1] else scene, *others)
