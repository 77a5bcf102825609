from __future__ import annotations

import argparse

import numpy as np
import pytest
import torch
from PIL import Image

from lib_omost.errors import RenderError
from lib_omost.opening.options import add_model_arguments, from_arguments
from lib_omost.render.latents import LatentCodec
from tests.render import tiny


def picture(width: int, height: int) -> Image.Image:
    generator = np.random.default_rng(0)
    return Image.fromarray(generator.integers(0, 256, (height, width, 3), dtype=np.uint8))


@torch.no_grad()
def test_decoding_and_encoding_are_the_autoencoders_own() -> None:
    vae = tiny.autoencoder()
    codec = LatentCodec(vae)
    assert codec.factor == 8
    image = picture(40, 24)
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None] / 127.5 - 1
    latents = codec.encode(image, None)
    torch.testing.assert_close(latents, vae.encode(pixels).latent_dist.mode() * vae.config.scaling_factor)
    decoded = vae.decode(latents / vae.config.scaling_factor).sample
    expected = ((decoded[0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1) * 255).round().byte()
    found = codec.decode(latents, None)
    assert found.size == (40, 24)
    assert torch.equal(torch.from_numpy(np.array(found)), expected)


@torch.no_grad()
def test_latents_with_a_mean_and_a_spread() -> None:
    vae = tiny.autoencoder()
    plain = LatentCodec(vae).encode(picture(16, 16), None)
    vae.register_to_config(latents_mean=[1.0, 2.0, 3.0, 4.0], latents_std=[2.0, 2.0, 4.0, 4.0])
    shifted = LatentCodec(vae).encode(picture(16, 16), None)
    scale = vae.config.scaling_factor
    mean, spread = (torch.tensor(vae.config[name]).view(1, 4, 1, 1) for name in ("latents_mean", "latents_std"))
    torch.testing.assert_close(shifted, (plain - mean * scale) / spread)
    back = LatentCodec(vae).decode(shifted, None)
    vae.register_to_config(latents_mean=None, latents_std=None)
    difference = np.array(back).astype(int) - np.array(LatentCodec(vae).decode(plain, None))
    assert np.abs(difference).max() <= 1


def test_tiles_are_used_when_asked_for_and_the_autoencoder_is_left_as_it_was() -> None:
    vae = tiny.autoencoder()
    codec = LatentCodec(vae)
    latents = torch.randn(1, 4, 20, 20)
    before = vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size
    whole, tiled = codec.decode(latents, False), codec.decode(latents, True)
    assert whole.size == tiled.size == (160, 160)
    assert np.any(np.array(whole) != np.array(tiled)), "tiles leave traces, so this shows that they were used"
    assert codec.decode(latents, None) == whole
    assert (vae.use_tiling, vae.tile_sample_min_size, vae.tile_latent_min_size) == before


@pytest.mark.parametrize(("dtype", "device", "tiles"), [
    (torch.float32, "cpu", False),
    (torch.float32, "meta", True),
    (torch.bfloat16, "meta", False),
])  # fmt: skip
def test_an_autoencoder_in_float32_on_a_device_works_in_tiles(dtype: torch.dtype, device: str, tiles: bool) -> None:
    vae = tiny.autoencoder().to(device, dtype)
    used: list[bool] = []
    vae.encoder.conv_in.register_forward_pre_hook(lambda *_: used.append(vae.use_tiling))
    codec = LatentCodec(vae)
    codec.encode(picture(160, 160), None)
    codec.encode(picture(160, 160), False)
    assert used[0] is tiles
    assert used[-1] is False, "what the settings say"


def test_where_memory_runs_out_a_picture_is_decoded_in_tiles_and_reported() -> None:
    vae = tiny.autoencoder()
    codec = LatentCodec(vae)
    latents = torch.randn(1, 4, 20, 20)
    tiled = codec.decode(latents, True)
    said: list[str] = []
    runs: list[tuple[int, ...]] = []

    def short(module: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        runs.append(tuple(given[0].shape[-2:]))
        if max(given[0].shape[-2:]) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 4.00 GiB.")

    vae.post_quant_conv.register_forward_pre_hook(short)
    with pytest.raises(torch.OutOfMemoryError):
        codec.decode(latents, False, said.append)
    assert said == [], "what the settings say is not changed"
    assert codec.decode(latents, None, said.append) == tiled
    assert said == [
        "The memory of the device did not suffice to decode the picture in one piece: it is decoded in tiles."
    ]
    runs.clear()
    assert codec.decode(latents, None, said.append) == tiled
    assert (20, 20) not in runs, "it is not tried again"
    assert len(said) == 1


def test_latents_that_are_no_numbers_are_an_error_with_advice() -> None:
    with pytest.raises(RenderError, match="not numbers"):
        LatentCodec(tiny.autoencoder()).decode(torch.full((1, 4, 2, 2), float("nan")), None)


def test_a_half_precision_autoencoder_that_overflows_is_raised_to_full() -> None:
    vae = tiny.autoencoder().half()
    LatentCodec(vae)
    assert vae.dtype == torch.float32


class Overflowing(torch.nn.Module):
    """A layer that overflows in half precision, as some layers of SDXL's first autoencoder do."""

    def __init__(self, layer: torch.nn.Module, factor: float) -> None:
        super().__init__()
        self.layer = layer
        self.factor = factor

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.layer(values) * self.factor
        return result / self.factor


@pytest.mark.parametrize("side", ["decoder", "encoder"])
def test_an_autoencoder_that_overflows_in_half_precision_works_in_float32(side: str) -> None:
    vae, plain = tiny.autoencoder(), tiny.autoencoder()
    vae.register_to_config(force_upcast=False)
    getattr(vae, side).conv_in = Overflowing(getattr(vae, side).conv_in, 1e6)
    vae.to(torch.float16)
    codec = LatentCodec(vae)
    told: list[str] = []
    if side == "decoder":
        latents = torch.randn(1, 4, 4, 4)
        found = codec.decode(latents, None, told.append)
        expected = LatentCodec(plain).decode(latents, None)
        assert np.abs(np.array(found).astype(int) - np.array(expected)).max() <= 1
    else:
        torch.testing.assert_close(
            codec.encode(picture(16, 16), None, told.append),
            LatentCodec(plain).encode(picture(16, 16), None),
            atol=5e-3,
            rtol=5e-3,
        )
    assert len(told) == 1
    assert "overflows in float16" in told[0]
    assert vae.dtype == torch.float32
    codec.decode(torch.randn(1, 4, 4, 4), None, told.append)
    assert len(told) == 1


def test_a_damaged_autoencoder_is_reported_and_makes_no_black_picture() -> None:
    vae = tiny.autoencoder()
    with torch.no_grad():
        vae.decoder.conv_out.bias.fill_(torch.nan)
    with pytest.raises(RenderError, match=r"autoencoder .* its weights are damaged"):
        LatentCodec(vae).decode(torch.randn(1, 4, 4, 4), None)


def test_latents_that_are_not_numbers_name_an_option_that_exists() -> None:
    parser = argparse.ArgumentParser()
    add_model_arguments(parser)
    assert from_arguments(parser.parse_args(["--precision", "float32"])).precision == "float32"
    with pytest.raises(RenderError, match="--precision float32"):
        LatentCodec(tiny.autoencoder()).decode(torch.full((1, 4, 4, 4), torch.nan), None)
