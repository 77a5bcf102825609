"""Regions of Z-Image: equal to the stock pipeline without any, apart from each other with some."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lib_omost.canvas.geometry import Rect
from lib_omost.render.flow import FlowDenoiser
from lib_omost.render.regions import region_masks
from lib_omost.render.sequence import RegionSequence
from lib_omost.render.zimage.latents import ShiftedPatches
from lib_omost.render.zimage.network import MULTIPLE, ZImageNetwork
from tests.render.flux2.test_regions import LEFT, RIGHT, denoised
from tests.render.flux2.tiny import WIDTH
from tests.render.zimage import tiny


def text(length: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(length, WIDTH, generator=torch.Generator().manual_seed(seed)).to(dtype) * 3


def sequence(*texts: Tensor, rects: tuple[Rect, ...] = (Rect.FULL, LEFT, RIGHT)) -> RegionSequence:
    return RegionSequence(rects[: len(texts)], [(one,) for one in texts], multiple=MULTIPLE)


@pytest.mark.parametrize("scale", [0.0, 4.0])
@pytest.mark.parametrize(("size", "length"), [((6, 4), 9), ((5, 7), 32), ((4, 8), 40)])
def test_one_full_region_equals_the_stock_pipeline(scale: float, size: tuple[int, int], length: int) -> None:
    pipeline = tiny.pipeline()
    height, width = size
    embeds, negative = text(length, 1), text(5, 2)
    noise = torch.randn(1, 16, height, width, generator=torch.Generator().manual_seed(5))
    expected = pipeline(
        prompt_embeds=[embeds],
        negative_prompt_embeds=[negative],
        latents=torch.nn.functional.pixel_shuffle(noise, 2),
        height=16 * height,
        width=16 * width,
        num_inference_steps=3,
        guidance_scale=scale,
        output_type="latent",
    ).images
    network = ZImageNetwork(pipeline.transformer, pipeline.scheduler)
    others = sequence(negative) if scale else None
    # The stock pipeline counts its guidance from 0.
    denoiser = FlowDenoiser(network, pipeline.scheduler.config, sequence(embeds), others, scale + 1)
    found = torch.nn.functional.pixel_shuffle(denoised(denoiser, height, width, 3), 2)
    assert (found - expected).abs().max() < 1e-5 * expected.abs().max()
    vae = pipeline.vae
    form = ShiftedPatches()
    cells = form.to_autoencoder(vae, noise)
    assert torch.allclose(form.from_autoencoder(vae, cells), noise, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_in_the_first_joint_block_a_text_reaches_its_own_pixels_alone(dtype: torch.dtype) -> None:
    pipeline = tiny.pipeline()
    transformer = pipeline.transformer.to(dtype)
    seen: list[Tensor] = []
    transformer.layers[0].register_forward_hook(lambda module, args, output: seen.append(output[0].clone()))
    network = ZImageNetwork(transformer, pipeline.scheduler)
    for seed in (2, 3):
        # A longer text, too, moves nothing.
        texts = sequence(text(7, 1, dtype), text(5 + 40 * (seed == 3), seed, dtype), text(6, 4, dtype))
        denoised(FlowDenoiser(network, pipeline.scheduler.config, texts), 6, 8, steps=1)
    before, after = (states[-64:] for states in seen)  # 48 pixels and 16 pads
    inside = region_masks((LEFT,), 6, 8)[0].flatten()
    outside = torch.cat([~inside, torch.ones(16, dtype=torch.bool)])
    if dtype == torch.float32:
        # The longer sequence may be summed in another order.
        assert (before[outside] - after[outside]).abs().max() < 1e-5
    assert (before[~outside] - after[~outside]).abs().max() > 1e-2


def test_in_the_first_joint_block_texts_of_one_length_change_no_other_pixel_at_all() -> None:
    pipeline = tiny.pipeline()
    seen: list[Tensor] = []
    pipeline.transformer.layers[0].register_forward_hook(lambda module, args, output: seen.append(output[0].clone()))
    network = ZImageNetwork(pipeline.transformer, pipeline.scheduler)
    for seed in (2, 3):
        texts = sequence(text(7, 1), text(5, seed), text(6, 4))
        denoised(FlowDenoiser(network, pipeline.scheduler.config, texts), 6, 8, steps=1)
    before, after = (states[-64:] for states in seen)
    outside = torch.cat([~region_masks((LEFT,), 6, 8)[0].flatten(), torch.ones(16, dtype=torch.bool)])
    assert torch.equal(before[outside], after[outside])


def change_outside(regions: bool) -> float:
    """The largest change outside the left half if the text of that half changes."""
    pipeline = tiny.pipeline()
    network = ZImageNetwork(pipeline.transformer, pipeline.scheduler)
    made = []
    for seed in (2, 3):
        texts = [text(7, 1), text(5, seed), text(6, 4)]
        told = sequence(*texts) if regions else sequence(torch.cat(texts))
        made.append(denoised(FlowDenoiser(network, pipeline.scheduler.config, told), 6, 8))
    outside = ~region_masks((LEFT,), 6, 8)[0]
    return float((made[0] - made[1])[0, :, outside].abs().max())


def test_end_to_end_the_rest_of_the_picture_changes_less() -> None:
    assert change_outside(regions=False) > 4 * change_outside(regions=True)
