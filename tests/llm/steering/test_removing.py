"""What a request to leave something out makes of the reply before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.canvas import interpret
from lib_omost.llm.steering.removing import without


def reply(scene: str, *things: str) -> str:
    """A reply with a region for each thing."""
    tags = ", ".join(thing.split(" ", 1)[1] for thing in things)
    head = f"""```python
# Set a global description for the canvas
canvas.set_global_description(
    description='{scene}',
    detailed_descriptions=[
        'The picture shows {scene[0].lower()}{scene[1:]}',
        'All is calm.',
    ],
    tags='{tags}, calm',
    HTML_web_color_name='darkgreen',
)
"""
    regions = [
        f"""
# Add {thing}.
canvas.add_local_description(
    location='on the left',
    offset='no offset',
    area='a small square area',
    distance_to_viewer=3.0,
    description='{thing}.',
    detailed_descriptions=[
        'It sits there.',
    ],
    tags='{thing}',
    HTML_web_color_name='peru',
)
"""
        for thing in things
    ]
    return head + "".join(regions) + "```"


def left(scene: str, *things: str, request: str) -> tuple[str, list[str]] | None:
    """What the description of the whole says then, and the regions."""
    text = without(reply(scene, *things), request)
    if text is None:
        return None
    found = interpret(text)
    assert found.canvas is not None
    assert found.notes == ()
    said = found.canvas.global_description
    assert said.detailed_descriptions[-1] == "All is calm."
    return said.description, [region.description for region in found.canvas.regions]


def test_nothing_else_changes() -> None:
    things = ("a red fox", "an old owl", "a hen")
    for gone in things:
        kept = [thing for thing in things if thing != gone]
        scene = f"{kept[0].capitalize()} and {kept[1]} in a wood."
        before = reply("A red fox, an old owl, and a hen in a wood.", *things)
        assert without(before, f"remove {gone.replace('an ', 'the ').replace('a ', 'the ')}") == reply(scene, *kept)


THREE = ("a red fox", "an old owl", "a hen")


@pytest.mark.parametrize(
    ("request_", "scene", "regions"),
    [
        ("remove the fox", "An old owl and a hen in a wood.", THREE[1:]),
        ("no owl please", "A red fox and a hen in a wood.", THREE[::2]),
        ("take the hen away", "A red fox and an old owl in a wood.", THREE[:2]),
    ],
)
def test_one_of_three(request_: str, scene: str, regions: tuple[str, ...]) -> None:
    before = "A red fox, an old owl, and a hen in a wood."
    assert left(before, *THREE, request=request_) == (scene, [f"{region}." for region in regions])


def test_one_of_four() -> None:
    scene, things = "A red fox, an old owl, a hen, and a glass of wine.", (*THREE, "a glass of wine")
    assert left(scene, *things, request="drop the hen")[0] == "A red fox, an old owl, and a glass of wine."  # type: ignore[index]
    assert left(scene, *things, request="drop the glass")[0] == "A red fox, an old owl, and a hen."  # type: ignore[index]
    assert left(scene, *things, request="drop the fox")[0] == "An old owl, a hen, and a glass of wine."  # type: ignore[index]


def test_one_of_two() -> None:
    scene, things = "A quiet view of a red fox and a hen.", ("a red fox", "a hen")
    assert left(scene, *things, request="remove the fox") == ("A quiet view of a hen.", ["a hen."])
    assert left(scene, *things, request="remove the hen") == ("A quiet view of a red fox.", ["a red fox."])


@pytest.mark.parametrize(
    "request_",
    [
        "make the fox blue",
        "remove the fox and add a cat",
        "replace the fox",
        "remove the bear",
        "",
    ],
)
def test_what_wants_nothing_gone_or_more_than_that(request_: str) -> None:
    assert left("A red fox and a hen.", "a red fox", "a hen", request=request_) is None


def test_what_is_not_understood_is_left_to_the_model() -> None:
    assert left("Fox and hen.", "a red fox", "a hen", request="remove the fox") is None
    assert left("A red fox.", "a red fox", request="remove the fox") is None, "nothing would be left"


@given(st.text(), st.text())
def test_any_text_will_do(text: str, request: str) -> None:
    without(text, request)
    without(reply("A red fox and a hen.", "a red fox", "a hen") + text, "remove the fox" + request)
