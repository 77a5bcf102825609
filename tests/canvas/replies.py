"""A canvas of our own and its reply, for tests that change the reply."""

from __future__ import annotations

from lib_omost.canvas import Canvas, GlobalDescription, Region, write

SCENE = GlobalDescription(
    "A lighthouse on a stormy coast.",
    ("Waves break against the rocks (and rise high).", "Rain falls in sheets, and the wind's howl is loud."),
    "lighthouse, storm, coast",
    "darkslategray",
)
TOWER = Region(
    "on the right",
    "slightly to the upper",
    "a medium-sized vertical area",
    6.0,
    "A white lighthouse with a red lantern room.",
    ("The tower stands on a cliff.", "Its beam cuts through the rain."),
    "lighthouse, tower, beam",
    "The atmosphere is lonely.",
    "The style is painterly.",
    "High detail.",
    "white",
)
BOAT = Region(
    "on the bottom-left",
    "slightly to the right",
    "a small horizontal area",
    3.5,
    "A fishing boat fighting the waves.",
    ("The boat’s bow points at the sky.",),
    "boat, waves",
    "The atmosphere is tense.",
    "The style is painterly.",
    "High detail.",
    "saddlebrown",
)
GULL = Region("on the top", "no offset", "a small square area", 4.0, "A gull.", (), "gull", color_name="snow")
CANVAS = Canvas(SCENE, (TOWER, BOAT, GULL))
REPLY = write(CANVAS)


def call(**values: str) -> str:
    """The source of an `add_local_description` call; each value is source code, and None leaves the argument out."""
    usual = {
        "location": "'on the left'",
        "offset": "'no offset'",
        "area": "'a small square area'",
        "distance_to_viewer": "5.0",
        "description": "'A dragon.'",
        "detailed_descriptions": "['It breathes fire.', 'It has wings.']",
        "tags": "'dragon, fire'",
        "atmosphere": "'tense'",
        "style": "'bold'",
        "quality_meta": "'sharp'",
        "HTML_web_color_name": "'red'",
    }
    lines = [f"    {name}={value}," for name, value in {**usual, **values}.items() if value is not None]
    return "\n".join(["canvas.add_local_description(", *lines, ")"])


DRAGON = Region(
    "on the left",
    "no offset",
    "a small square area",
    5.0,
    "A dragon.",
    ("It breathes fire.", "It has wings."),
    "dragon, fire",
    "tense",
    "bold",
    "sharp",
    "red",
)
