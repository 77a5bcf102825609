"""Tokens that are heard at their own place inside a region."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import pytest
import torch
from diffusers.models.attention_processor import Attention

from lib_omost.canvas.geometry import Rect
from lib_omost.embedded.painter.mosaic import BAG, Mosaic, MosaicRegions
from lib_omost.errors import ModelError
from lib_omost.render.attention import RegionAttention
from lib_omost.render.regions import RenderRegions, region_masks

FULL = Rect(0, 90, 0, 90)
MOSAIC = Mosaic(grid=6, first=5)
PARTED = Mosaic(grid=8, first=5, sigma=0.4, parts=2, layering=2.0, ground=4.0)


@pytest.mark.parametrize(("height", "width"), [(60, 60), (30, 60), (13, 9)])
@pytest.mark.parametrize("rect", [FULL, Rect(0, 30, 45, 90), Rect(10, 85, 3, 21)])
def test_each_patch_is_loudest_at_its_own_place(rect: Rect, height: int, width: int) -> None:
    bias = MOSAIC.region_bias(rect, height, width).view(BAG, height, width)
    side = 0.96 * min(rect.height * height, rect.width * width) / 90
    for position in range(MOSAIC.first, BAG):
        row, column = divmod(MOSAIC.patch(position), 6)
        y = (rect.top + rect.bottom) / 2 * height / 90 + (row - 2.5) * side / 6
        x = (rect.left + rect.right) / 2 * width / 90 + (column - 2.5) * side / 6
        at = int(bias[position].argmax())
        assert abs(at // width + 0.5 - y) <= 0.5 + 1e-4
        assert abs(at % width + 0.5 - x) <= 0.5 + 1e-4


def test_every_patch_has_as_much_say_as_its_place_allows() -> None:
    """The formula, in plain numbers, at one pixel."""
    bias = MOSAIC.region_bias(Rect(0, 45, 0, 90), 32, 32).view(BAG, 32, 32)
    side = 0.96 * 16 / 6  # pixels a patch
    spread = 0.5**2 + 1 / (12 * side**2)
    position = 5 + 2 * 6 + 4  # row 2, column 4
    down, across = (3.5 - (8 - 0.5 * side)) / side, (20.5 - (16 + 1.5 * side)) / side
    assert bias[position, 3, 20] == pytest.approx(-(down**2 + across**2) / (2 * spread), rel=1e-4)
    assert torch.equal(bias[position], bias[position + 36])  # the second round of patches
    assert (bias[:5] == -12).all()


def test_a_round_that_is_not_whole_is_not_heard() -> None:
    assert [PARTED.patch(position) for position in (4, 5, 68, 69, 76)] == [-1, 0, 63, -1, -1]


@pytest.mark.parametrize("rect", [FULL, Rect(0, 30, 45, 90)])
def test_each_kind_of_head_reads_its_own_cell_of_a_patch(rect: Rect) -> None:
    size = 64
    bias = PARTED.region_bias(rect, size, size).view(4, BAG, size, size)
    side = 0.96 * min(rect.height, rect.width) * size / 90
    for kind in range(4):
        for position in (5, 30, 68):
            row, column = divmod(PARTED.patch(position), 8)
            y = (rect.top + rect.bottom) / 2 * size / 90 + (2 * row + kind // 2 - 7.5) * side / 16
            x = (rect.left + rect.right) / 2 * size / 90 + (2 * column + kind % 2 - 7.5) * side / 16
            at = int(bias[kind, position].argmax())
            assert abs(at // size + 0.5 - y) <= 0.5 + 1e-4
            assert abs(at % size + 0.5 - x) <= 0.5 + 1e-4


def test_the_whole_picture_is_heard_everywhere() -> None:
    rects = [FULL, Rect(0, 30, 0, 30)]
    bias = MOSAIC.bias(rects, [77, 154], region_masks(rects, 12, 12))
    assert bias.shape == (1, 231, 144)
    assert bias[:, :77].abs().max() == 0.0
    assert torch.equal(bias[:, 77:154], bias[:, 154:])


def test_what_is_nearer_and_the_whole_picture_take_their_stated_share() -> None:
    rects = [FULL, Rect(0, 60, 0, 90), Rect(30, 90, 0, 90)]
    masks = region_masks(rects, 12, 12)
    bias = PARTED.bias(rects, [77, 77, 77], masks).view(4, 3, BAG, 12, 12)
    alone = [PARTED.region_bias(rect, 12, 12).view(4, BAG, 12, 12) for rect in rects[1:]]
    assert (bias[:, 0] == -4.0).all()
    assert torch.equal(bias[:, 1, :, :4], alone[0][:, :, :4])
    assert torch.allclose(bias[:, 1, :, 4:8], alone[0][:, :, 4:8] - 2.0)
    assert torch.equal(bias[:, 2], alone[1])


@pytest.mark.parametrize("mosaic", [MOSAIC, PARTED])
def test_a_render_adds_it_to_our_formula_and_not_to_the_published_one(mosaic: Mosaic) -> None:
    rects = [FULL, Rect(0, 60, 0, 60), Rect(30, 90, 30, 90)]
    texts = [torch.randn(77, 8) for _ in rects]
    made = {}
    for name, formula, placing in (("plain", "layered", None), ("with", "layered", mosaic), ("omost", "omost", mosaic)):
        kind = RenderRegions if placing is None else partial(MosaicRegions, mosaic=placing)
        regions = kind(rects, texts, None, formula)
        regions.resize(16, 16)
        made[name] = regions.bias(64, 8, torch.float32)
    assert made["with"].shape[:2] == (1, 8)
    heard = ~torch.isinf(made["plain"])
    expected = mosaic.bias(rects, [77, 77, 77], region_masks(rects, 8, 8)).mT
    for head, bias in enumerate(made["with"][0]):
        assert torch.allclose((bias - made["plain"])[heard], expected[head % len(expected)][heard], atol=1e-5)
        assert torch.isinf(bias[~heard]).all()
    plain = RenderRegions(rects, texts, None, "omost")
    plain.resize(16, 16)
    assert torch.equal(made["omost"], plain.bias(64, 8, torch.float32))


@pytest.mark.parametrize("mosaic", [MOSAIC, PARTED])
def test_in_patches_and_at_once_is_the_same(mosaic: Mosaic) -> None:
    torch.manual_seed(0)
    rects = [FULL, Rect(0, 60, 0, 60), Rect(30, 90, 30, 90), Rect(50, 80, 5, 40)]
    texts = [torch.randn(77 * count, 32) for count in (1, 2, 1, 1)]
    layer = Attention(32, cross_attention_dim=32, heads=8, dim_head=4).eval()
    pixels, heard = torch.randn(1, 32 * 24, 32), []
    for call in (1.0, math.inf):
        regions = MosaicRegions(rects, texts, None, "layered", mosaic=mosaic, call=call)
        regions.resize(32, 24)
        assert (regions.layout(32 * 24, 8, torch.float32) is None) == math.isinf(call)
        with torch.no_grad():
            heard.append(RegionAttention(regions)(layer, pixels))
    assert torch.allclose(*heard, atol=1e-5)


def test_it_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "mosaic.json"
    PARTED.save(path)
    assert Mosaic.load(path) == PARTED
    path.write_text('{"grid": 6, "first": 5, "fill": 0.96, "sigma": 0.5}', encoding="utf-8")
    assert Mosaic.load(path) == MOSAIC, "as painters were kept before patches had parts"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"grid": 6}',
        '{"grid": 99, "first": 5, "fill": 0.9, "sigma": 0.5}',
        '{"grid": 6, "first": 5, "fill": 0.9, "sigma": NaN}',
        '{"grid": 6, "first": 5, "parts": 9}',
        '{"grid": 6, "first": 5, "layering": -1}',
        '{"grid": 6, "first": 5, "ground": "much"}',
        '{"grid": 6, "first": 5, "colour": "red"}',
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mosaic.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="Fetch the model again"):
        Mosaic.load(path)
