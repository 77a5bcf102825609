from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.embedded.composer.brief import Link
from lib_omost.embedded.composer.reader import MAX_THINGS, MAX_WORDS, read
from lib_omost.embedded.lexicon import lexicon


def words(prompt: str) -> list[str]:
    return [thing.words for thing in read(prompt).things]


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        (
            "portrait of an old wizard with a long beard holding a glowing crystal ball",
            ["an old wizard with a long beard", "a glowing crystal ball"],
        ),
        ("a girl in a red raincoat walking a corgi", ["a girl in a red raincoat", "a corgi"]),
        ("an owl perched on a stack of books next to a candle", ["an owl", "a stack of books", "a candle"]),
        ("generate an image of the fierce battle of warriors and a dragon", ["warriors", "a dragon"]),
        ("a dog chases a cat", ["a dog", "a cat"]),
        ("a black and white cat", ["a black and white cat"]),
        ("logo for a coffee shop called Blue Fox, with a fox holding a mug", ["a fox", "a mug"]),
        ("my grandmother’s cat", ["my grandmother's cat"]),
        ("a blorptang and a cat", ["a blorptang", "a cat"]),
        ("a robot painting a portrait of a woman", ["a robot", "a portrait of a woman"]),
        ("people waiting at a bus stop", ["people", "a bus stop"]),
        ("cat", ["cat"]),
        ("a kitchen", ["a kitchen"]),
        ("", ["something"]),
        ("!!!", ["something"]),
    ],
)
def test_things_are_read_in_the_words_of_the_prompt(prompt: str, things: list[str]) -> None:
    assert words(prompt) == things


@pytest.mark.parametrize(
    ("prompt", "link"),
    [
        ("a wizard holding a crystal ball", Link(0, "holding", 1)),
        ("an astronaut riding a horse", Link(0, "riding", 1)),
        ("a vase on a table", Link(0, "on", 1)),
        ("two samurai under a cherry tree", Link(0, "under", 1)),
        ("a car in front of a diner", Link(0, "before", 1)),
        ("a knight behind a wall", Link(0, "behind", 1)),
        ("a cat next to a dog", Link(0, "beside", 1)),
        ("a dragon curled around a tower", Link(0, "in", 1)),
        ("villagers with torches", Link(0, "holding", 1)),
        ("a witch flying on her broom", Link(0, "riding", 1)),
    ],
)
def test_relations_between_things_are_read(prompt: str, link: Link) -> None:
    assert read(prompt).links == (link,)


def test_places_times_and_styles_are_the_setting_and_no_things() -> None:
    brief = read("oil painting of a fox in a misty forest at night")
    assert [thing.words for thing in brief.things] == ["a fox"]
    assert {(setting.kind, setting.words) for setting in brief.settings} == {
        ("style", "oil painting"),
        ("place", "in a misty forest"),
        ("time", "at night"),
    }


def test_what_is_in_the_sky_has_its_place_there() -> None:
    castle, dragon = read("a castle, a dragon in the sky").things
    assert (castle.place, dragon.place) == ("ground", "sky")


def test_what_a_table_is_with_stands_on_it() -> None:
    assert read("a table with a bowl and a bottle").links == (Link(1, "on", 0), Link(2, "on", 0))


def test_small_and_giant_things_have_their_size() -> None:
    snail, giant, house, tiny = read("a snail, a giant snail, a house and a tiny house").things
    assert giant.size == snail.size + 1
    assert tiny.size == house.size - 1


def test_counts() -> None:
    assert [thing.count for thing in read("two samurai, three cats, wolves and a dog").things] == [2, 3, 2, 1]


@pytest.mark.parametrize(
    "prompt",
    [
        "ein alter Mann mit einem Hund am See",
        "un gato durmiendo en una silla",
        "une maison bleue au bord de la mer",
        "赤い着物の女の子",
        "красный дракон над замком",
        "Roter Drache",
        "mach es Nacht",
        "gato negro",
        "perros jugando",
        "一只猫",
    ],
)
def test_other_languages_are_distinguished_from_english(prompt: str) -> None:
    assert not read(prompt).english


@pytest.mark.parametrize(
    "prompt", ["a cat", "Pikachu", "a café in Zürich", "a blorptang fights a zorgon", "T-Rex", "the Casa Milà"]
)
def test_strange_words_alone_are_no_other_language(prompt: str) -> None:
    assert read(prompt).english


TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(
            [
                "a",
                "the",
                "two",
                "cat",
                "dog",
                "castle",
                "stack",
                "books",
                "of",
                "on",
                "in",
                "with",
                "under",
                "holding",
                "riding",
                "and",
                ",",
                ".",
                "'",
                "’",
                "’s",
                "red",
                "flying",
                "at",
                "night",
                "-",
                "(",
                ")",
                "sky",
                "beard",
                "fighting",
                "is",
                "it",
                "12",
                "portrait",
                "picture",
                "logo",
                "for",
                "make",
                "me",
            ]
        ),
        max_size=60,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_any_text_has_a_bounded_brief(text: str) -> None:
    brief = read(text)
    assert 1 <= len(brief.things) <= MAX_THINGS
    for thing in brief.things:
        assert thing.words.strip()
        assert len(thing.words.split()) <= MAX_WORDS
        assert thing.count >= 0
    for link in brief.links:
        assert link.one != link.other
        assert max(link.one, link.other) < len(brief.things)


NOUNS = ["cat", "castle", "tractor", "wizard", "lantern", "piano", "penguin", "candle", "mountain", "bicycle"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(NOUNS), min_size=1, max_size=5, unique=True))
def test_listed_nouns_are_all_things(nouns: list[str]) -> None:
    found = read(", ".join(f"a {noun}" for noun in nouns)).things
    assert [thing.head for thing in found] == nouns
    assert all(lexicon().noun(thing.head) for thing in found)


def test_a_long_text_is_read_in_no_time() -> None:
    begun = time.monotonic()
    read("a cat on a mat and " * 5000)
    read("the the the " * 5000)
    read("x" * 100_000)
    assert time.monotonic() - begun < 5


def test_what_a_thing_is_made_of_belongs_to_it() -> None:
    (wolf, house) = read("a wolf in front of a house made of bricks").things
    assert (wolf.words, house.words) == ("a wolf", "a house made of bricks")


def test_the_waves_above_are_the_setting_and_a_nose_below_is_a_thing() -> None:
    brief = read("a shipwreck beneath the waves")
    assert [thing.words for thing in brief.things] == ["a shipwreck"]
    assert [setting.words for setting in brief.settings] == ["beneath the waves"]
    assert [thing.words for thing in read("a mosquito on a nose").things] == ["a mosquito", "a nose"]
