from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import Rect
from lib_omost.render.repaint import Keep, Repaint
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.sdxl.sampling import SAMPLERS
from lib_omost.render.settings import Notice, Picture, RenderEvent, RenderSettings, Sampler, Step
from lib_omost.runtime.plan import PLANS, Plan
from tests.render import tiny

BATTLE = (
    RegionCondition(Rect.FULL, ("a battle.",), ("much smoke.",), (60, 90, 200), None),
    RegionCondition(Rect(0, 50, 10, 60), ("a battle.", "a knight."), ("in armour.",), (200, 20, 20), 5.0),
)
NEW = Rect(54, 78, 54, 78)
EDITED = (*BATTLE, RegionCondition(NEW, ("a battle.", "a green dragon."), (), (20, 220, 20), 2.0))
# The published formula multiplies scores, which magnifies the rounding of two ways to one picture.
SMALL = RenderSettings(width=176, height=128, steps=4, seed=5, previews=False, formula="layered")
REPAINT = Repaint((NEW,))


@pytest.fixture(scope="module", params=["epsilon", "v_prediction", "zero_snr"])
def painter(request: pytest.FixtureRequest) -> SDXLPainter:
    options: dict[str, Any] = {
        "epsilon": {},
        "v_prediction": {"prediction_type": "v_prediction"},
        "zero_snr": {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True},
    }[request.param]
    return SDXLPainter(tiny.pipeline(**options), "tiny")


@pytest.fixture(scope="module")
def plain() -> SDXLPainter:
    return SDXLPainter(tiny.pipeline(), "tiny")


def events(painter: SDXLPainter, settings: RenderSettings, keep: Keep | None, conditions: Any) -> list[RenderEvent]:
    return list(painter.render(conditions, settings, keep=keep))


def picture(
    painter: SDXLPainter, settings: RenderSettings, keep: Keep | None = None, conditions: Any = EDITED
) -> Picture:
    return next(event for event in events(painter, settings, keep, conditions) if isinstance(event, Picture))


def kept(parent: Picture, repaint: Repaint = REPAINT) -> Keep:
    return Keep(parent.image, repaint, parent.latents)


def pixels(image: Image.Image) -> Any:
    return np.asarray(image).astype(int)


def outside(image: Image.Image, repaint: Repaint = REPAINT) -> Any:
    return pixels(image)[repaint.cover(*image.size) == 0]


def inside(image: Image.Image, repaint: Repaint = REPAINT) -> Any:
    return pixels(image)[repaint.cover(*image.size) == 1]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_nothing_outside_the_part_changes_by_a_byte_and_the_part_does(painter: SDXLPainter, sampler: Sampler) -> None:
    settings = replace(SMALL, sampler=sampler, guidance_scale=3.0 if sampler == "dpm++" else 1.0)
    parent = picture(painter, settings, conditions=BATTLE)
    child = picture(painter, replace(settings, seed=99), kept(parent))
    assert np.array_equal(outside(child.image), outside(parent.image))
    assert np.abs(inside(child.image) - inside(parent.image)).mean() > 2
    assert parent.latents is not None
    assert child.latents is not None
    held = REPAINT.cover(*parent.latents.shape[:0:-1]) == 0
    assert held.any()
    assert np.array_equal(child.latents[:, held], parent.latents[:, held])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_part_that_is_the_whole_picture_is_painted_as_without_a_parent(
    painter: SDXLPainter, sampler: Sampler
) -> None:
    """From the first step on every cell is free, so that the noise and the steps have to be those of any render."""
    settings = replace(SMALL, sampler=sampler, guidance_scale=3.0 if sampler == "dpm++" else 1.0)
    parent = picture(painter, replace(settings, seed=8), conditions=BATTLE)
    for more in ({}, {"color_strength": 0.3}):
        asked = replace(settings, **more)
        fresh = picture(painter, asked)
        whole = picture(painter, asked, kept(parent, Repaint((Rect.FULL,))))
        # A stock text-to-image pipeline scales Euler's first latents by sqrt(sigma^2 + 1), image-to-image by sigma.
        assert np.abs(pixels(fresh.image) - pixels(whole.image)).max() <= (1 if sampler != "turbo" else 3)


def test_the_surroundings_have_the_noise_of_each_step(plain: SDXLPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the network is shown outside the part is the parent with as much noise as inside: in every step its
    distance from the clean latents is what the solver's own sigma says."""
    parent = picture(plain, SMALL, conditions=BATTLE)
    assert parent.latents is not None
    clean = torch.from_numpy(parent.latents).float()
    held = torch.from_numpy(REPAINT.cover(22, 16)) == 0
    unet, seen = plain.pipeline.unet, []
    forward = unet.forward

    def watch(sample: torch.Tensor, timestep: torch.Tensor, *more: Any, **named: Any) -> Any:
        seen.append((sample[0].clone(), float(timestep)))
        return forward(sample, timestep, *more, **named)

    monkeypatch.setattr(unet, "forward", watch)
    picture(plain, SMALL, kept(parent))
    alphas = plain.scheduler.alphas_cumprod
    assert len(seen) == SMALL.steps
    for sample, timestep in seen:
        alpha = alphas[round(timestep)]
        noise = (sample - alpha.sqrt() * clean)[:, held] / (1 - alpha).sqrt()
        assert 0.8 < float(noise.std()) < 1.2


def test_hires_keeps_the_outside_too(plain: SDXLPainter) -> None:
    settings = replace(SMALL, hires_scale=1.5, hires_steps=3)
    parent = picture(plain, settings, conditions=BATTLE)
    child = picture(plain, replace(settings, seed=7), kept(parent))
    assert child.image.size == parent.image.size == (264, 192)
    assert np.array_equal(outside(child.image), outside(parent.image))
    assert np.abs(inside(child.image) - inside(parent.image)).mean() > 2
    assert child.latents is not None
    assert parent.latents is not None
    assert child.latents.shape == parent.latents.shape == (4, 24, 33)


def test_tiles_and_several_pictures(plain: SDXLPainter) -> None:
    settings = replace(SMALL, tiled_decode=True, count=2)
    parent = picture(plain, SMALL, conditions=BATTLE)
    found = [event for event in events(plain, settings, kept(parent), EDITED) if isinstance(event, Picture)]
    assert [child.seed for child in found] == [5, 6]
    for child in found:
        assert np.array_equal(outside(child.image), outside(parent.image))
    assert not np.array_equal(inside(found[0].image), inside(found[1].image))
    alone = picture(plain, settings.alone(1), kept(parent))
    assert np.array_equal(pixels(alone.image), pixels(found[1].image))


def test_ten_rounds_leave_what_was_never_touched_as_it_was(plain: SDXLPainter) -> None:
    first = last = picture(plain, SMALL, conditions=BATTLE)
    touched = np.zeros((SMALL.height, SMALL.width), bool)
    for number in range(10):
        top, left = 8 * number % 60, 11 * number % 70
        repaint = Repaint((Rect(top, top + 14, left, left + 14),), grow=1)
        last = picture(plain, replace(SMALL, seed=number), kept(last, repaint))
        touched |= repaint.cover(*last.image.size) > 0
    assert 0.05 < touched.mean() < 0.95
    assert np.array_equal(pixels(last.image)[~touched], pixels(first.image)[~touched])


def test_less_strength_stays_nearer_to_the_earlier_picture(plain: SDXLPainter) -> None:
    settings = replace(SMALL, steps=10, seed=77)
    parent = picture(plain, SMALL, conditions=BATTLE)
    apart = [
        np.abs(
            inside(picture(plain, settings, kept(parent, replace(REPAINT, strength=strength))).image)
            - inside(parent.image)
        ).mean()
        for strength in (0.1, 0.4, 1.0)
    ]
    assert apart[0] < apart[1] < apart[2]


def test_another_size_is_a_notice_and_a_whole_picture(plain: SDXLPainter) -> None:
    parent = picture(plain, SMALL, conditions=BATTLE)
    wider = replace(SMALL, width=200)
    found = events(plain, wider, kept(parent), EDITED)
    assert any("176 x 128 pixels, not 200 x 128" in event.message for event in found if isinstance(event, Notice))
    made = next(event for event in found if isinstance(event, Picture))
    assert np.array_equal(pixels(made.image), pixels(picture(plain, wider).image))


@pytest.mark.parametrize("latents", [None, np.zeros((8, 16, 22), np.float16), np.zeros((4, 16, 21), np.float16)])
def test_a_parent_without_fitting_latents_is_encoded(plain: SDXLPainter, latents: Any) -> None:
    parent = picture(plain, SMALL, conditions=BATTLE)
    keep = Keep(parent.image, REPAINT, latents)
    found = events(plain, SMALL, keep, EDITED)
    assert any("encoded" in event.message for event in found if isinstance(event, Notice))
    child = next(event for event in found if isinstance(event, Picture))
    assert np.array_equal(outside(child.image), outside(parent.image))


def test_a_stop_ends_the_work(plain: SDXLPainter) -> None:
    parent = picture(plain, SMALL, conditions=BATTLE)
    stop = threading.Event()
    seen: list[RenderEvent] = []
    for event in plain.render(EDITED, replace(SMALL, count=3), keep=kept(parent), stop=stop):
        seen.append(event)
        if isinstance(event, Step) and (event.picture, event.step) == (1, 2):
            stop.set()
    assert [event.index for event in seen if isinstance(event, Picture)] == [0]


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_half_precision_keeps_every_byte(prediction: str, sampler: Sampler) -> None:
    half = SDXLPainter(tiny.pipeline(prediction_type=prediction).to(torch.bfloat16), "tiny")
    settings = replace(SMALL, sampler=sampler, guidance_scale=3.0 if sampler == "dpm++" else 1.0)
    corner = Repaint((Rect(0, 20, 0, 20),))
    first = picture(half, settings, conditions=BATTLE)
    second = picture(half, replace(settings, seed=1), kept(first))
    third = picture(half, replace(settings, seed=2), kept(second, corner))
    untouched = (REPAINT.cover(176, 128) == 0) & (corner.cover(176, 128) == 0)
    assert np.array_equal(pixels(third.image)[untouched], pixels(first.image)[untouched])
    assert first.latents is not None
    assert third.latents is not None
    cells = (REPAINT.cover(22, 16) == 0) & (corner.cover(22, 16) == 0)
    assert np.array_equal(third.latents[:, cells], first.latents[:, cells])


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.memory} GB")
def test_every_memory_plan_keeps_the_rest(plain: SDXLPainter, plan: Plan) -> None:
    parent = picture(plain, SMALL, conditions=BATTLE)
    sparing = SDXLPainter(tiny.pipeline(), "tiny", plan=plan)
    child = picture(sparing, replace(SMALL, guidance_scale=3.0), kept(parent))
    assert np.array_equal(outside(child.image), outside(parent.image))
    assert np.abs(inside(child.image) - inside(parent.image)).mean() > 2
