"""Loading the additional components of the embedded painter."""

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
from lib_omost.embedded.painter.unknown import unknown
from lib_omost.errors import ModelError
from lib_omost.render.regions import RegionsFactory

ATLAS, READER = "atlas.safetensors", "reader.safetensors"


def components(folder: Path) -> dict[str, Any]:
    """The keyword arguments of `load_painter` for the painter in `folder`. Raises ModelError for a damaged file."""
    return {"make_regions": regions(folder), "prepare": with_gists, "unknown": unknown}


def regions(folder: Path) -> RegionsFactory:
    """A factory of regions with the atlas and the reader in `folder`. Raises ModelError for a damaged file."""
    atlas, reader = Atlas.load(folder / ATLAS), Reader.load(folder / READER)
    if reader.settings != atlas.settings or len(reader.heads["thing"]) != len(atlas.things) + 1:
        raise ModelError(f"{folder / READER} does not belong to {folder / ATLAS}. Fetch the model again.")
    return partial(CellRegions, atlas=atlas, reader=reader)


def with_gists(conditions: Sequence[RegionCondition]) -> tuple[RegionCondition, ...]:
    """The conditions with their texts replaced by their gists, if they have one.

    Of the global description only the first text is read: the other sentences of the small composer are about light and
    mood, which the reader mistakes for night, stars or snow. Without regions the global description also names the
    thing, so it is not replaced.
    """
    scene, *others = conditions
    if scene.prefixes[-1]:
        scene = _with_text(scene, setting_gist(scene.prefixes[-1]) if others else None, scene.prefixes[-1])
    return (scene, *(_with_text(region, thing_gist(region.prefixes[-1])) for region in others))


def _with_text(condition: RegionCondition, gist: str | None, fallback: str | None = None) -> RegionCondition:
    """A condition with the gist, or else `fallback`, as its only text; unchanged if both are empty."""
    text = gist or fallback
    return replace(condition, prefixes=(*condition.prefixes[:-1], text), suffixes=()) if text else condition
