"""The families of image models: by what they are recognised, and the settings that suit them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..hub import is_repository
from ..render.settings import RenderSettings

_MAX_INDEX = 1_000_000
"""Bytes of a model_index.json."""


@dataclass(frozen=True, slots=True)
class PainterFamily:
    """name: as `Painter.family`. pipelines: the beginnings of the names of its pipeline classes in model_index.json.
    repositories: a pattern for names of repositories whose index is not on this disk. settings: the defaults for a
    checkpoint of which nothing else is known. absent: the names of settings that the family has no choice of. extra:
    bytes of device memory that it needs beyond those of SDXL, by which the memory plans go."""

    name: str
    title: str
    pipelines: tuple[str, ...]
    repositories: str
    settings: RenderSettings = field(default_factory=RenderSettings)
    absent: frozenset[str] = frozenset()
    extra: int = 0


SDXL = PainterFamily("sdxl", "SDXL", ("StableDiffusionXL",), r"")
FLUX2 = PainterFamily(
    "flux2",
    "FLUX.2 klein",
    ("Flux2Klein",),
    r"flux\.?-?2.*klein",
    RenderSettings(
        width=1024,
        height=1024,
        steps=4,
        guidance_scale=1.0,
        negative_prompt="",
        hires_steps=3,
        hires_denoise=0.5,
        formula="layered",
        sampler="flow",
    ),
    frozenset({"sampler", "formula"}),
    # By its parameters in 16 bits: transformer and text encoder 8 GB each, against 6.5 GB of SDXL. Not measured.
    6 * 2**30,
)
ZIMAGE = PainterFamily(
    "zimage",
    "Z-Image",
    ("ZImagePipeline",),
    r"z-?image",
    RenderSettings(
        width=1024,
        height=1024,
        steps=9,
        guidance_scale=1.0,
        negative_prompt="",
        hires_steps=5,
        hires_denoise=0.5,
        formula="layered",
        sampler="flow",
    ),
    frozenset({"sampler", "formula"}),
    # By its parameters in 16 bits: transformer 12 GB, text encoder 8 GB, against 6.5 GB of SDXL. Not measured.
    10 * 2**30,
)
FAMILIES = (FLUX2, ZIMAGE, SDXL)
"""In the order in which names are compared; SDXL is assumed where no name says otherwise."""


def family_of(source: str) -> PainterFamily:
    """The family of a painter: by the model_index.json of a folder on this disk, otherwise by the name of a
    repository. A folder of an unknown family counts as SDXL, whose loader says what it is."""
    path = Path(source).expanduser()
    if path.is_dir():
        kind = _pipeline(path)
        return next((family for family in FAMILIES if kind.startswith(family.pipelines)), SDXL)
    name = source if is_repository(source) else ""
    return next(
        (one for one in FAMILIES if one.repositories and re.search(one.repositories, name, re.IGNORECASE)), SDXL
    )


def _pipeline(folder: Path) -> str:
    """The class of the pipeline in a diffusers folder; "" if it does not say."""
    try:
        with (folder / "model_index.json").open("rb") as file:
            index = json.loads(file.read(_MAX_INDEX))
    except (OSError, ValueError, RecursionError):
        return ""
    kind = index.get("_class_name") if isinstance(index, dict) else None
    return kind if isinstance(kind, str) else ""
