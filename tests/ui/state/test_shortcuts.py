from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.errors import SettingsError
from lib_omost.presets import PAINTERS
from lib_omost.render.settings import RenderSettings
from lib_omost.ui.state.shortcuts import (
    ASPECTS,
    MAX_STYLES,
    QUALITIES,
    STYLES,
    Style,
    aspect_size,
    quality_of,
    quality_settings,
    read_styles,
    rounded_size,
    saved_style,
    styles_json,
)

USUAL = RenderSettings()
PONY = PAINTERS["pony"].settings
EMBEDDED = PAINTERS["embedded"].settings


def test_aspects_have_the_sizes_that_checkpoints_are_trained_with() -> None:
    assert [aspect_size(aspect, USUAL) for aspect in ASPECTS] == [
        (1024, 1024), (896, 1152), (1152, 896), (768, 1344), (1344, 768),
    ]  # fmt: skip
    assert aspect_size("1:1", EMBEDDED) == (384, 384)
    assert aspect_size("2:1", USUAL) is None


@pytest.mark.parametrize("preset", PAINTERS.values(), ids=lambda preset: preset.name)
def test_shortcuts_give_sound_settings_for_every_checkpoint(preset: Any) -> None:
    usual = preset.settings
    for aspect, (wide, high) in ASPECTS.items():
        width, height = aspect_size(aspect, usual) or (0, 0)
        RenderSettings(width=width, height=height)
        assert abs(width * height / (usual.width * usual.height) - 1) < 0.06
        assert abs(width / height / (wide / high) - 1) < 0.06
    steps = [quality_settings(quality, usual)["steps"] for quality in QUALITIES]
    assert steps[0] < steps[1] < steps[2]
    assert steps[1] == usual.steps
    for quality in QUALITIES:
        RenderSettings(**quality_settings(quality, usual))
    for style in STYLES:
        RenderSettings(**style.settings(usual))
        assert style.settings(usual)["opening"].startswith(usual.opening), "a checkpoint keeps the words that it needs"
    assert quality_settings("Unknown", usual) == {}


@given(st.integers(-(10**9), 10**9))
def test_every_size_is_rounded_to_an_allowed_one(pixels: int) -> None:
    side = rounded_size(pixels)
    RenderSettings(width=side, height=side)
    if 64 <= pixels <= 2048:
        assert abs(side - pixels) <= 4


def test_a_style_of_ones_own_is_saved_without_the_words_of_the_checkpoint() -> None:
    opening = f"{PONY.opening}, charcoal, rough paper"
    own = saved_style([], " My   charcoal ", opening, "photo", PONY)
    assert own == [Style("My charcoal", "charcoal, rough paper", "photo")]
    assert own[0].settings(PONY)["opening"] == opening
    assert own[0].settings(USUAL)["opening"] == "charcoal, rough paper"
    assert read_styles(styles_json(own)) == own
    assert saved_style(own, "My charcoal", "ash", "", USUAL) == [Style("My charcoal", "ash")]
    for name in ("", "  ", "Watercolour"):
        with pytest.raises(SettingsError):
            saved_style(own, name, "", "", USUAL)
    with pytest.raises(SettingsError, match="delete one"):
        saved_style([Style(str(number)) for number in range(MAX_STYLES)], "one more", "", "", USUAL)


ODD = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4)


@given(st.lists(st.dictionaries(st.sampled_from(["name", "opening", "negative"]), ODD | st.text())) | ODD)
def test_whatever_the_browser_stores_gives_usable_styles(value: Any) -> None:
    for style in read_styles(value):
        assert style.name
        RenderSettings(**style.settings(USUAL))


def test_sampler_and_steps_tell_the_quality() -> None:
    usual = RenderSettings(steps=20)
    for name in QUALITIES:
        assert quality_of(quality_settings(name, usual), usual) == name
    assert quality_of({"sampler": "dpm++", "steps": 13}, usual, "Fast") is None
    assert quality_of({"sampler": "lcm", "steps": 20}, usual) is None
    one = RenderSettings(steps=1)
    assert quality_of({"sampler": "dpm++", "steps": 1}, one, "Normal") == "Normal", "the steps of Fast, too"
