"""The guard against crowds: which places become less likely, and which are left alone."""

from __future__ import annotations

import pytest
import torch

from lib_omost.canvas.vocabulary import AREAS
from lib_omost.llm.steering.crowding import MIDDLE, ROOM, SHARED, CrowdGuard

BEGIN, LOCATION, OFFSET, AREA = (
    "canvas.add_local_description(\n", "    location='", "    offset='no offset',\n", "    area='",
)  # fmt: skip
WORDS = [
    BEGIN, LOCATION, OFFSET, AREA, "in", "on", " the center", " the left", " the right", "',\n", "in the center",
    "a small square area", "a large square area", "a small", " square area", ")", "# Add a fox\n", "# Add an owl\n",
]  # fmt: skip
INDEX = {word: index for index, word in enumerate(WORDS)}


def guard(*words: str, expected: int = 0, earlier: str = "") -> CrowdGuard:
    """A guard that has seen these words."""
    made = CrowdGuard(lambda token: WORDS[token].encode(), expected, earlier)
    for word in words:
        made.accept(INDEX[word])
    return made


def region(place: tuple[str, ...], *area: str) -> tuple[str, ...]:
    """The words of a region's place, its area not yet said where none is given."""
    said = (BEGIN, LOCATION, *place, "',\n", OFFSET, AREA)
    return (*said, *area, "',\n") if area else said


def lowered(made: CrowdGuard) -> dict[str, float]:
    cost = -made.adjust(torch.zeros(len(WORDS)))
    return {WORDS[at]: round(value, 4) for at, value in enumerate(cost.tolist()) if value}


CENTER = region(("in", " the center"), "a small square area")


def test_the_first_region_stands_where_it_likes() -> None:
    assert lowered(guard(BEGIN, LOCATION)) == {}
    assert lowered(guard(*region(("in", " the center")))) == {}


def test_who_is_not_to_be_alone_leaves_room() -> None:
    found = lowered(guard(BEGIN, LOCATION, expected=2))
    assert found == pytest.approx({"in": MIDDLE, "in the center": MIDDLE})
    areas = lowered(guard(*region(("in", " the center")), expected=2))
    assert 0 < areas["a large square area"] - MIDDLE < ROOM
    assert areas["a small square area"] == pytest.approx(MIDDLE), (
        "any area in the middle costs the same up to its share"
    )
    last = guard(*region(("on", " the left"), "a small square area"), *region(("on", " the right")), expected=2)
    assert lowered(last).get("a large square area", 0.0) < ROOM / 3, "nobody else is expected"


def test_a_place_that_is_taken_is_less_likely() -> None:
    found = lowered(guard(*CENTER, BEGIN, LOCATION))
    assert found["in"] == found["in the center"] == pytest.approx(SHARED)
    assert found["on"] < 0.5 * SHARED, "the corners are nearly free"


def test_what_has_begun_goes_on_where_most_is_free() -> None:
    found = lowered(guard(*CENTER, BEGIN, LOCATION, "on"))
    assert found[" the left"] == found[" the right"] == pytest.approx(0.5 * SHARED)
    assert " the center" not in found, "no location begins so, and the grammar sees to that"


def test_an_area_is_chosen_by_what_it_would_cover() -> None:
    found = lowered(guard(*CENTER, *region(("on", " the left"))))
    assert found["a large square area"] > found.get("a small square area", 0.0)
    assert found.get("a small", 0.0) <= found.get("a small square area", 0.0)
    assert all(0 < cost <= SHARED + 1e-4 for cost in found.values())
    assert len(AREAS) > 2


def test_other_lines_and_unknown_words_are_let_be() -> None:
    assert lowered(guard(*CENTER, BEGIN)) == {}
    odd = region(("in", " the left"), "a small square area")  # not of the vocabulary
    assert lowered(guard(*odd, BEGIN, LOCATION)) == {}


def test_a_region_of_the_reply_before_stays_and_a_new_one_finds_its_place() -> None:
    earlier = "# Add a fox\ncanvas.add_local_description("
    assert lowered(guard(*CENTER, "# Add a fox\n", BEGIN, LOCATION, earlier=earlier)) == {}
    assert lowered(guard(*CENTER, "# Add an owl\n", BEGIN, LOCATION, earlier=earlier))["in"] == pytest.approx(SHARED)
