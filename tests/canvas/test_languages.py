from __future__ import annotations

import pytest

from lib_omost.canvas.colors import match_color
from lib_omost.canvas.correction import match_area, match_location, match_offset
from lib_omost.canvas.languages import translated


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("在左边", "on the left"), ("右上", "on the top-right"), ("左下に", "on the bottom-left"),
        ("왼쪽 위", "on the top-left"), ("слева", "on the left"), ("в центре", "in the center"),
        ("oben rechts", "on the top-right"), ("en bas à gauche", "on the bottom-left"),
        ("arriba a la derecha", "on the top-right"), ("in basso a sinistra", "on the bottom-left"),
        ("em cima à esquerda", "on the top-left"), ("w prawym górnym", "on the top-right"),
    ],
)  # fmt: skip
def test_places(written: str, meant: str) -> None:
    assert match_location(translated(written)).value == meant


def test_offsets_and_areas() -> None:
    assert match_offset(translated("稍微向上")).value == "slightly to the upper"
    assert match_offset(translated("无偏移")).value == "no offset"
    assert match_offset(translated("немного вправо")).how == "defaulted"
    assert match_area(translated("大的正方形区域")).value == "a large square area"
    assert match_area(translated("большая вертикальная область")).value == "a large vertical area"
    assert match_area(translated("kleiner quadratischer Bereich")).value == "a small square area"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("深蓝色", "darkblue"), ("金色", "gold"), ("赤", "red"), ("하늘색", "skyblue"), ("красный", "red"),
        ("grün", "green"), ("bleu", "blue"), ("amarillo", "yellow"), ("bianco", "white"),
        ("vermelho", "red"), ("czarny", "black"), ("тёмный зелёный", "darkgreen"),
    ],
)  # fmt: skip
def test_colours(written: str, meant: str) -> None:
    assert match_color(translated(written)).value == meant


@pytest.mark.parametrize("text", ["在月亮上", "далеко", "irgendwo", "rotbraun", "x", ""])
def test_what_is_not_wholly_known_is_not_translated(text: str) -> None:
    assert translated(text) == ""
