"""The FLUX.2 painter: what every painter has, on a tiny real pipeline."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lib_omost.canvas import Rect, conditions, interpret
from lib_omost.errors import SettingsError
from lib_omost.render.flux2.painter import Flux2Painter
from lib_omost.render.repaint import Keep, Repaint
from lib_omost.render.settings import Notice, Picture, Preview, RenderSettings, Step
from lib_omost.runtime.plan import PLANS, SMALLEST
from tests.render.flux2 import tiny
from tests.scripted import REPLY

CANVAS = interpret(REPLY).canvas
assert CANVAS is not None
CONDITIONS = conditions(CANVAS)
SETTINGS = RenderSettings(
    width=96, height=64, steps=3, guidance_scale=1.0, negative_prompt="", formula="layered", sampler="flow"
)


@pytest.fixture(scope="module")
def painter() -> Flux2Painter:
    return Flux2Painter(tiny.pipeline(), "tiny")


def pictures(painter: Flux2Painter, settings: RenderSettings, given: Any = CONDITIONS, **more: Any) -> list[Picture]:
    return [event for event in painter.render(given, settings, **more) if isinstance(event, Picture)]


def notices(painter: Flux2Painter, settings: RenderSettings, given: Any = CONDITIONS, **more: Any) -> list[str]:
    return [event.message for event in painter.render(given, settings, **more) if isinstance(event, Notice)]


def test_it_reports_steps_and_previews_and_the_picture(painter: Flux2Painter) -> None:
    events = list(painter.render(CONDITIONS, SETTINGS))
    assert [event.step for event in events if isinstance(event, Step)] == [1, 2, 3]
    assert sum(isinstance(event, Preview) for event in events) == 3
    (picture,) = [event for event in events if isinstance(event, Picture)]
    assert picture.image.size == (96, 64)
    assert picture.latents is not None
    assert picture.latents.shape == (16, 4, 6)


def test_every_picture_can_be_made_alone(painter: Flux2Painter) -> None:
    together = pictures(painter, replace(SETTINGS, count=2, previews=False))
    alone = pictures(painter, replace(SETTINGS, count=2).alone(1))
    assert together[1].seed == alone[0].seed
    assert together[1].image.tobytes() == alone[0].image.tobytes()
    assert together[0].image.tobytes() != together[1].image.tobytes()


def test_stopping_ends_after_the_step_at_hand(painter: Flux2Painter) -> None:
    stop = threading.Event()
    seen = []
    for event in painter.render(CONDITIONS, replace(SETTINGS, steps=50), stop=stop):
        seen.append(event)
        stop.set()
    assert not any(isinstance(event, Picture) for event in seen)
    assert sum(isinstance(event, Step) for event in seen) < 50


def test_a_kept_edit_changes_no_byte_outside(painter: Flux2Painter) -> None:
    (first,) = pictures(painter, SETTINGS)
    repaint = Repaint((Rect(0, 40, 0, 40),), grow=0)
    keep = Keep(first.image, repaint, first.latents)
    (second,) = pictures(painter, replace(SETTINGS, seed=9), keep=keep)
    free = repaint.cover(96, 64) > 0
    before, after = np.asarray(first.image), np.asarray(second.image)
    assert (before[~free] == after[~free]).all()
    assert (before[free] != after[free]).any()
    assert first.latents is not None
    assert second.latents is not None
    cells = repaint.cover(6, 4) > 0
    assert (first.latents[:, ~cells] == second.latents[:, ~cells]).all()
    (said,) = notices(painter, replace(SETTINGS, width=64), keep=keep)
    assert "96 x 64 pixels, not 64 x 64" in said


@pytest.mark.parametrize(
    "settings",
    [
        replace(SETTINGS, hires_scale=1.5, hires_steps=2),
        replace(SETTINGS, color_strength=0.5),
        replace(SETTINGS, tiled_decode=True),
        replace(SETTINGS, repeat_scene=True),
    ],
    ids=["hires", "colours", "tiles", "scene"],
)
def test_settings_that_every_painter_has(painter: Flux2Painter, settings: RenderSettings) -> None:
    (picture,) = pictures(painter, settings)
    scale = settings.hires_scale
    assert picture.image.size == (round(96 * scale), round(64 * scale))
    (plain,) = pictures(painter, SETTINGS)
    if scale == 1 and not settings.tiled_decode:
        assert picture.image.tobytes() != plain.image.tobytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": 72}, "multiples of 16 pixels, not 72 x 64"),
        ({"clip_skip": 1}, "clip skip of tiny is 0, not 1"),
        ({"guidance_rescale": 0.5}, "guidance rescale of tiny is 0, not 0.5"),
        ({"guidance_scale": 4.0}, "guidance scale of tiny is 1, not 4.0"),
        ({"formula": "omost"}, "formula of tiny is layered, not omost"),
        ({"sampler": "lcm", "steps": 3}, "sampler of tiny is flow, not lcm"),
    ],
)
def test_what_it_cannot_do_is_a_sentence(painter: Flux2Painter, change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        painter.render(CONDITIONS, replace(SETTINGS, **change))


def test_only_an_undistilled_checkpoint_takes_negative_prompts(painter: Flux2Painter) -> None:
    assert "negative prompts" not in painter.abilities
    base = Flux2Painter(tiny.pipeline(distilled=False), "base")
    assert "negative prompts" in base.abilities
    settings = replace(SETTINGS, guidance_scale=4.0, negative_prompt="fog")
    one, other = (pictures(base, replace(settings, negative_prompt=text))[0] for text in ("fog", "a blue sky"))
    assert one.image.tobytes() != other.image.tobytes()
    told = (CONDITIONS[0], replace(CONDITIONS[1], negative="fog"), *CONDITIONS[2:])
    assert pictures(base, settings, told)[0].image.tobytes() != one.image.tobytes()
    assert notices(base, SETTINGS, told) == ["Negative prompts of regions have no effect without guidance."]
    assert notices(painter, SETTINGS, told) == [], "the studio says that it takes none"


def test_the_smallest_plan_paints_the_same_but_for_8_bits(painter: Flux2Painter) -> None:
    small = Flux2Painter(tiny.pipeline(), "small", plan=SMALLEST)
    assert small.plan == PLANS[0]
    (picture,) = pictures(small, replace(SETTINGS, tiled_decode=False))
    (plain,) = pictures(painter, SETTINGS)
    difference = np.abs(np.asarray(picture.image, float) - np.asarray(plain.image, float))
    assert 0 < difference.mean() < 12


def test_a_long_text_is_read_in_parts_with_a_notice(painter: Flux2Painter) -> None:
    long = replace(CONDITIONS[1], suffixes=tuple(f"a fence of {n} old boards, grey and green." for n in range(20)))
    (said,) = notices(painter, SETTINGS, (CONDITIONS[0], long))
    assert "tokens, more than the" in said
    assert "it is read in" in said
