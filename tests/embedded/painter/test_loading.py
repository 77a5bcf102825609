"""What the embedded painter hands to the general one."""

from __future__ import annotations

from lib_omost.canvas import conditions, interpret
from lib_omost.canvas.conditions import RegionCondition
from lib_omost.embedded.painter.loading import with_gists

HEAD = "canvas = Canvas()\ncanvas.set_global_description('{}', ['Snow falls.'], 'snow', 'white')\n"
REGION = (
    "canvas.add_local_description('on the left', 'no offset', 'a large square area', 1.0, '{}', ['A hat.'], '', 'x')\n"
)


def told(scene: str, *regions: str) -> tuple[RegionCondition, ...]:
    canvas = interpret(HEAD.format(scene) + "".join(map(REGION.format, regions))).canvas
    assert canvas is not None
    return conditions(canvas)


def texts(given: RegionCondition) -> tuple[str, ...]:
    return (given.prefixes[-1], *given.suffixes)


def test_gists_stand_for_the_texts_of_scene_and_regions() -> None:
    before = told("A fox in a forest at night.", "A corgi in a red coat.")
    scene, dog = with_gists(before)
    assert texts(scene) == ("Forest at night.",)
    assert texts(dog) == ("A dog.",)
    assert dog.prefixes[0] == before[1].prefixes[0]
    assert (dog.rect, dog.color, dog.distance) == (before[1].rect, before[1].color, before[1].distance)


def test_a_region_without_a_gist_stays_as_it_is() -> None:
    before = told("A forest.", "A blorptang.")
    assert with_gists(before)[1] == before[1]


def test_of_a_scene_without_a_gist_the_description_alone_is_read() -> None:
    scene, _ = with_gists(told("A cat on a white background.", "A cat."))
    assert texts(scene) == ("A cat on a white background.",)


def test_without_regions_the_scene_tells_the_thing_too() -> None:
    (scene,) = with_gists(told("A cat in a forest."))
    assert texts(scene) == ("A cat in a forest.",)


def test_without_a_description_the_rest_is_read() -> None:
    (before,) = told("")
    assert before.suffixes
    assert with_gists([before]) == (before,)
