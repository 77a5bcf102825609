"""Regions of FLUX.2: equal to the stock pipeline without any, apart from each other with some."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from lib_omost.canvas.geometry import Rect
from lib_omost.render.flow import FlowDenoiser
from lib_omost.render.flux2.latents import Patches
from lib_omost.render.flux2.network import Flux2Network, _text_positions
from lib_omost.render.progress import StepReport
from lib_omost.render.regions import region_masks, region_weights
from lib_omost.render.sequence import RegionSequence
from tests.render.flux2 import tiny

LEFT, RIGHT = Rect(0, 90, 0, 45), Rect(0, 90, 45, 90)


def silent() -> StepReport:
    return StepReport(lambda step: None, lambda event: None, lambda: False, None, 0)


def text(length: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    made = torch.randn(length, 3 * tiny.WIDTH, generator=torch.Generator().manual_seed(seed)) * 3
    return made.to(dtype)


def denoised(denoiser: FlowDenoiser, height: int, width: int, steps: int = 2, seed: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    denoiser.resize(height, width)
    return denoiser(denoiser.noise(height, width, generator), None, steps, generator, silent())


@pytest.mark.parametrize(("distilled", "scale"), [(True, 1.0), (False, 4.0)])
@pytest.mark.parametrize("size", [(6, 4), (5, 7)])
def test_one_full_region_equals_the_stock_pipeline(distilled: bool, scale: float, size: tuple[int, int]) -> None:
    pipeline = tiny.pipeline(distilled)
    height, width = size
    embeds, negative = text(9, 1), text(5, 2)
    noise = torch.randn(1, 16, height, width, generator=torch.Generator().manual_seed(5))
    expected = pipeline(
        prompt_embeds=embeds[None],
        negative_prompt_embeds=None if distilled else negative[None],
        latents=noise,
        height=16 * height,
        width=16 * width,
        num_inference_steps=3,
        guidance_scale=scale,
        output_type="latent",
    ).images
    others = None if distilled else RegionSequence((Rect.FULL,), ((negative,),))
    denoiser = FlowDenoiser(
        Flux2Network(pipeline.transformer),
        pipeline.scheduler.config,
        RegionSequence((Rect.FULL,), ((embeds,),)),
        others,
        scale,
    )
    found = Patches().to_autoencoder(pipeline.vae, denoised(denoiser, height, width, 3))
    assert (found - expected).abs().max() < 1e-5 * expected.abs().max()


def test_a_second_text_of_the_same_weight_that_says_the_same_changes_nothing() -> None:
    """A full region over the whole picture with the global text, in equal shares: the stock prediction."""
    network, config = tiny.transformer(), tiny.pipeline().scheduler.config
    embeds = text(9, 1)
    one = FlowDenoiser(Flux2Network(network), config, RegionSequence((Rect.FULL,), ((embeds,),)))
    # The nearer of two full regions leaves 0.3 of the weight to the farther one.
    shares = RegionSequence((Rect.FULL, Rect.FULL), ((embeds,), (embeds,)), (0.5 / 0.3, 0.5))
    two = FlowDenoiser(Flux2Network(network), config, shares)
    expected, found = denoised(one, 4, 6), denoised(two, 4, 6)
    assert (found - expected).abs().max() < 1e-5 * expected.abs().max()


class FirstBlock:
    """Keeps what the first block makes of the pixels, [P, C], in every call."""

    def __init__(self, network: Any) -> None:
        self.seen: list[Tensor] = []
        self.handle = network.transformer_blocks[0].register_forward_hook(
            lambda module, args, output: self.seen.append(output[1][0].detach().clone())
        )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_in_the_first_block_a_text_reaches_its_own_pixels_alone(dtype: torch.dtype) -> None:
    network, config = tiny.transformer().to(dtype), tiny.pipeline().scheduler.config
    first = FirstBlock(network)
    for seed in (2, 3):
        embeds = ((text(7, 1, dtype),), (text(5, seed, dtype),), (text(6, 4, dtype),))
        denoised(
            FlowDenoiser(Flux2Network(network), config, RegionSequence((Rect.FULL, LEFT, RIGHT), embeds)), 6, 8, steps=1
        )
    before, after = first.seen
    inside = region_masks((LEFT,), 6, 8)[0].flatten()
    assert torch.equal(before[~inside], after[~inside])
    assert not torch.equal(before[inside], after[inside])


def change_outside(regions: bool) -> float:
    """The largest change outside the left half if the text of that half changes."""
    network, config = tiny.transformer(), tiny.pipeline().scheduler.config
    made = []
    for seed in (2, 3):
        embeds = [text(7, 1), text(5, seed), text(6, 4)]
        if regions:
            sequence = RegionSequence((Rect.FULL, LEFT, RIGHT), [(one,) for one in embeds])
        else:
            sequence = RegionSequence((Rect.FULL,), ((torch.cat(embeds),),))
        made.append(denoised(FlowDenoiser(Flux2Network(network), config, sequence), 6, 8))
    outside = ~region_masks((LEFT,), 6, 8)[0]
    return float((made[0] - made[1])[0, :, outside].abs().max())


def test_end_to_end_the_rest_of_the_picture_changes_fifty_times_less() -> None:
    assert change_outside(regions=False) > 50 * change_outside(regions=True)


def test_the_mask_says_who_attends_to_whom() -> None:
    rects = (Rect.FULL, LEFT, Rect(0, 45, 0, 90))
    embeds = ((text(2, 1), text(3, 2)), (text(4, 3),), (text(1, 4),))
    sequence = RegionSequence(rects, embeds, (1.0, 2.0, 1.0))
    sequence.resize(4, 6)
    (mask,) = sequence.mask.reshape(1, 34, 34)  # type: ignore[union-attr]
    inside, weights = region_masks(rects, 4, 6).flatten(1), region_weights(rects, 4, 6).flatten(1)
    owner = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
    part = [0, 0, 1, 1, 1, 2, 2, 2, 2, 3]
    for query in range(34):
        for key in range(34):
            if query < 10 and key < 10:
                expected = 1.0 if part[query] == part[key] else 0.0
            elif query < 10:
                expected = float(inside[owner[query], key - 10])
            elif key < 10:
                expected = float(weights[owner[key], query - 10]) * (2.0 if owner[key] == 1 else 1.0)
            else:
                expected = 1.0
            assert float(mask[query, key].exp()) == pytest.approx(expected, rel=1e-6)
    assert sequence.mask.stride(2) % 8 == 0  # type: ignore[union-attr]
    assert _text_positions([2, 3, 4, 1])[:, 3].tolist() == [0, 1, 0, 1, 2, 0, 1, 2, 3, 0]


@pytest.mark.parametrize("count", [1, 6, 24])
def test_any_number_of_regions_and_some_without_a_pixel(count: int) -> None:
    network, config = tiny.transformer(), tiny.pipeline().scheduler.config
    sliver = Rect(0, 1, 0, 1)
    rects = (Rect.FULL, *(Rect(r, r + 40, 2 * r, 2 * r + 30) for r in range(count)), sliver)
    embeds = [(text(3 + r % 4, r),) for r in range(len(rects))]
    sequence = RegionSequence(rects, embeds)
    made = denoised(FlowDenoiser(Flux2Network(network), config, sequence), 5, 7, steps=1)
    assert torch.isfinite(made).all()
    without = RegionSequence(rects[:-1], embeds[:-1])
    assert torch.equal(made, denoised(FlowDenoiser(Flux2Network(network), config, without), 5, 7, steps=1))


def test_the_order_of_regions_that_do_not_overlap_does_not_matter() -> None:
    network, config = tiny.transformer(), tiny.pipeline().scheduler.config
    scene, left, right = (text(7, 1),), (text(5, 2),), (text(6, 3),)
    one = RegionSequence((Rect.FULL, LEFT, RIGHT), (scene, left, right))
    other = RegionSequence((Rect.FULL, RIGHT, LEFT), (scene, right, left))
    first, second = (denoised(FlowDenoiser(Flux2Network(network), config, sequence), 6, 8) for sequence in (one, other))
    assert (first - second).abs().max() < 1e-5 * first.abs().max()
