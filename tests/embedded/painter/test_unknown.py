"""What the embedded painter says that it does not know."""

from __future__ import annotations

import pytest

from lib_omost.canvas import conditions, interpret
from lib_omost.embedded.lexicon import lexicon
from lib_omost.embedded.painter.unknown import _with_article, unknown

HEAD = "canvas = Canvas()\ncanvas.set_global_description('{}', [], '', 'white')\n"
REGION = "canvas.add_local_description('on the left', 'no offset', 'a large square area', 1.0, '{}', [], '', 'x')\n"


def unknown_of(scene: str, *regions: str) -> tuple[str, ...]:
    canvas = interpret(HEAD.format(scene) + "".join(map(REGION.format, regions))).canvas
    assert canvas is not None
    return unknown(conditions(canvas))


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("A cat.", ()),
        ("Two ruined red castles.", ()),
        ("A wooden hut.", ()),
        ("A queen.", ("queen (draws a princess)",)),
        ("A circle.", ("circle (draws a gear)",)),
        ("A neon sign above the door.", ("neon sign (draws a sign)",)),
        ("A hologram.", ("hologram (draws an x-ray)",)),
        ("A vase of sunflowers.", ()),
        ("A woman with curly red hair.", ()),
        ("A red blorptang.", ("red blorptang",)),
        ("A long shadow.", ("long shadow",)),
    ],
)
def test_what_is_not_drawn_or_drawn_as_something_else_is_named(description: str, said: tuple[str, ...]) -> None:
    assert unknown_of("A street.", description) == said


def test_each_is_named_once_and_in_order() -> None:
    said = unknown_of("A street.", "A queen.", "A blorptang.", "A cat.", "A queen.")
    assert said == ("queen (draws a princess)", "blorptang")


def test_a_region_that_is_the_ground_is_known() -> None:
    assert unknown_of("A cat on a cobblestone street.", "A cobblestone street.") == ()
    assert unknown_of("A cat in a meadow.", "A cobblestone street.") == ("cobblestone street",)


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("A robot in a dim nightclub.", ("dim nightclub",)),
        ("A robot in a nightclub in a big city.", ()),
        ("A cat inside a box.", ()),
        ("A cat in front of a prison.", ()),
        ("A cat in a tavern.", ()),
    ],
)
def test_a_place_that_is_no_ground_is_named(scene: str, said: tuple[str, ...]) -> None:
    assert unknown_of(scene, "A cat.") == said


def test_a_region_without_words_describes_nothing() -> None:
    assert unknown_of("A street.", "") == ()


def test_without_regions_the_scene_names_the_thing() -> None:
    assert unknown_of("A blorptang.") == ("blorptang",)
    assert unknown_of("A blorptang.", "A cat.") == ()


@pytest.mark.parametrize("text", ["x" * 5_000, "a " * 3_000, "!!!", "…", "\\u202e\\u0000", "霓虹灯"])
def test_any_text_can_be_asked_about(text: str) -> None:
    assert all(len(words) <= 1_300 for words in unknown_of("A street.", text))


@pytest.mark.parametrize(
    ("name", "said"),
    [("unicorn", "a unicorn"), ("hourglass", "an hourglass"), ("umbrella", "an umbrella"), ("x-ray", "an x-ray")],
)
def test_articles_go_by_the_sound(name: str, said: str) -> None:
    assert _with_article(name, lexicon()) == said
