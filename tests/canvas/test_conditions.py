from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings

from lib_omost.canvas import Canvas, GlobalDescription, Rect, Region, RegionCondition, color_picture, conditions
from lib_omost.canvas.conditions import clean_subprompt
from tests.canvas.values import canvases

NEAR = Region(
    "in the center",
    "no offset",
    "a small square area",
    2,
    "A knight",
    ("in armor,", " . "),
    "steel",
    "tense",
    "bold",
    "sharp",
    "red",
)
FAR = Region("on the left", "no offset", "a large vertical area", 7, "A tower.", color_name="blue")
CANVAS = Canvas(GlobalDescription("A siege,", ("Smoke rises.",), "siege, smoke", "white"), (NEAR, FAR))


def test_subprompts_end_with_one_full_stop() -> None:
    assert clean_subprompt(" ,a dragon., ") == "a dragon."
    assert clean_subprompt("a, b") == "a, b."
    assert clean_subprompt(" .,\n") == ""


def test_conditions_are_global_first_then_far_to_near() -> None:
    scene, far, near = conditions(CANVAS)
    assert scene.rect == Rect.FULL
    assert scene.distance is None
    assert scene.prefixes == ("A siege.",)
    assert scene.suffixes == ("Smoke rises.", "siege, smoke.")
    assert scene.color == (255, 255, 255)
    assert far.prefixes == ("A siege.", "A tower.")
    assert far.suffixes == ()
    assert (far.rect, far.distance, far.color) == (Rect(0, 90, 0, 45), 7.0, (0, 0, 255))
    assert near.prefixes == ("A siege.", "A knight.")
    assert near.suffixes == ("in armor.", "steel.", "tense.", "bold.", "sharp.")


@settings(max_examples=50)
@given(canvases)
def test_conditions_hold_for_any_canvas(canvas: Canvas) -> None:
    found = conditions(canvas)
    assert len(found) == 1 + sum(region.enabled for region in canvas.regions)
    distances = [condition.distance for condition in found[1:]]
    assert distances == sorted(distances, reverse=True)
    for condition in found:
        json.dumps(condition.to_json())
        assert all(suffix.endswith(".") for suffix in condition.suffixes)


def test_tags_come_first_for_checkpoints_that_know_tags() -> None:
    scene, far, near = conditions(CANVAS, "tags", "score_9, ")
    assert scene.prefixes == ("score_9, siege, smoke.",)
    assert scene.suffixes == ("A siege.", "Smoke rises.")
    assert far.prefixes == ("siege, smoke.", "score_9, A tower."), "without tags the description"
    assert far.suffixes == ()
    assert near.prefixes == ("siege, smoke.", "score_9, steel.")
    assert near.suffixes == ("A knight.", "in armor.", "tense.", "bold.", "sharp.")
    assert conditions(CANVAS, opening="sharp")[2].prefixes == ("A siege.", "sharp, A knight.")


def test_colour_picture_by_hand() -> None:
    picture = color_picture(conditions(CANVAS))
    assert picture.shape == (90, 90, 3)
    assert picture.dtype == np.uint8
    assert picture[0, 89].tolist() == [255, 255, 255]
    far = 0.3 * np.array([255.0, 255, 255]) + 0.7 * np.array([0.0, 0, 255])
    assert np.abs(picture[0, 0] - far).max() <= 0.5
    both = 0.3 * far + 0.7 * np.array([255.0, 0, 0])
    assert np.abs(picture[45, 30] - both).max() <= 0.5
    # The near region is 20..70, so its last row and column are 69 and the next cells are not its own.
    assert np.abs(picture[69, 69] - (0.3 * 255 + 0.7 * np.array([255.0, 0, 0]))).max() <= 0.5
    assert picture[70, 70].tolist() == [255, 255, 255]


@settings(max_examples=50)
@given(canvases)
def test_colour_picture_stays_within_the_colours(canvas: Canvas) -> None:
    colors = np.array([canvas.global_description.color, *(region.color for region in canvas.regions)])
    picture = color_picture(conditions(canvas))
    assert (picture >= colors.min(axis=0)).all()
    assert (picture <= colors.max(axis=0)).all()


def test_a_pixel_has_the_colour_of_the_cell_of_its_centre() -> None:
    def condition(rect: Rect, color: tuple[int, int, int], distance: float | None) -> RegionCondition:
        return RegionCondition(rect, (), (), color, distance)

    picture = color_picture(
        [
            condition(Rect.FULL, (100, 100, 100), None),
            condition(Rect(0, 45, 0, 90), (200, 0, 0), 5.0),
            condition(Rect(0, 90, 45, 90), (0, 0, 200), 1.0),
        ],
        20,
        10,
    )
    assert picture.shape == (10, 20, 3)
    assert picture[9, 0].tolist() == [100, 100, 100]
    assert picture[4, 9].tolist() == [170, 30, 30]
    assert picture[0, 19].tolist() == [51, 9, 149]
