"""The Z-Image painter: what every painter has, on a tiny real pipeline, and its loading."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lib_omost.canvas import Rect
from lib_omost.errors import ModelError
from lib_omost.presets import PAINTERS, ZIMAGE, painter_preset
from lib_omost.render.flow_loading import load_flow
from lib_omost.render.flux2.loading import FAMILY as FLUX2
from lib_omost.render.repaint import Keep, Repaint
from lib_omost.render.settings import Picture, Preview, RenderSettings, Step
from lib_omost.render.zimage.loading import FAMILY
from lib_omost.render.zimage.painter import ZImagePainter
from tests.render.flux2.test_painter import CONDITIONS, SETTINGS
from tests.render.zimage import tiny


@pytest.fixture(scope="module")
def painter() -> ZImagePainter:
    return ZImagePainter(tiny.pipeline(), "tiny")


def pictures(painter: Any, settings: RenderSettings, **more: Any) -> list[Picture]:
    return [event for event in painter.render(CONDITIONS, settings, **more) if isinstance(event, Picture)]


def test_it_reports_steps_and_previews_and_the_picture(painter: ZImagePainter) -> None:
    events = list(painter.render(CONDITIONS, SETTINGS))
    assert [event.step for event in events if isinstance(event, Step)] == [1, 2, 3]
    assert sum(isinstance(event, Preview) for event in events) == 3
    (picture,) = [event for event in events if isinstance(event, Picture)]
    assert picture.image.size == (96, 64)
    assert picture.latents is not None
    assert picture.latents.shape == (16, 4, 6)


def test_every_picture_can_be_made_alone_and_a_stop_ends_it(painter: ZImagePainter) -> None:
    together = pictures(painter, replace(SETTINGS, count=2, previews=False))
    (alone,) = pictures(painter, replace(SETTINGS, count=2).alone(1))
    assert together[1].image.tobytes() == alone.image.tobytes() != together[0].image.tobytes()
    stop = threading.Event()
    stop.set()
    assert pictures(painter, SETTINGS, stop=stop) == []


def test_a_kept_edit_changes_no_byte_outside(painter: ZImagePainter) -> None:
    (first,) = pictures(painter, SETTINGS)
    repaint = Repaint((Rect(0, 40, 0, 40),), grow=0)
    (second,) = pictures(painter, replace(SETTINGS, seed=9), keep=Keep(first.image, repaint, first.latents))
    free = repaint.cover(96, 64) > 0
    before, after = np.asarray(first.image), np.asarray(second.image)
    assert (before[~free] == after[~free]).all()
    assert (before[free] != after[free]).any()


def test_guidance_uses_the_negative_prompt(painter: ZImagePainter) -> None:
    guided = replace(SETTINGS, guidance_scale=4.0)
    fog, sky = (pictures(painter, replace(guided, negative_prompt=text))[0] for text in ("fog", "a blue sky"))
    assert fog.image.tobytes() != sky.image.tobytes()


def test_a_folder_says_its_family_and_paints(painter: ZImagePainter, tmp_path: Path) -> None:
    folder = tmp_path / "tiny-z"
    tiny.pipeline().save_pretrained(folder)
    preset = painter_preset(str(folder))
    assert preset.family is ZIMAGE is PAINTERS["z-image-turbo"].family
    loaded = load_flow(folder, FAMILY, device="cpu", dtype=torch.float32)
    assert loaded.family == "zimage"
    assert loaded.abilities == {"kept pictures", "negative prompts"}
    (one,), (other,) = pictures(loaded, SETTINGS), pictures(painter, SETTINGS)
    difference = np.abs(np.asarray(one.image, float) - np.asarray(other.image, float))
    assert difference.max() <= 1, "where weights lie in memory may change the last bit of a sum"
    with pytest.raises(ModelError, match="holds a ZImagePipeline"):
        load_flow(folder, FLUX2, device="cpu")
