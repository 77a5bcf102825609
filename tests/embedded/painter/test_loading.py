"""What the embedded painter hands to the general one."""

from __future__ import annotations

from lib_omost.canvas import conditions, interpret
from lib_omost.embedded.painter.loading import with_plain_scene
from tests.scripted import REPLY


def test_of_the_whole_picture_its_description_alone_is_read_and_regions_stay() -> None:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    told = conditions(canvas)
    assert told[0].suffixes
    scene, *regions = with_plain_scene(told)
    assert scene.prefixes == told[0].prefixes
    assert scene.suffixes == ()
    assert tuple(regions) == told[1:]


def test_without_a_description_the_rest_is_read() -> None:
    canvas = interpret(
        "canvas = Canvas()\ncanvas.set_global_description('', ['Snow falls.'], 'snow', 'white')\n"
    ).canvas
    assert canvas is not None
    told = conditions(canvas)
    assert with_plain_scene(told) == told
    assert told[0].suffixes
