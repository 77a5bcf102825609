from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import rect_of
from lib_omost.embedded.composer.layout import CLOSE, Spot, all_spots, arrange, overlap
from lib_omost.embedded.composer.reader import read


def middle(spot: Spot) -> tuple[float, float]:
    return (spot.rect.left + spot.rect.right) / 2, (spot.rect.top + spot.rect.bottom) / 2


def test_every_rectangle_of_the_vocabulary_has_one_spot() -> None:
    spots = all_spots()
    assert len(spots) == 661
    assert all(rect_of(spot.location, spot.offset, spot.area) == spot.rect for spot in spots)


def test_shared_is_of_the_smaller_one() -> None:
    assert overlap(Rect(0, 90, 0, 90), Rect(0, 10, 0, 10)) == 1.0
    assert overlap(Rect(0, 10, 0, 10), Rect(0, 10, 5, 25)) == 0.5
    assert overlap(Rect(0, 10, 0, 10), Rect(10, 20, 0, 10)) == 0.0


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a cat", "a castle", "the moon", "two wolves", "a candle", "a ship", "a tall tree"]),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    st.sampled_from([", ", " on ", " under ", " holding ", " riding ", " next to ", " in front of "]),
)
def test_whichever_places_are_chosen_nothing_buries_another_without_a_reason(things: list[str], joint: str) -> None:
    brief = read(joint.join(things))
    placements = arrange(brief.things, brief.links)
    close = {frozenset((link.one, link.other)) for link in brief.links if link.relation in CLOSE}
    for (one, placement), (other, beside) in combinations(enumerate(placements), 2):
        if frozenset((one, other)) not in close:
            assert all(overlap(a.rect, b.rect) <= 1 / 3 for a in placement.spots for b in beside.spots)


def test_the_sky_is_above_and_riders_are_on_their_mounts() -> None:
    brief = read("a castle, a dragon in the sky")
    castle, dragon = arrange(brief.things, brief.links)
    assert middle(dragon.spots[0])[1] < middle(castle.spots[0])[1]
    brief = read("an astronaut riding a horse")
    rider, mount = arrange(brief.things, brief.links)
    assert middle(rider.spots[0])[1] < middle(mount.spots[0])[1]
    assert rider.distance < mount.distance
    assert overlap(rider.spots[0].rect, mount.spots[0].rect) > 0


def test_what_is_held_is_nearer_than_its_holder() -> None:
    brief = read("a wizard holding a crystal ball")
    wizard, ball = arrange(brief.things, brief.links)
    assert ball.distance < wizard.distance
    assert ball.spots[0].rect.area <= wizard.spots[0].rect.area


@pytest.mark.parametrize(("where", "axis", "low"), [("left", 0, True), ("right", 0, False), ("top", 1, True)])
def test_a_place_that_is_asked_for_is_kept(where: str, axis: int, low: bool) -> None:
    brief = read("a dog")
    (placement,) = arrange(brief.things, (), [Rect(20, 70, 20, 70)], where)
    assert all((middle(spot)[axis] < 45) == low for spot in placement.spots)


def test_what_is_under_a_tree_stands_at_its_foot_and_what_is_under_the_moon_below_it() -> None:
    for prompt in ("a monk under a tree", "a submarine below an iceberg", "a cat under the moon"):
        brief = read(prompt)
        one, other = (placement.spots[0].rect for placement in arrange(brief.things, brief.links))
        assert one.top + one.bottom > other.top + other.bottom, prompt
    brief = read("a monk under a tree")
    monk, tree = (placement.spots[0].rect for placement in arrange(brief.things, brief.links))
    assert overlap(monk, tree) > 0.5
    assert monk.area < tree.area
