"""Texts of a condition as prose: nothing is lost, and every text fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lib_omost.render.prose import prose

WORD = st.text("abcdefgh", min_size=1, max_size=40)
TEXT = st.lists(WORD, max_size=30).map(" ".join)


def count(text: str) -> int:
    return len(text)


def test_what_fits_is_one_text() -> None:
    made = prose(("a scene", "a boat"), ("red", "with a white sail, at anchor"), count, 200)
    assert made.texts == ("a scene. a boat. red. with a white sail, at anchor.",)
    assert made.notices == ()
    assert prose(("",), (), count, 10).texts == ("",)


def test_every_further_text_repeats_the_prefix() -> None:
    made = prose(("a boat",), ("one two three", "four five six", "seven eight"), count, 24)
    assert made.texts == ("a boat. one two three.", "a boat. four five six.", "a boat. seven eight.")
    assert made.notices == (
        "“a boat. one two three. four five six. seven eight.” has 50 tokens, more than the 24 that can be read at "
        "once; it is read in 3 parts.",
    )


@given(st.lists(TEXT, max_size=2), st.lists(TEXT, max_size=6), st.integers(8, 120))
def test_nothing_is_lost_and_every_text_fits(prefixes: list[str], suffixes: list[str], capacity: int) -> None:
    made = prose(prefixes, suffixes, count, capacity)
    assert all(count(text) <= capacity for text in made.texts)
    assert bool(made.notices) == (len(made.texts) > 1)
    letters = "".join(made.texts).replace(" ", "").replace(".", "")
    for text in (*prefixes, *suffixes):
        assert all(letter in letters for letter in text.replace(" ", ""))
    if len(made.texts) == 1:
        assert letters == "".join((*prefixes, *suffixes)).replace(" ", "")
