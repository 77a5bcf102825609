from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from lib_omost.artifacts.exports import (
    blended,
    everything,
    layout_json,
    layout_png,
    layout_svg,
    mask,
    mask_names,
    pixels,
    write_zip,
)
from lib_omost.canvas import Canvas, Rect, color_picture, conditions, interpret
from lib_omost.canvas.geometry import GRID
from lib_omost.errors import PictureError
from tests.canvas.values import canvases
from tests.scripted import REPLY

HARBOUR = interpret(REPLY).canvas
assert HARBOUR is not None

edges = st.tuples(st.integers(0, GRID), st.integers(0, GRID)).map(sorted)


@settings(deadline=None)
@given(edges, edges, st.integers(1, 300), st.integers(1, 300))
@example([0, 90], [0, 90], 64, 64)
def test_a_masks_pixels_are_the_painters(rows: list[int], columns: list[int], width: int, height: int) -> None:
    left, top, right, bottom = pixels(Rect(*rows, *columns), width, height)
    cells = (2 * np.arange(height) + 1) * GRID // (2 * height)
    assert list(range(top, bottom)) == [i for i, cell in enumerate(cells) if rows[0] <= cell < rows[1]]
    cells = (2 * np.arange(width) + 1) * GRID // (2 * width)
    assert list(range(left, right)) == [i for i, cell in enumerate(cells) if columns[0] <= cell < columns[1]]


def test_a_mask_is_white_within() -> None:
    image = mask(HARBOUR.regions[0], 180, 90)
    assert image.mode == "L"
    assert image.getbbox() == (0, 35, 90, 75), "the rectangle [35, 75, 0, 45] in cells"
    assert set(np.unique(np.asarray(image))) == {0, 255}


def test_the_layout_as_json_names_pixels_and_masks() -> None:
    value = json.loads(layout_json(HARBOUR, 180, 90))
    assert (value["format"], value["width"], value["height"], value["grid"]) == ("omost-layout", 180, 90, 90)
    assert value["global"]["description"] == "A quiet harbour at dusk."
    assert [region["pixels"] for region in value["regions"]] == [[0, 35, 90, 75], [100, 5, 180, 85]]
    assert [region["mask"] for region in value["regions"]] == [
        "masks/01-a-red-boat.png",
        "masks/02-a-white-lighthouse.png",
    ]


def test_the_colours_are_those_that_the_painter_starts_from() -> None:
    drawn = np.asarray(layout_png(HARBOUR, 200, 120, labels=False))
    assert (drawn == color_picture(conditions(HARBOUR), 200, 120)).all()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(canvases)
def test_every_canvas_is_sound_svg_and_json(canvas: Canvas) -> None:
    root = ElementTree.fromstring(layout_svg(canvas, 64, 96))
    groups = root.findall("{http://www.w3.org/2000/svg}g")
    assert len(groups) == sum(region.enabled for region in canvas.regions)
    assert json.loads(layout_json(canvas, 64, 96))["regions"][len(canvas.regions) :] == []
    assert layout_png(canvas, 64, 96).size == (64, 96)
    assert len(set(mask_names(canvas).values())) == len(mask_names(canvas))


def test_what_a_model_writes_is_text_in_an_svg() -> None:
    hostile = replace(HARBOUR.regions[0], description="</text><script>alert(1)</script>&\ufffe")
    text = layout_svg(Canvas(HARBOUR.global_description, (hostile,)), 64, 64)
    assert "<script>" not in text
    ElementTree.fromstring(text)


def test_a_region_that_is_switched_off_is_not_drawn() -> None:
    canvas = Canvas(HARBOUR.global_description, (replace(HARBOUR.regions[0], enabled=False), HARBOUR.regions[1]))
    assert list(mask_names(canvas)) == [1]
    assert "A red boat" not in layout_svg(canvas, 64, 64)
    assert "A red boat" in layout_json(canvas, 64, 64)


def test_a_blend_lies_between_layout_and_picture() -> None:
    picture = Image.new("RGB", (64, 64), "white")
    assert ImageChops.difference(blended(HARBOUR, picture, 1.0), picture).getbbox() is None
    assert ImageChops.difference(blended(HARBOUR, picture, 0.0), layout_png(HARBOUR, 64, 64)).getbbox() is None


def test_everything_in_one_zip(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "a.png")
    target = tmp_path / "x.zip"
    write_zip(target, everything(HARBOUR, REPLY, 64, 64, (tmp_path / "gone.png", tmp_path / "a.png")))
    with zipfile.ZipFile(target) as archive:
        assert sorted(archive.namelist()) == [
            "canvas.txt", "comfyui-omost.json", "layout-and-picture.png", "layout.json", "layout.png", "layout.svg",
            "masks/01-a-red-boat.png", "masks/02-a-white-lighthouse.png", "pictures/a.png",
        ]  # fmt: skip
        assert archive.read("canvas.txt").decode() == REPLY
        with Image.open(io.BytesIO(archive.read("masks/01-a-red-boat.png"))) as image:
            assert image.mode == "L"
    with pytest.raises(PictureError, match="cannot be written"):
        write_zip(tmp_path / "a.png" / "x.zip", iter(()))
