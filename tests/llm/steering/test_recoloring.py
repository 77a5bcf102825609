"""What a request for another colour makes of the reply before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.canvas import interpret
from lib_omost.llm.steering.recoloring import recolored

REPLY = """```python
# Set a global description for the canvas
canvas.set_global_description(
    description='An old red fox and an owl in a wood.',
    detailed_descriptions=[
        'The picture shows a red fox and an owl.',
    ],
    tags='red fox, owl, wood',
    HTML_web_color_name='darkgreen',
)

# Add an old red fox at rest.
canvas.add_local_description(
    location='on the left',
    offset='no offset',
    area='a small square area',
    distance_to_viewer=3.0,
    description='An old red fox at rest.',
    detailed_descriptions=[
        "The fox's fur is thick.",
    ],
    tags='red fox, fox, fur',
    HTML_web_color_name='firebrick',
)

# Add an owl.
canvas.add_local_description(
    location='on the top',
    offset='no offset',
    area='a small square area',
    distance_to_viewer=4.0,
    description='An owl.',
    detailed_descriptions=[
        'An owl sits there.',
    ],
    tags='owl, feathers',
    HTML_web_color_name='peru',
)
```"""


def changes(request: str) -> list[str]:
    """The lines that are other than before."""
    now = recolored(REPLY, request)
    assert now is not None
    pairs = zip(REPLY.split("\n"), now.split("\n"), strict=True)
    return [new.strip(" ,") for old, new in pairs if new != old]


def test_a_colour_takes_the_place_of_another() -> None:
    assert changes("please paint the fox dark blue") == [
        "description='An old dark blue fox and an owl in a wood.'",
        "'The picture shows a dark blue fox and an owl.'",
        "tags='dark blue fox, owl, wood'",
        "# Add an old dark blue fox at rest.",
        "description='An old dark blue fox at rest.'",
        "tags='dark blue fox, dark blue fox, fur'",
        "HTML_web_color_name='darkblue'",
    ]


def test_what_had_no_colour_gets_one_with_its_article() -> None:
    assert changes("could the owl be white?") == [
        "description='An old red fox and a white owl in a wood.'",
        "'The picture shows a red fox and a white owl.'",
        "tags='red fox, white owl, wood'",
        "# Add a white owl.",
        "description='A white owl.'",
        "'A white owl sits there.'",
        "tags='white owl, feathers'",
        "HTML_web_color_name='white'",
    ]


@pytest.mark.parametrize(
    "request_",
    [
        "make the red fox blue",
        "the fox should be blue, not red",
        "i want a blue fox",
        "blue fox please",
    ],
)
def test_ways_to_ask(request_: str) -> None:
    assert "# Add an old blue fox at rest." in changes(request_)


@pytest.mark.parametrize(
    "request_",
    [
        "move the fox to the left",  # no colour
        "make the fox red",  # it is
        "add a white owl beside the fox",
        "replace the fox with a red panda",
        "remove the white owl",
        "turn the fox into a blue bird",
        "make the fox blue and the owl green",
        "make the fox as white as the owl",  # which one is not certain
        "make the sea blue",  # there is none
        "",
    ],
)
def test_what_asks_for_no_colour_or_for_more(request_: str) -> None:
    assert recolored(REPLY, request_) is None


@given(st.text(), st.text())
def test_any_text_will_do(reply: str, request: str) -> None:
    recolored(reply, request)
    recolored(REPLY + reply, request + " blue fox")


def test_the_canvas_stays_whole() -> None:
    before, after = interpret(REPLY).canvas, interpret(recolored(REPLY, "blue fox") or "").canvas
    assert before is not None
    assert after is not None
    assert after.regions[0].color_name == "blue"
    assert after.regions[1] == before.regions[1]
    assert after.regions[0].rect == before.regions[0].rect
