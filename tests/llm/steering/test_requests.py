"""What the words of an edit name, and what they want gone."""

from __future__ import annotations

import pytest

from lib_omost.llm.steering.requests import added, directions, head_noun, named, removed, things


def test_what_a_request_names() -> None:
    assert named("remove the foxes", "A red fox sleeping.")
    assert named("Make the Red one blue", "A red fox.")
    assert not named("add a hat to the left please", "A fox on the left.")
    assert not named("make it night", "An owl at rest.")


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("A red fox sleeping in the grass.", "fox"),
        ("a glass of wine", "glass"),
        ("a wounded knight", "knight"),
        ("An owl, wide awake.", "owl"),
        ("An old red fox at rest.", "fox"),
        ("a goldfish bowl next to it", "bowl"),
        ("A sleeping fox.", "fox"),
        ("one behind the rocket", "one"),
        ("fox", "fox"),
        ("", ""),
    ],
)
def test_what_a_text_speaks_of(text: str, noun: str) -> None:
    assert head_noun(text) == noun


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a black cat on a hill at night", {"cat", "hill"}),
        ("two knights riding horses toward a ruined castle", {"knight", "hors", "castle"}),
        ("the fierce battle of warriors and a dragon", {"warrior", "dragon"}),
        ("a meadow with flowers in the grass", {"meadow", "flower"}),
        ("robot", set()),
        ("", set()),
    ],
)
def test_what_a_prompt_brings_up(prompt: str, found: set[str]) -> None:
    assert things(prompt) == found


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("add a full moon", {"moon"}),
        ("Please put some red foxes on the left", {"fox"}),
        ("sprinkle in a few owls", {"owl"}),
        ("could you add a goldfish bowl next to it?", {"bowl"}),
        ("also put a small igloo somewhere", {"igloo"}),
        ("an alien is missing, add one behind the rocket", set()),
        ("put the owl on the left", set()),
        ("make it night", set()),
    ],
)
def test_what_is_to_be_added(request_: str, words: set[str]) -> None:
    assert added(request_) == words


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        ("move the fox up to the left corner", {"top", "left"}),
        ("the fox belongs in the middle", {"center"}),
        ("put the fox lower", {"bottom"}),
        ("make the fox on the left blue", set()),
        ("put a cat on the left", set()),
        ("get rid of the fox on the right", set()),
        ("the fox looks sad", set()),
    ],
)
def test_where_something_is_to_be_moved(request_: str, where: set[str]) -> None:
    assert directions(request_) == where


@pytest.mark.parametrize(
    "request_",
    [
        "please remove the owl again",
        "The owl has to go",
        "take that big owl away",
        "can you get rid of the owls?",
        "no owl please",
        "the same, but without the owl",
        "I don't like the owl",
    ],
)
def test_what_is_to_go(request_: str) -> None:
    assert removed(request_, "An owl at rest.")
    assert not removed(request_, "A red fox.")


@pytest.mark.parametrize(
    "request_",
    ["add an owl", "remove the owl's hat", "remove the hat of the owl", "remove the hat from that old owl", "", "no"],
)
def test_what_is_to_stay(request_: str) -> None:
    assert not removed(request_, "An owl at rest.")
