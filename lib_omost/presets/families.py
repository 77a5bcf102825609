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
    bytes of device memory that it needs beyond those of SDXL, by which the memory plans go. unit: the sides of a
    picture are multiples of so many pixels. base: the settings for checkpoints that were not distilled to a few
    steps."""

    name: str
    title: str
    pipelines: tuple[str, ...]
    repositories: str
    settings: RenderSettings = field(default_factory=RenderSettings)
    absent: frozenset[str] = frozenset()
    extra: int = 0
    unit: int = 8
    base: RenderSettings | None = None


SDXL = PainterFamily("sdxl", "SDXL", ("StableDiffusionXL",), r"")
FLUX2 = PainterFamily(
    "flux2",
    "FLUX.2 klein",
    ("Flux2KleinPipeline",),
    r"(^|[-_./])flux[-_.]?2.*klein",
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
    frozenset({"sampler", "formula", "clip_skip", "guidance_rescale"}),
    # By its parameters in 16 bits: transformer and text encoder 8 GB each, against 6.5 GB of SDXL. Not measured.
    9 * 2**30,
    16,
    RenderSettings(
        width=1024,
        height=1024,
        steps=50,
        guidance_scale=4.0,
        negative_prompt="",
        formula="layered",
        sampler="flow",
    ),
)
ZIMAGE = PainterFamily(
    "zimage",
    "Z-Image",
    ("ZImagePipeline",),
    r"(^|[-_./])z[-_]?image",
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
    frozenset({"sampler", "formula", "clip_skip", "guidance_rescale"}),
    # By its parameters in 16 bits: transformer 12 GB, text encoder 8 GB, against 6.5 GB of SDXL. Not measured.
    13 * 2**30,
    16,
    # The default of diffusers' pipeline, which counts guidance from 0.
    RenderSettings(
        width=1024,
        height=1024,
        steps=50,
        guidance_scale=6.0,
        negative_prompt="",
        formula="layered",
        sampler="flow",
    ),
)
FAMILIES = (FLUX2, ZIMAGE, SDXL)
"""In the order in which names are compared; SDXL is assumed where no name says otherwise."""


def family_of(source: str) -> PainterFamily:
    """The family of a painter: by the model_index.json of a folder on this disk, otherwise by the name of a
    repository. A folder of an unknown family counts as SDXL, whose loader says what it is."""
    path = Path(source).expanduser()
    if path.is_dir():
        kind = _index(path).get("_class_name")
        return next((one for one in FAMILIES if isinstance(kind, str) and kind.startswith(one.pipelines)), SDXL)
    name = _model(source)
    return next(
        (one for one in FAMILIES if one.repositories and re.search(one.repositories, name, re.IGNORECASE)), SDXL
    )


def is_distilled(source: str) -> bool:
    """Whether a checkpoint of a family with a `base` was distilled to a few steps: a folder may say so, otherwise its
    name does."""
    path = Path(source).expanduser()
    said = _index(path).get("is_distilled") if path.is_dir() else None
    if isinstance(said, bool):
        return said
    name = _model(source) or path.name
    return re.search(r"turbo|distill|klein(?!.*base)", name, re.IGNORECASE) is not None


def _model(source: str) -> str:
    """The name of a model in a repository, without its owner; "" for anything else."""
    return source.partition("/")[2] if is_repository(source) else ""


def _index(folder: Path) -> dict[str, object]:
    """The model_index.json of a diffusers folder; empty if it cannot be read."""
    try:
        with (folder / "model_index.json").open("rb") as file:
            index = json.loads(file.read(_MAX_INDEX))
    except (OSError, ValueError, RecursionError):
        return {}
    return index if isinstance(index, dict) else {}
