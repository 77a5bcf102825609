"""What the painter's reader is told of a region in place of its description."""

from __future__ import annotations

import pytest

from lib_omost.embedded.painter.gist import NOTHING, thing_gist


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("A corgi.", "A dog."),
        ("A queen.", "A princess."),
        ("Some lighthouses on a cliff.", "Two lighthouse."),
        ("A treehouse with a rope ladder.", "A hut."),
        ("An old grey man.", "A old man."),
        ("A woman with curly red hair.", "A woman with red hair."),
        ("An owl perched on a stack of books.", "A owl."),
        ("A crystal ball.", "A crystal ball."),
        ("A man walking his dog.", "A man walking."),
        ("A tiny man walking his dog.", "A man walking."),
        ("A red house with a garden.", "A red house with a garden."),
        ("The Statue of Liberty at night.", "A statue of liberty."),
        ("An ice cream truck.", "A truck."),
        ("A dark rainbow overhead.", "A rainbow."),
        ("The army helmet stands on the left.", "A helmet."),
    ],
)
def test_the_head_of_the_description_is_the_thing(description: str, gist: str) -> None:
    assert thing_gist(description) == gist


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("A portrait of a pirate.", "A bearded man."),
        ("A bowl of ramen with chopsticks.", "A ramen."),
        ("A cup of coffee.", "A cup of coffee."),
        ("Two bowls of noodles.", "Two ramen."),
        ("A bowl of noodles.", "A ramen."),
        ("A vase of sunflowers.", "Two sunflower."),
        ("Three cups of coffee.", "Three cup of coffee."),
        ("A flock of sheep.", "Three sheep."),
        ("A pair of shoes.", "Two shoe."),
        ("A stack of books.", "A books."),
        ("A castle of stone.", "A castle."),
    ],
)
def test_what_a_group_or_a_dish_is_of_is_seen(description: str, gist: str) -> None:
    assert thing_gist(description) == gist


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("A red dragon.", "A red dragon."),
        ("A dark blue vintage car.", "A dark blue car."),
        ("A light green dragon.", "A light green dragon."),
        ("A crimson umbrella.", "A red umbrella."),
        ("A black sheep.", "A black sheep."),
        ("A girl in a red raincoat.", "A girl."),  # of what she wears
        ("A blue-eyed cat.", "A cat."),
        ("A black and white cat.", "A cat."),
        ("A black cat.", "A black cat."),  # a thing by itself
        ("Orange juice.", "A tropical drink."),  # a kind of juice
        ("A grey wolf.", "A wolf."),  # its colour already
        ("A black woman.", "A woman."),
    ],
)
def test_a_colour_is_the_head_s(description: str, gist: str) -> None:
    assert thing_gist(description) == gist


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("Three blue foxes.", "Three blue fox."),
        ("4 penguins.", "Four penguin."),
        ("Twelve monkeys.", "Four monkey."),
        ("Women.", "Two woman."),
        ("Two people.", "A couple."),
        ("Grapes.", "A grapes."),
        ("French fries.", "A french fries."),
    ],
)
def test_counts_go_up_to_four(description: str, gist: str) -> None:
    assert thing_gist(description) == gist


@pytest.mark.parametrize("description", ["A wooden ceiling.", "The grass.", "A cozy reading nook."])
def test_what_nothing_stands_for_is_left_out(description: str) -> None:
    assert thing_gist(description) == NOTHING


@pytest.mark.parametrize("description", ["A blorptang.", "Ein Hund.", "", "!!!"])
def test_what_the_lexicon_does_not_know_is_left_to_the_reader(description: str) -> None:
    assert thing_gist(description) is None


@pytest.mark.parametrize(
    ("description", "gist"),
    [
        ("Two orange oncoming police cars.", "Two orange oncoming police car."),
        ("Her old woman in motorized wheelchair.", "A woman in motorized wheelchair."),
        ("A couple of women with curly hair.", "Two woman with curly hair."),
        ("His man without hair defending the place,", "A man without hair."),
        ("A person skiing down a slope.", "A skier."),
        ("One gentle eccentric is standing on the cat", "A man."),
        ("Portrait of the ceiling.", "Nothing."),
        ("Three old caves.", "Three cave."),
        ("A vending machine.", "A slot machine."),
        ("Golden rings.", "Two golden ring."),
    ],
)
def test_names_of_several_words_are_found_in_any_number_and_with_adjectives(description: str, gist: str) -> None:
    assert thing_gist(description) == gist
