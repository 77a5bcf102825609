"""What is heard of a layout."""

from __future__ import annotations

import pytest
import torch

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.embedded.painter.conditioning import (
    FILL,
    TOKEN,
    Layout,
    PlacedThing,
    conditioning_picture,
    conditioning_tokens,
    squares,
    tinted,
)
from tests.embedded.painter.tiny import tiny_atlas

FULL = Rect(0, GRID, 0, GRID)


@pytest.mark.parametrize(("width", "height"), [(96, 96), (128, 96), (80, 120)])
@pytest.mark.parametrize("rect", [FULL, Rect(0, 30, 45, 90), Rect(60, 90, 0, 90)])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_things_stand_inside_their_rectangle_beside_each_other(rect: Rect, count: int, width: int, height: int) -> None:
    found = squares(rect, count, width, height)
    assert 1 <= len(found) <= count
    assert len({side for _, _, side in found}) == 1
    for left, top, side in found:
        assert rect.left * width / GRID - 1 <= left
        assert left + side <= rect.right * width / GRID + 1
        assert rect.top * height / GRID - 1 <= top
        assert top + side <= rect.bottom * height / GRID + 1
    for one, (left, top, side) in enumerate(found):
        for x, y, _ in found[:one]:
            assert abs(x - left) >= side - 1 or abs(y - top) >= side - 1


def test_two_things_in_a_square_stand_beside_each_other() -> None:
    (left, top, side), (right, level, _) = squares(Rect(0, 60, 0, 60), 2, 90, 90)
    assert level == top
    assert right >= left + side


def test_one_thing_fills_the_middle() -> None:
    assert squares(Rect(0, 90, 0, 45), 1, 90, 90) == [(1, 24, round(FILL * 45))]


def test_the_nearer_thing_hides_the_farther_and_the_ground_shows_through_the_rest() -> None:
    near, far = PlacedThing(0, Rect(0, 90, 0, 45)), PlacedThing(1, FULL)
    picture = conditioning_picture(tiny_atlas(), Layout(0, (far, near)), 96, 96)
    assert torch.allclose(picture[:, 48, 24], torch.tensor([1.0, 0.0, 0.0, 1.0]), atol=0.01)
    assert torch.allclose(picture[:, 48, 72], torch.tensor([0.0, 0.5, 0.5, 0.5]), atol=0.01)
    assert torch.allclose(picture[:, 0, 0], torch.tensor([0.0, 0.0, 1.0, 0.0]), atol=0.01)
    turned = conditioning_picture(tiny_atlas(), Layout(0, (near, far)), 96, 96)
    assert torch.allclose(turned[:, 48, 24], torch.tensor([0.5, 0.5, 0.0, 1.0]), atol=0.01)


def test_a_tint_keeps_light_and_cover() -> None:
    look = torch.zeros(4, 1, 2)
    look[:3, 0, 0], look[:3, 0, 1], look[3] = 0.1, 0.4, 0.5
    made = tinted(look, (0.0, 0.0, 1.0))
    assert torch.equal(made[3], look[3])
    assert made[2, 0, 1] > made[2, 0, 0] > made[0, 0, 0]
    assert made[0, 0, 1] < look[0, 0, 1]


def test_tokens_say_what_is_known() -> None:
    layout = Layout(None, (PlacedThing(0, Rect(0, 90, 0, 45)),))
    told = conditioning_tokens(conditioning_picture(tiny_atlas(), layout, 96, 48), layout)
    assert told.shape == (12, 24, TOKEN)
    assert told[6, 22].abs().max() == 0  # nothing is known there
    assert told[6, 6, 48:50].tolist() == pytest.approx([1.0, 1.0])
    rainy = Layout(0, (), weather=1)
    told = conditioning_tokens(conditioning_picture(tiny_atlas(), rainy, 96, 48), rainy)
    assert told[..., 48].min() == 1
    assert told[0, 0, 50:].tolist() == [1.0, 0.0, 0.0]
