from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.numpy import save

from lib_omost.artifacts.latents import CHUNK, add_latents, latents_of, pixel_hash

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
PICTURE = Image.fromarray(PIXELS)
LATENTS = np.random.default_rng(1).normal(size=(4, 3, 4)).astype(np.float16)


def written(info: PngInfo | None, image: Image.Image = PICTURE) -> Image.Image:
    file = io.BytesIO()
    image.save(file, format="PNG", pnginfo=info)
    return Image.open(io.BytesIO(file.getvalue()))


def info_of(*payloads: bytes) -> PngInfo:
    info = PngInfo()
    for payload in payloads:
        info.add(CHUNK, payload)
    return info


def sound(latents: Any = LATENTS, pixels: str | None = None, name: str = "latents") -> bytes:
    return save({name: latents}, {"pixels": pixels or pixel_hash(PICTURE)})


def test_latents_come_back_from_the_file() -> None:
    info = PngInfo()
    add_latents(info, PICTURE, LATENTS)
    made = latents_of(written(info))
    assert made is not None
    assert made.dtype == np.float16
    assert np.array_equal(made, LATENTS)


def test_a_picture_whose_pixels_were_changed_has_none() -> None:
    changed = PIXELS.copy()
    changed[5, 5, 0] ^= 1
    info = PngInfo()
    add_latents(info, PICTURE, LATENTS)
    assert latents_of(written(info, Image.fromarray(changed))) is None


@pytest.mark.parametrize(
    "payloads",
    [
        (),
        (b"",),
        (b"\xff" * 40,),
        (b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ",),
        (sound(name="other"),),
        (save({"latents": LATENTS}),),
        (sound(LATENTS.astype(np.float32)),),
        (sound(LATENTS[0]),),
        (sound(np.zeros((65, 2, 2), np.float16)),),
        (sound(np.zeros((1, 1, 1025), np.float16)),),
        (sound(np.zeros((0, 2, 2), np.float16)),),
        (sound(np.full((4, 3, 4), np.nan, np.float16)),),
        (sound(pixels="sha256:0"),),
        (sound(), sound()),
        (sound()[:-3],),
    ],
)
def test_what_is_not_sound_is_none(payloads: tuple[bytes, ...]) -> None:
    assert latents_of(written(info_of(*payloads))) is None


def test_the_hash_is_of_what_is_seen() -> None:
    assert pixel_hash(PICTURE) == pixel_hash(PICTURE.convert("RGBA"))
    assert pixel_hash(PICTURE) != pixel_hash(PICTURE.rotate(180))
    grey = Image.new("RGB", (4, 6))
    assert pixel_hash(grey) != pixel_hash(Image.new("RGB", (6, 4)))
