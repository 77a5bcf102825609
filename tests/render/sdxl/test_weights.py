"""What each memory plan does to a picture, and what follows when memory runs out, with real tiny SDXL parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lib_omost.errors import RenderError
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Notice, Picture, RenderEvent
from lib_omost.runtime.plan import LARGEST, PLANS, SMALLEST, Plan
from tests.render import tiny
from tests.render.sdxl.test_painter import CONDITIONS, SMALL, events, pictures, same

AGAINST = (CONDITIONS[0], replace(CONDITIONS[1], negative="rust."), CONDITIONS[2])


def painter(plan: Plan = LARGEST, **more: Any) -> SDXLPainter:
    return SDXLPainter(tiny.pipeline(), "tiny", plan=plan, **more)


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest of a colour's differences, in 255ths."""
    return int(np.abs(np.array(one).astype(int) - np.array(other)).max())


@pytest.fixture(scope="module")
def plain() -> SDXLPainter:
    return painter()


@pytest.mark.parametrize(
    ("saving", "most"),
    [
        ({"sequential_cfg": True}, 1),
        ({"cached": False}, 0),
        ({"sequential_cfg": True, "cached": False}, 1),
        ({"encoders_out": True}, 0),
    ],
)
@pytest.mark.parametrize("conditions", [CONDITIONS, AGAINST], ids=["plain", "negatives"])
def test_a_plan_that_saves_working_memory_paints_the_same(
    plain: SDXLPainter, saving: dict[str, bool], most: int, conditions: Any
) -> None:
    sparing = painter(replace(LARGEST, **saving))
    for settings in (SMALL, replace(SMALL, formula="omost", hires_scale=1.25, hires_steps=2)):
        found = pictures(sparing, settings, conditions)[0].image
        assert difference(found, pictures(plain, settings, conditions)[0].image) <= most
    assert "omost_guidance_passes" not in getattr(sparing.pipeline.unet, "_diffusers_hook", _NONE).hooks


class _NONE:
    hooks: tuple[str, ...] = ()


def test_with_sequential_cfg_the_unet_gets_half_the_batch() -> None:
    rows = []
    sparing = painter(replace(LARGEST, sequential_cfg=True))
    handle = sparing.pipeline.unet.conv_in.register_forward_pre_hook(lambda module, given: rows.append(len(given[0])))
    pictures(sparing, replace(SMALL, steps=2))
    assert rows == [1, 1] * 2
    pictures(sparing, replace(SMALL, steps=2, guidance_scale=1.0))
    assert rows[4:] == [1] * 2
    handle.remove()


def test_without_a_cache_keys_are_computed_at_every_step() -> None:
    for cached, calls in ((True, 2), (False, 6)):
        counted = []
        sparing = painter(replace(LARGEST, cached=cached))
        layer = next(m for n, m in sparing.pipeline.unet.named_modules() if n.endswith("attn2.to_k"))
        layer.register_forward_hook(lambda *_, counted=counted: counted.append(1))
        pictures(sparing, SMALL)
        assert len(counted) == calls, "for the regions and for the negative, once or at each of three steps"


def test_a_plan_decodes_in_tiles_unless_the_settings_say_otherwise(plain: SDXLPainter) -> None:
    sparing = painter(replace(LARGEST, tiled=True))
    used = []
    for network in (sparing, plain):
        vae = network.pipeline.vae
        vae.post_quant_conv.register_forward_hook(lambda *_, vae=vae: used.append(vae.use_tiling))
    large = replace(SMALL, width=640, height=512, steps=1)
    tiled, whole = (pictures(one, large)[0].image for one in (sparing, plain))
    assert used.count(True) > 1
    assert used[-1] is False
    # Tiles overlap and are blended: this untrained autoencoder looks far, and yet it is the same picture.
    other = pictures(plain, replace(large, seed=6))[0].image
    apart, unlike = (np.abs(np.array(one).astype(int) - np.array(whole)).mean() for one in (tiled, other))
    assert apart < 0.4 * unlike
    assert same(pictures(sparing, replace(SMALL, tiled_decode=False))[0].image, pictures(plain, SMALL)[0].image)


def test_weights_in_8_bits_take_less_room_and_paint_nearly_the_same(plain: SDXLPainter) -> None:
    sparing = painter(replace(LARGEST, float8=True))
    full, packed = (one.pipeline.unet.get_memory_footprint() for one in (plain, sparing))
    assert packed < 0.4 * full, "a quarter of float32, but for the norms and the two ends"
    assert sparing.pipeline.unet.dtype == torch.float32, "what is computed with"
    found = np.array(pictures(sparing, SMALL)[0].image).astype(int)
    assert np.abs(found - np.array(pictures(plain, SMALL)[0].image)).mean() < 12
    sparing.to("cpu")
    assert sparing.pipeline.unet.get_memory_footprint() == packed


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.memory} GB")
def test_every_plan_paints_and_makes_its_picture_again(plan: Plan) -> None:
    settings = replace(SMALL, count=2, color_strength=0.3, hires_scale=1.25, hires_steps=2)
    sparing = painter(plan)
    made = pictures(sparing, settings)
    assert len(made) == 2
    assert same(pictures(sparing, settings.alone(1))[0].image, made[1].image)


@contextmanager
def memory_limit(unet: Any, allows: Callable[[int], bool]) -> Iterator[None]:
    """A device on which the UNet's work fails as it does on a full one where `allows(rows of its batch)` is false."""

    def check(module: Any, given: tuple[torch.Tensor, ...]) -> None:
        if not allows(len(given[0])):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.25 GiB.")

    # Deep inside, where the memory of a step is asked for.
    handle = unet.mid_block.register_forward_pre_hook(check)
    try:
        yield
    finally:
        handle.remove()


def notices(found: list[RenderEvent]) -> list[str]:
    return [event.message for event in found if isinstance(event, Notice)]


def test_where_memory_runs_out_the_next_plan_is_tried_and_reported() -> None:
    short = painter()
    unet = short.pipeline.unet
    half = unet.get_memory_footprint() // 2
    with memory_limit(unet, lambda rows: unet.get_memory_footprint() < half):
        found = events(short, replace(SMALL, count=2))
    assert [event.index for event in found if isinstance(event, Picture)] == [0, 1]
    assert notices(found) == [
        "The memory of the device ran out, so the plan for 8 GB is tried: image weights in 8 bits, decoding in tiles, "
        "composer and painter in turns."
    ]
    assert short.plan.memory == 8, "by the plan for 12 this painter would have done the very same"
    with memory_limit(unet, lambda rows: unet.get_memory_footprint() < half):
        assert notices(events(short, SMALL)) == [], "it is kept"


def test_pictures_that_are_done_stay_and_the_next_is_begun_again() -> None:
    short = painter(PLANS[1])
    calls: list[int] = []

    def allows(rows: int) -> bool:
        calls.append(rows)
        return rows == 1 or len(calls) < 5

    with memory_limit(short.pipeline.unet, allows):
        found = events(short, replace(SMALL, count=3))
    assert [event.index for event in found if isinstance(event, Picture)] == [0, 1, 2]
    assert short.plan is SMALLEST
    assert calls[:5] == [2] * 5
    assert set(calls[5:]) == {1}


def test_others_make_room_before_anything_is_given_up() -> None:
    there = [True]

    def make_room() -> bool:
        was, there[0] = there[0], False
        return was

    short = painter(make_room=make_room)
    first = pictures(painter(), SMALL)[0].image
    with memory_limit(short.pipeline.unet, lambda rows: not there[0]):
        found = events(short, SMALL)
    assert short.plan.memory == 12
    assert same(found[-1].image, first)  # type: ignore[union-attr]
    with memory_limit(short.pipeline.unet, lambda rows: short.plan.memory < 12):
        assert notices(events(short, SMALL))[0].startswith("The memory of the device ran out, so the plan for 8 GB")


def test_it_is_tried_once_and_then_reported_with_advice() -> None:
    short = painter()
    with memory_limit(short.pipeline.unet, lambda rows: rows == 1):
        with pytest.raises(RenderError, match=r"by the plan for 8 GB. Choose a smaller picture .*--memory 6\.$"):
            events(short, SMALL)
        assert len(pictures(short, SMALL)) == 1, "the next render goes on from there"
    assert short.plan is SMALLEST
    with (
        memory_limit(short.pipeline.unet, lambda rows: False),
        pytest.raises(RenderError, match=r"the plan for 6 GB\. Choose a smaller picture .* use the device\.$"),
    ):
        events(short, SMALL)


def test_another_error_is_no_reason_to_save() -> None:
    short = painter()

    def fail(*_: Any) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    short.pipeline.unet.mid_block.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="mat1"):
        events(short, SMALL)
    assert short.plan is LARGEST
