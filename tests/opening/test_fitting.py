"""Settings that a painter cannot follow are replaced, and the user is told."""

from __future__ import annotations

from dataclasses import replace

from lib_omost.presets import PAINTERS, completed, fitted
from lib_omost.render.settings import RenderSettings

KLEIN, SDXL, TURBO = PAINTERS["flux2-klein"], PAINTERS["realvisxl"], PAINTERS["z-image-turbo"]


def test_settings_that_fit_stay() -> None:
    for preset in PAINTERS.values():
        assert fitted(preset, preset.settings) == (preset.settings, ())


def test_settings_for_another_kind_of_model_give_way_to_the_presets() -> None:
    made, (said,) = fitted(KLEIN, replace(SDXL.settings, width=1024, height=1024, seed=7))
    assert made == replace(KLEIN.settings, seed=7)
    assert said == (
        "These settings are for another kind of image model: sampler, steps and guidance are those of "
        "FLUX.2 klein 4B, 4 steps."
    )
    back, (said,) = fitted(SDXL, replace(KLEIN.settings, seed=7))
    assert back == replace(SDXL.settings, width=1024, height=1024, seed=7)
    assert "those of RealVisXL 4.0" in said


def test_what_there_is_no_choice_of_and_the_size_are_told() -> None:
    asked = replace(KLEIN.settings, guidance_scale=7.0, clip_skip=1, width=904)
    made, notices = fitted(KLEIN, asked)
    assert made == replace(KLEIN.settings, width=896)
    assert notices == (
        "FLUX.2 klein 4B, 4 steps has no choice of clip skip and guidance.",
        "FLUX.2 klein 4B, 4 steps paints multiples of 16 pixels: 896 x 1024, not 904 x 1024.",
    )
    assert fitted(KLEIN, made) == (made, ())


def test_hidden_controls_are_not_asked() -> None:
    """Those of a page may still have the values of another model."""
    stale = {"guidance_scale": 5.0, "negative_prompt": "lowres", "sampler": "dpm++", "formula": "omost", "steps": 9}
    made = completed(TURBO, {**stale, "width": 904, "height": 1024})
    assert made == replace(TURBO.settings, width=896)
    assert completed(SDXL, stale) == replace(SDXL.settings, **stale)  # type: ignore[arg-type]
    assert isinstance(made, RenderSettings)
