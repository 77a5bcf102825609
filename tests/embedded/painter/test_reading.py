"""What is read from the states of the text encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.embedded.painter.reading import BAG, HEADS, REGION, Reader
from lib_omost.errors import ModelError

FULL, LEFT = Rect(0, GRID, 0, GRID), Rect(0, 90, 0, 45)
# One number of the state for each class: thing 0..2, tint 3..4, count 5..8, ground 9..12, hour 13..14, weather 15..18.
_FIRST = {
    "thing": (0, 3),
    "tint": (3, 2),
    "count": (5, 4),
    "ground": (9, 4),
    "hour": (13, 2),
    "weather": (15, 4),
    "color": (19, 2),
}


def reader() -> Reader:
    heads = {}
    for name in HEADS:
        first, count = _FIRST[name]
        heads[name] = torch.zeros(count, 22)
        for number in range(count):
            heads[name][number, first + number] = 4.0
    colors = torch.tensor([[1.0, 0.0, 0.0]])
    grounds = ("sea", "space", "plain", "unknown")
    return Reader(heads, colors, grounds, ("day", "night"), ("sea day", "sea night", "space day"))


def said(**classes: int) -> Tensor:
    """A bag whose states at both positions say these classes."""
    rows = torch.zeros(BAG, 30)
    for name, number in {"thing": 2, "tint": 1, "count": 0, "ground": 3, "color": 1, **classes}.items():
        for position in (REGION, BAG - 1):
            rows[position, _FIRST[name][0] + number] = 1.0
    return rows


def test_a_region_shows_one_thing_or_none() -> None:
    layout = reader().layout([FULL, LEFT, LEFT], [said(ground=0), said(thing=1, tint=0, count=2), said(thing=2)])
    (thing,) = layout.things
    assert (thing.thing, thing.rect, thing.color, thing.count) == (1, LEFT, (1.0, 0.0, 0.0), 3)


def test_a_doubtful_text_is_no_mixture() -> None:
    both = said(thing=0) + 0.9 * said(thing=1)
    both[:, 2] = 0.0
    assert [thing.thing for thing in reader().layout([FULL, LEFT], [said(), both]).things] == [0]


@pytest.mark.parametrize(
    ("classes", "setting"),
    [
        ({"ground": 0, "hour": 1}, 1),
        ({"ground": 1, "hour": 1}, 2),  # it is never night in space
        ({"ground": 2, "color": 0}, (1.0, 0.0, 0.0)),
        ({"ground": 2}, (0.80, 0.86, 0.92)),
        ({"ground": 3}, (0.80, 0.86, 0.92)),
    ],
)
def test_settings(classes: dict[str, int], setting: object) -> None:
    assert reader().layout([FULL, LEFT], [said(**classes), said()]).setting == setting


def test_an_unlikely_thing_is_none() -> None:
    torch.manual_seed(0)
    heads = {**reader().heads, "thing": torch.zeros(9, 22)}
    doubtful = replace(reader(), heads=heads)
    assert doubtful.layout([FULL, LEFT], [said(), said(thing=0)]).things == ()


def test_only_a_known_setting_has_weather() -> None:
    assert reader().layout([FULL], [said(ground=0, weather=2)]).weather == 2
    assert reader().layout([FULL], [said(ground=3, weather=2)]).weather == 0


def test_the_whole_picture_names_its_thing_where_no_region_does() -> None:
    (thing,) = reader().layout([FULL], [said(thing=0, ground=0)]).things
    assert thing.rect != FULL
    assert reader().layout([FULL, LEFT], [said(thing=0), said()]).things == ()


def test_all_bags_of_the_whole_picture_count() -> None:
    texts = torch.cat([said(), said(ground=0) * 3])
    assert reader().layout([FULL], [texts]).setting == 0


def test_it_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "reader.safetensors"
    reader().save(path)
    found = Reader.load(path)
    assert found.settings == reader().settings
    assert all(torch.equal(found.heads[name], reader().heads[name]) for name in HEADS)


@pytest.mark.parametrize("broken", ["no file", "text", "head"])
def test_a_broken_file_is_reported(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "reader.safetensors"
    if broken == "text":
        path.write_text("no")
    elif broken == "head":
        reader().save(path)
        tensors = load_file(path)
        tensors["head.hour"] = torch.zeros(5, 22)
        save_file(tensors, path, metadata={"grounds": '["a"]', "hours": '["b"]', "settings": '["c"]'})
    with pytest.raises(ModelError, match="Fetch the model again"):
        Reader.load(path)
