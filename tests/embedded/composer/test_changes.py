from __future__ import annotations

import time

import pytest

from lib_omost.embedded.composer.change import Change
from lib_omost.embedded.composer.changes import not_understood, read_changes
from lib_omost.embedded.composer.mentions import noun_of

REGIONS = ["A black cat.", "An owl on a branch.", "Two old samurai.", "A cherry tree."]


def asked(request: str) -> list[tuple[str, tuple[int, ...], str, list[str]]]:
    changes = read_changes(request, REGIONS)
    return [(change.kind, change.targets, change.value, [thing.words for thing in change.things]) for change in changes]


@pytest.mark.parametrize(
    ("request_", "changes"),
    [
        ("remove the owl", [("remove", (1,), "", [])]),
        ("I don’t want the cat anymore", [("remove", (0,), "", [])]),
        ("make the cat orange", [("recolor", (0,), "orange", [])]),
        ("the cat should be orange", [("recolor", (0,), "orange", [])]),
        ("move the owl to the top left", [("move", (1,), "left top", [])]),
        ("the tree should be bigger", [("resize", (3,), "bigger", [])]),
        ("replace the samurai with two robots", [("replace", (2,), "", ["two robots"])]),
        ("turn the owl into a raven", [("replace", (1,), "", ["a raven"])]),
        ("instead of the cat, use a dog", [("replace", (0,), "", ["a dog"])]),
        ("make it night", [("whole", (), "at night", [])]),
        ("in the rain please", [("whole", (), "in the rain", [])]),
        ("make everything darker", [("whole", (), "darker", [])]),
        ("remove the cat and the owl", [("remove", (0,), "", []), ("remove", (1,), "", [])]),
        ("make the tree blue and the cat pink", [("recolor", (3,), "blue", []), ("recolor", (0,), "pink", [])]),
        (
            "move the cat to the left, make it smaller and add a moon",
            [("move", (0,), "left", []), ("resize", (0,), "smaller", []), ("add", (), "", ["a moon"])],
        ),
        ("give the samurai a flag", [("add", (2,), "", ["a flag"])]),
        ("add a lantern on the right", [("add", (), "right", ["a lantern"])]),
        ("a fox would be nice too", [("add", (), "", ["a fox"])]),
        ("the tree should be larger and in the center", [("resize", (3,), "bigger", []), ("move", (3,), "center", [])]),
        ("the tree is too big", [("resize", (3,), "smaller", [])]),
        ("bring the owl to the front", [("depth", (1,), "front", [])]),
        ("only one samurai", [("replace", (2,), "", ["one samurai"])]),
        ("three cats instead of one", [("replace", (0,), "", ["three cats"])]),
        ("remove one of the samurai", [("replace", (2,), "", ["one samurai"])]),
        ("remove one of the samurai in the rain", [("replace", (2,), "", ["one samurai"])]),
        ("add a little fox", [("add", (), "", ["a little fox"])]),
        ("give the samurai a little flag", [("add", (2,), "", ["a little flag"])]),
        ("make the owl a little bigger", [("resize", (1,), "bigger", [])]),
        ("a full moon in the upper right corner please", [("add", (), "right top", ["a full moon"])]),
        ("remove everything except the owl", [("remove", (0, 2, 3), "", [])]),
        ("instead of the cat i want a dog", [("replace", (0,), "", ["a dog"])]),
        ("the owl could be a lot bigger", [("resize", (1,), "bigger", [])]),
        ("what about a fox?", [("add", (), "", ["a fox"])]),
        ("the owl should hold a letter", [("add", (1,), "", ["a letter"])]),
    ],
)
def test_changes_are_read(request_: str, changes: list[tuple[str, tuple[int, ...], str, list[str]]]) -> None:
    assert asked(request_) == changes


def test_what_is_not_understood_concerns_the_whole_picture() -> None:
    assert read_changes("hmm", REGIONS) == (Change("whole", value="hmm"),)


def test_the_noun_of_a_description_has_the_nouns_before_it() -> None:
    assert noun_of("A cherry tree.") == "cherry tree"
    assert noun_of("An old wizard with a long beard.") == "wizard"
    assert noun_of("???") == "???"


def test_a_long_request_is_read_in_no_time() -> None:
    begun = time.process_time()
    for text in (
        "make the " * 3000,
        "turn a into b " * 2000,
        "a should become " * 2000,
        "x" * 50_000,
        "instead of " * 900,
    ):
        read_changes(text, REGIONS)
    assert time.process_time() - begun < 5


def test_what_the_whole_picture_names_is_replaced_or_coloured_in_its_description() -> None:
    scene = "A cat and a dog in a field under the sky"
    regions = ["A cat.", "A dog."]
    (beach,) = read_changes("change the field to a beach", regions, scene)
    assert (beach.kind, beach.value, beach.old) == ("whole", "a beach", "field")
    (pink,) = read_changes("make the sky pink", regions, scene)
    assert (pink.kind, pink.value, pink.old) == ("recolor", "pink", "sky")


def test_another_word_for_what_a_region_shows_refers_to_it() -> None:
    changes = read_changes("delete the gulls and the ship", ["A ship.", "Seagulls."])
    assert [(one.kind, one.targets) for one in changes] == [("remove", (1,)), ("remove", (0,))]


def test_a_command_that_was_not_understood_is_told() -> None:
    assert not_understood(read_changes("zoom out", ["A cat."])) == ["zoom out"]
    assert not not_understood(read_changes("make it foggy", ["A cat."]))


@pytest.mark.parametrize(
    ("request_", "changes"),
    [
        ("remove everything but the cat", [("remove", (1,), "", [])]),
        ("only keep the owl", [("remove", (0,), "", [])]),
        ("the cat looks wrong, remove it", [("remove", (0,), "", [])]),
        ("make the cat blue instead of red", [("recolor", (0,), "blue", [])]),
        ("i'd rather have a dog than a cat", [("replace", (0,), "", ["a dog"])]),
        ("use a dog in place of the cat", [("replace", (0,), "", ["a dog"])]),
        ("swap the cat and the owl for two dogs", [("replace", (0, 1), "", ["two dogs"])]),
        ("can the cat and the owl be bigger?", [("resize", (0, 1), "bigger", [])]),
        ("enlarge both", [("resize", (0, 1), "bigger", [])]),
        ("add a bone, no wait, a fish", [("add", (), "", ["a fish"])]),
        ("lots of stars please", [("add", (), "", ["lots of stars"])]),
        ("add 3 butterflies above the cat", [("add", (0,), "", ["3 butterflies"])]),
        ("a second owl on the left", [("add", (1,), "left", ["a second owl"])]),
        ("the cat is too far to the left", [("move", (0,), "right", [])]),
        ("turn it into a night scene with a full moon", [("add", (), "", ["a full moon"]), ("whole", (), "", [])]),
        ("make it black and white", [("whole", (), "black-and-white", [])]),
        ("i dont want the cat", [("remove", (0,), "", [])]),
    ],
)
def test_further_wordings(request_: str, changes: list[tuple[str, tuple[int, ...], str, list[str]]]) -> None:
    found = read_changes(request_, ["A cat.", "An owl."])
    said = [
        (one.kind, one.targets, value, [thing.words for thing in one.things])
        for one, (_, _, wanted, _) in zip(found, changes, strict=False)
        for value in [one.value if wanted else ""]
    ]
    assert said == changes
    assert len(found) == len(changes)
