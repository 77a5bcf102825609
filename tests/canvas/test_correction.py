from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.canvas.correction import Match, match_area, match_location, match_offset, one_typo_apart
from lib_omost.canvas.vocabulary import (
    AREAS,
    DEFAULT_AREA,
    DEFAULT_LOCATION,
    DEFAULT_OFFSET,
    LOCATIONS,
    OFFSETS,
)

LOCATION_PHRASES = {
    "in the middle": "in the center",
    "center": "in the center",
    "in the centre of the image": "in the center",
    "In The Center": "in the center",
    "in the very center": "in the center",
    "top": "on the top",
    "at the top": "on the top",
    "top center": "on the top",
    "middle left": "on the left",
    "on the far left": "on the left",
    "on the left side": "on the left",
    "bottom": "on the bottom",
    "botom": "on the bottom",
    "top left": "on the top-left",
    "topleft": "on the top-left",
    "upper left": "on the top-left",
    "on the upper left": "on the top-left",
    "on the top left": "on the top-left",
    "in the top-left corner": "on the top-left",
    "on_the_top_left": "on the top-left",
    "the lower right": "on the bottom-right",
    "on the bottom–right": "on the bottom-right",
}
OFFSET_PHRASES = {
    "slightly to the top": "slightly to the upper",
    "slightly to the bottom": "slightly to the lower",
    "slightly up": "slightly to the upper",
    "to the left": "slightly to the left",
    "slighty to the left": "slightly to the left",
    "slightly to the upper left": "slightly to the upper-left",
    "slightly to the top-right": "slightly to the upper-right",
    "slightly lower": "slightly to the lower",
    "none": "no offset",
    "No Offset": "no offset",
    "no": "no offset",
}
AREA_PHRASES = {
    "a big square area": "a large square area",
    "a medium square area": "a medium-sized square area",
    "medium-sized square area": "a medium-sized square area",
    "a medium sized horizontal area": "a medium-sized horizontal area",
    "a tiny vertical area": "a small vertical area",
    "a huge wide area": "a large horizontal area",
    "A LARGE SQUARE AREA": "a large square area",
    "a small squre area": "a small square area",
}


@pytest.mark.parametrize(("text", "value"), LOCATION_PHRASES.items())
def test_locations(text: str, value: str) -> None:
    assert match_location(text) == Match(value, "corrected")


@pytest.mark.parametrize(("text", "value"), OFFSET_PHRASES.items())
def test_offsets(text: str, value: str) -> None:
    assert match_offset(text) == Match(value, "corrected")


@pytest.mark.parametrize(("text", "value"), AREA_PHRASES.items())
def test_areas(text: str, value: str) -> None:
    assert match_area(text) == Match(value, "corrected")


@pytest.mark.parametrize(
    "text", ["", "?", "lift", "on the left right", "in the background", "slightly to the left", "everywhere", "x" * 500]
)
def test_a_location_that_is_not_safely_known_is_the_default(text: str) -> None:
    assert match_location(text) == Match(DEFAULT_LOCATION, "defaulted")


@pytest.mark.parametrize(
    "text", ["", "far to the left", "slightly to the light", "to the center", "no offset to left", "5"]
)
def test_an_offset_that_is_not_safely_known_is_the_default(text: str) -> None:
    assert match_offset(text) == Match(DEFAULT_OFFSET, "defaulted")


@pytest.mark.parametrize("text", ["", "area", "a round thing", "a large small area", "a square horizontal area"])
def test_an_area_that_is_not_safely_known_is_the_default(text: str) -> None:
    assert match_area(text) == Match(DEFAULT_AREA, "defaulted")


def test_half_an_area_keeps_its_half() -> None:
    assert match_area("a large area") == Match("a large square area", "defaulted")
    assert match_area("vertical") == Match("a medium-sized vertical area", "defaulted")


@given(st.sampled_from(sorted(LOCATIONS)), st.sampled_from(sorted(OFFSETS)), st.sampled_from(sorted(AREAS)))
def test_the_vocabulary_matches_itself(location: str, offset: str, area: str) -> None:
    for match, text in ((match_location, location), (match_offset, offset), (match_area, area)):
        assert match(text) == Match(text, "exact")
        assert match(text.upper()) == Match(text, "corrected")
        assert match(f" {text.replace('-', ' ')}  ").value == text


@given(st.text())
def test_any_text_has_a_match_in_the_tables(text: str) -> None:
    assert match_location(text).value in LOCATIONS
    assert match_offset(text).value in OFFSETS
    assert match_area(text).value in AREAS


def reference_one_typo(a: str, b: str) -> bool:
    if a == b:
        return False
    letters = "abc"
    edits = {a[:i] + a[i + 1 :] for i in range(len(a))}
    edits |= {a[:i] + letter + a[i:] for i in range(len(a) + 1) for letter in letters}
    edits |= {a[:i] + letter + a[i + 1 :] for i in range(len(a)) for letter in letters}
    edits |= {a[:i] + a[i + 1] + a[i] + a[i + 2 :] for i in range(len(a) - 1)}
    return b in edits


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_typo_is_one_edit(a: str, b: str) -> None:
    assert one_typo_apart(a, b) == reference_one_typo(a, b)
