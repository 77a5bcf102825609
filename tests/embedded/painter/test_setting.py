"""What the painter's reader is told of a whole picture in place of its description."""

from __future__ import annotations

import pytest

from lib_omost.embedded.painter.conditioning import WEATHERS
from lib_omost.embedded.painter.gist import NOTHING
from lib_omost.embedded.painter.setting import setting_gist, setting_text
from training.grounds import GROUNDS, HOURS


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("A swan in the sea.", "Sea by day."),
        ("A fish under water.", "Underwater by day."),
        ("A treasure chest at the bottom of the sea.", "Underwater by day."),
        ("A castle on green hills.", "Meadow by day."),
        ("The grass is full of daisies.", "Meadow by day."),
        ("A cat in a meadow, a balloon in the sky.", "Meadow by day."),
        ("A balloon in the sky.", "Sky by day."),
        ("A balloon in the sky over a village.", "Street by day."),
        ("A hill with a lighthouse by the sea.", "Sea by day."),
        ("An astronaut on the moon.", "Space by day."),
        ("A wizard in a library.", "Room by day."),
        ("A monk in a temple.", "Room by day."),
        ("A sea monster and a knight.", "Sea by day."),
        ("A snowman in a garden.", "Snow by day."),
    ],
)
def test_the_ground_is_what_things_are_in_or_on(description: str, gist: str) -> None:
    assert setting_gist(description) == gist


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("A car in the city at night.", "City at night."),
        ("A sheep under a starry sky.", "Sky at night."),
        ("A stag in a misty forest at dawn.", "Forest at dusk in fog."),
        ("A dog on a rainy street.", "Street by day in the rain."),
        ("A mammoth in a blizzard.", "Snow by day while it snows."),
        ("A castle under a rainbow.", "Meadow by day."),
        ("A knight in a garden.", "Garden by day."),
        ("A girl at sunset.", "Meadow at dusk."),
    ],
)
def test_hour_and_weather_are_recognised_by_their_words(description: str, gist: str) -> None:
    assert setting_gist(description) == gist


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("A pirate ship and a whale.", "Sea by day."),
        ("A temple.", "Meadow by day."),
        ("An airplane.", "Sky by day."),
        ("A submarine and a shark.", "Underwater by day."),
        ("A cat.", "Meadow by day."),
        ("A teapot and two cups.", "Room by day."),
        ("Two penguins.", "Snow by day."),
        ("A sword.", NOTHING),
        ("An old wizard, portrait.", NOTHING),
        ("A unicorn, a rainbow in the background.", "Meadow by day."),
        ("A temple in front of a white wall.", "Meadow by day."),
    ],
)
def test_without_a_place_things_are_where_they_usually_are(description: str, gist: str) -> None:
    assert setting_gist(description) == gist


@pytest.mark.parametrize("description", ["A red car on a white background.", "Ein Hund.", ""])
def test_a_plain_background_and_what_is_not_understood_are_left_to_the_reader(description: str) -> None:
    assert setting_gist(description) is None


def test_every_setting_of_the_painter_has_a_text() -> None:
    texts = [setting_text(ground, hour, weather) for ground in GROUNDS for hour in HOURS for weather in WEATHERS]
    assert len(set(texts)) == len(GROUNDS) * len(HOURS) * len(WEATHERS)
