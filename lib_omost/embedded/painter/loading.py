"""Loading the embedded painter's additional components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.gist import thing_gist
from lib_omost.embedded.painter.reading import Reader
from lib_omost.embedded.painter.regions import CellRegions
from lib_omost.embedded.painter.setting import setting_gist
from lib_omost.errors import ModelError
from lib_omost.render.regions import RegionsFactory

ATLAS, READER = "atlas.safetensors", "reader.safetensors"


def components(folder: Path) -> dict[str, Any]:
    """The arguments that `load_painter` needs for the painter in `folder`. Raises ModelError for a broken file."""
    return {"make_regions": regions(folder), "prepare": with_gists}


def regions(folder: Path) -> RegionsFactory:
    """The kind of regions that the painter in `folder` was trained with. Raises ModelError for a broken file."""
    atlas, reader = Atlas.load(folder / ATLAS), Reader.load(folder / READER)
    if reader.settings != atlas.settings or len(reader.heads["thing"]) != len(atlas.things) + 1:
        raise ModelError(f"{folder / READER} does not belong to {folder / ATLAS}. Fetch the model again.")
    return partial(CellRegions, atlas=atlas, reader=reader)


def with_gists(conditions: Sequence[RegionCondition]) -> tuple[RegionCondition, ...]:
    """The conditions with their gists in place of their texts, as far as they have one.

    Of the whole picture nothing but its description is read. The small composer's further sentences are about light and
    mood; the reader takes them for night, stars or snow that nobody asked for. Where there are no regions, the whole
    picture's description tells the thing, too, and stays as it is.
    """
    scene, *others = conditions
    if scene.prefixes[-1]:
        scene = _told(scene, setting_gist(scene.prefixes[-1]) if others else None, scene.prefixes[-1])
    return (scene, *(_told(region, thing_gist(region.prefixes[-1])) for region in others))


def _told(condition: RegionCondition, gist: str | None, otherwise: str | None = None) -> RegionCondition:
    """A condition that says the gist alone, or the other text; itself if there is neither."""
    text = gist or otherwise
    return replace(condition, prefixes=(*condition.prefixes[:-1], text), suffixes=()) if text else condition
