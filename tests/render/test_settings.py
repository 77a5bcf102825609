from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from lib_omost.errors import SettingsError
from lib_omost.render.settings import RenderSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 63),
        ("width", 100),
        ("height", 2056),
        ("height", 512.0),
        ("width", True),
        ("steps", 0),
        ("steps", "20"),
        ("guidance_scale", 0.5),
        ("guidance_scale", float("nan")),
        ("guidance_scale", float("inf")),
        ("guidance_scale", None),
        ("seed", -1),
        ("seed", 2**32),
        ("count", 13),
        ("hires_scale", 0.9),
        ("hires_steps", 0),
        ("hires_denoise", 0.0),
        ("color_strength", 1.0),
        ("negative_prompt", None),
        ("negative_prompt", "x" * 4001),
        ("formula", "loud"),
        ("sampler", "euler"),
        ("sampler", None),
        ("repeat_scene", 1),
        ("previews", None),
        ("tiled_decode", "yes"),
    ],
)
def test_a_value_out_of_range_is_refused_with_a_sentence(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=r"^The .*\.$"):
        RenderSettings(**{name: value})


def test_the_lcm_schedule_is_not_longer_than_the_one_that_was_distilled() -> None:
    few = RenderSettings(sampler="lcm", steps=8, color_strength=0.5, hires_scale=1.5, hires_steps=20)
    with pytest.raises(SettingsError, match=r"at most 25 steps with these settings, not 26: .*eight are enough\.$"):
        replace(few, steps=26)
    with pytest.raises(SettingsError, match="at most 20 hires steps"):
        replace(few, hires_steps=21)
    replace(few, hires_scale=1.0, hires_steps=200)


def test_picture_k_alone_has_its_own_seed() -> None:
    settings = RenderSettings(seed=7, count=4, steps=3)
    assert settings.alone(2) == RenderSettings(seed=9, count=1, steps=3)


def test_importing_the_room_loads_no_torch() -> None:
    code = (
        "import sys, lib_omost.render, lib_omost.render.settings, lib_omost.render.sdxl.tokens\n"
        "loaded = {'torch', 'diffusers', 'transformers', 'numpy', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
