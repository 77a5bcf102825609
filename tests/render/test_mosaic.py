"""Tokens that are heard at their own place inside a region."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lib_omost.canvas.geometry import Rect
from lib_omost.errors import ModelError
from lib_omost.render.mosaic import BAG, Mosaic
from lib_omost.render.regions import RenderRegions

FULL = Rect(0, 90, 0, 90)
MOSAIC = Mosaic(grid=6, first=5)


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


def test_the_whole_picture_is_heard_everywhere() -> None:
    bias = MOSAIC.bias([FULL, Rect(0, 30, 0, 30)], [77, 154], 12, 12)
    assert bias.shape == (231, 144)
    assert bias[:77].abs().max() == 0.0
    assert torch.equal(bias[77:154], bias[154:])


def test_a_render_adds_it_to_our_formula_and_not_to_the_published_one() -> None:
    rects = [FULL, Rect(0, 60, 0, 60), Rect(30, 90, 30, 90)]
    texts = [torch.randn(77, 8) for _ in rects]
    made = {}
    for name, formula, mosaic in (("plain", "layered", None), ("with", "layered", MOSAIC), ("omost", "omost", MOSAIC)):
        regions = RenderRegions(rects, texts, None, formula, mosaic=mosaic)
        regions.resize(16, 16)
        made[name] = regions.bias(64, torch.float32)
        if mosaic is not None and formula == "layered":
            assert regions.layout(64, 2, torch.float32) is None
    added = made["with"] - made["plain"]
    heard = ~torch.isinf(made["plain"])
    expected = MOSAIC.bias(rects, [77, 77, 77], 8, 8).T
    assert torch.allclose(added[heard], expected[heard], atol=1e-5)
    plain = RenderRegions(rects, texts, None, "omost")
    plain.resize(16, 16)
    assert torch.equal(made["omost"], plain.bias(64, torch.float32))


def test_it_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "mosaic.json"
    Mosaic(4, 1, 0.5, 0.75).save(path)
    assert Mosaic.load(path) == Mosaic(4, 1, 0.5, 0.75)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"grid": 6}',
        '{"grid": 99, "first": 5, "fill": 0.9, "sigma": 0.5}',
        '{"grid": 6, "first": 5, "fill": 0.9, "sigma": NaN}',
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mosaic.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="Fetch the model again"):
        Mosaic.load(path)
