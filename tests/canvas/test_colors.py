from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.canvas.colors import Lab, match_color, nearest_color, oklab
from lib_omost.canvas.correction import Match
from lib_omost.canvas.vocabulary import COLORS, DEFAULT_COLOR

CORRECTED = {
    "Dark Slate Gray": "darkslategray",
    "dark-olive-green": "darkolivegreen",
    "navy blue": "navyblue",
    " red ": "red",
    "#f00": "red",
    "#FF0000": "red",
    "#ff0000cc": "red",
    "0xff0000": "red",
    "rgb(255, 0, 0)": "red",
    "rgba(0, 100%, 0, 0.5)": "lime",
    "(0, 0, 128)": "navy",
    "#8899aa": "lightslategray",
    "burgundy": "maroon",
    "charcoal": "darkslategray",
    "burgandy": "maroon",
    "forrestgreen": "forestgreen",
    "gray-blue": "lightslategray",
    "blue-grey": "lightslategray",
    "light grey-blue": "lightsteelblue",
    "deep dark red": "maroon",
    "dark teal": "darkslategray",
    "light brown": "darkgoldenrod",
    "dark brown": "saddlebrown",
    "lightbrown": "darkgoldenrod",
    "mustard yellow": "gold",
    "a shade of blue": "blue",
    "bright red": "red",
    "dark purple": "indigo",
    "light very blue": "cornflowerblue",
}


@pytest.mark.parametrize(("text", "name"), CORRECTED.items())
def test_near_misses(text: str, name: str) -> None:
    assert match_color(text) == Match(name, "corrected")


@pytest.mark.parametrize(
    "text", ["", "rainbow", "transparent", "blue or green", "dark", "#12", "rgb(1, 2, 300)", "gren", "?"]
)
def test_what_is_not_safely_known_is_the_default(text: str) -> None:
    assert match_color(text) == Match(DEFAULT_COLOR, "defaulted")


def test_mixtures_of_css_hues_land_beside_their_css_names() -> None:
    def apart(a: str, b: str) -> float:
        return sum((x - y) ** 2 for x, y in zip(oklab(COLORS[a]), oklab(COLORS[b]), strict=True)) ** 0.5

    for hue in ("red", "blue", "magenta", "cyan"):
        # "very" changes nothing but keeps the words from being looked up as one CSS name.
        assert apart(match_color(f"dark very {hue}").value, f"dark{hue}") < 0.12
    for hue in ("pink", "yellow", "salmon"):
        assert apart(match_color(f"light very {hue}").value, f"light{hue}") < 0.2


def test_oklab_by_the_published_examples() -> None:
    # Figures of the article's own test table (XYZ of sRGB red) and the definition's white and black points.
    assert oklab((255, 255, 255)) == pytest.approx(Lab(1.0, 0.0, 0.0), abs=1e-4)
    assert oklab((0, 0, 0)) == pytest.approx(Lab(0.0, 0.0, 0.0), abs=1e-6)
    assert oklab((255, 0, 0)) == pytest.approx(Lab(0.62796, 0.22486, 0.12585), abs=1e-4)
    assert oklab((0, 0, 255)) == pytest.approx(Lab(0.45201, -0.03246, -0.31153), abs=1e-4)


@given(st.sampled_from(sorted(COLORS)))
def test_every_colour_is_nearest_to_itself(name: str) -> None:
    assert match_color(name) == Match(name, "exact")
    assert COLORS[nearest_color(COLORS[name])] == COLORS[name]
    assert COLORS[match_color("#{:02x}{:02x}{:02x}".format(*COLORS[name])).value] == COLORS[name]
    spaced = re.sub(r"^(dark|light|medium)(?=.)", r"\1 ", name)
    assert COLORS[match_color(spaced).value] == COLORS[name]


@given(st.one_of(st.text(), st.text("abcdeglnrtu #(),0123456789-", max_size=40)))
def test_any_text_has_a_match(text: str) -> None:
    assert match_color(text).value in COLORS
