"""Loading an SDXL painter from a diffusers folder or a single file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.pipelines.pipeline_utils import SUPPORTED_DEVICE_MAP

from lib_omost.errors import ModelError
from lib_omost.render.folder import SDXL as SDXL_FOLDER
from lib_omost.render.folder import check_folder, check_text_encoders, check_weights, variant
from lib_omost.render.opened import incomplete, moved, opened
from lib_omost.render.preview import SDXL, LatentPreview
from lib_omost.render.regions import RegionsFactory, RenderRegions
from lib_omost.render.sdxl.lora import merge
from lib_omost.render.sdxl.painter import Prepare, SDXLPainter, Unknown
from lib_omost.render.sdxl.single_file import LAYOUT, apply_training, load_single_file
from lib_omost.render.settings import UNSAID, Lora, Training
from lib_omost.runtime.device import compute_dtype, has_bfloat16
from lib_omost.runtime.plan import LARGEST, Plan
from lib_omost.runtime.zero import is_zero

PREVIEW = "preview.json"
"""The file beside a model with the preview map of its autoencoder; by default the map of SDXL's is used."""


def load_painter(
    source: str | Path,
    *,
    device: str,
    dtype: torch.dtype | None = None,
    loras: Sequence[Lora] = (),
    training: Training = UNSAID,
    pickles: bool = False,
    plan: Plan = LARGEST,
    name: str | None = None,
    make_room: Callable[[], object] = lambda: None,
    layout: Path = LAYOUT,
    make_regions: RegionsFactory = RenderRegions,
    prepare: Prepare = tuple,
    unknown: Unknown = lambda conditions: (),
    notify: Callable[[str], object] = lambda _: None,
) -> SDXLPainter:
    """Load an SDXL checkpoint from this disk to `device`.

    A folder's weights are read straight to the device. The exceptions, which are prepared on the host first, are a
    plan that packs weights into 8 bits and a single file, which has to be converted.

    source: a diffusers folder or a single file.
    dtype: precision of UNet and text encoders; by default float16 on an accelerator and float32 on the CPU, where half
    precision is slower. If dtype is float16, an autoencoder that overflows in it (`force_upcast`) is loaded in
    bfloat16 or float32.
    loras: files on this disk, merged into the weights one after the other, so that they cost nothing per step.
    training: overrides what the checkpoint says of its training. pickles: also read weights that are not safetensors.
    plan: how device memory is saved. name: as shown to the user, by default the last part of the source.
    make_room: called once, immediately before the weights go to the device.
    layout: the configurations for reading a single file whose networks differ in size, see `single_file.LAYOUT`.
    make_regions, prepare, unknown: see `SDXLPainter`.
    notify: gets a sentence for each file of which something was left out.

    Raises ModelError, which says what is missing or wrong and what to do about it.
    """
    dtype = dtype or compute_dtype(device, "float16")
    path = Path(source).expanduser()
    preview: LatentPreview | None = SDXL
    # ZeroGPU collects weights as they are moved; its stand-in for the card does not exist while they are read.
    straight = device in SUPPORTED_DEVICE_MAP and path.is_dir() and not plan.float8 and not is_zero()
    if path.is_dir():
        check_folder(path, pickles=pickles)
        form = variant(path, dtype)
        check_weights(path, form, pickles=pickles)
        if straight:
            make_room()
        pipeline = opened(
            StableDiffusionXLPipeline.from_pretrained,
            str(path),
            "an SDXL checkpoint",
            dtype=dtype,
            variant=form,
            local_files_only=True,
            use_safetensors=None if pickles else True,
            add_watermarker=False,
            device_map=device if straight else None,
        )
        check_text_encoders(pipeline, path, form, pickles=pickles)
        if (path / PREVIEW).exists():
            preview = LatentPreview.load(path / PREVIEW)
    elif path.is_file():
        pipeline = opened(
            load_single_file, path, "an SDXL checkpoint", dtype=dtype, pickles=pickles, layout=layout, notify=notify
        )
    else:
        raise ModelError(f"There is no image model at {source}: neither a folder nor a file.")
    _check_parts(pipeline, source)
    preview = _fitting_preview(preview, pipeline.vae.config.latent_channels, path)
    apply_training(pipeline, training)
    merge(pipeline, loras, pickles=pickles, notify=notify)
    if pipeline.vae.config.force_upcast and pipeline.vae.dtype == torch.float16:
        pipeline.vae.to(torch.bfloat16 if device != "cpu" and has_bfloat16(device) else torch.float32)
    painter = SDXLPainter(
        pipeline,
        name or (path.stem if path.is_file() else path.name),
        preview=preview,
        make_regions=make_regions,
        prepare=prepare,
        unknown=unknown,
        plan=plan,
    )
    if not straight:
        make_room()
    return moved(painter, device)


def _fitting_preview(preview: LatentPreview | None, channels: int, path: Path) -> LatentPreview | None:
    """`preview` if it has this number of channels; None if it is the default, which does not fit."""
    if preview is None or len(preview.factors) == channels:
        return preview
    if preview is SDXL:
        return None
    raise ModelError(
        f"{path / PREVIEW} is for latents of {len(preview.factors)} channels, but the model has {channels}. "
        "Delete it or take a sound copy."
    )


def _check_parts(pipeline: Any, source: str | Path) -> None:
    absent = [name for name in SDXL_FOLDER.parts if getattr(pipeline, name, None) is None]
    if absent:
        raise ModelError(
            f"{source} lacks {', '.join(absent)}. A refiner cannot paint by itself: choose a base checkpoint."
        )
    painted, decoded = pipeline.unet.config, pipeline.vae.config.latent_channels
    if painted.in_channels != painted.out_channels:
        raise ModelError(f"{source} is not a text-to-image checkpoint (an inpainting model?): choose another painter.")
    if painted.in_channels != decoded:
        raise ModelError(
            f"The parts of {source} do not fit: its UNet paints latents of {painted.in_channels} channels, its "
            f"autoencoder reads {decoded}. Choose another painter."
        )
    for name in SDXL_FOLDER.networks:
        if any(weight.is_meta for weight in getattr(pipeline, name).parameters()):
            raise ModelError(incomplete(f"weights of {name}", source))
