from __future__ import annotations

import pytest

from lib_omost.embedded.lexicon import FOLDER, lexicon


@pytest.mark.parametrize(
    ("word", "kind", "label"),
    [
        ("corgi", "animal", "dog"),
        ("locomotives", "vehicle", "steam train"),
        ("viaduct", "building", "bridge"),
        ("geese", "animal", "goose"),
        ("hot dogs", "food", "hot dog"),
        ("raincoat", "clothing", "coat"),
        ("Astronaut", "person", "astronaut"),
        ("queen", "person", "princess"),
        ("lighthouses", "building", "lighthouse"),
        ("desk", "furniture", "table"),
        ("carpet", "furniture", "rug"),
        ("streetlight", "object", "street lamp"),
        ("wren", "animal", "bird"),
        ("waves", "nature", "wave"),
        ("women", "person", "woman"),
        ("cookies", "food", "cookie"),
        ("cities", "scene", "city"),
    ],
)
def test_a_noun_is_known_by_its_kind_and_what_is_drawn_for_it(word: str, kind: str, label: str) -> None:
    noun = lexicon().noun(word)
    assert noun is not None
    assert noun.kind == kind
    assert noun.nearest[0] == label


@pytest.mark.parametrize("word", ["ceiling", "lawns", "saddle"])
def test_what_nothing_in_the_art_is_like_has_nothing_drawn_for_it(word: str) -> None:
    noun = lexicon().noun(word)
    assert noun is not None
    assert noun.nearest == ()


def test_a_waitress_is_drawn_as_a_person() -> None:
    noun = lexicon().noun("waitress")
    assert noun is not None
    assert "woman" in noun.nearest


@pytest.mark.parametrize("word", ["although", "blorptang", "of", ""])
def test_what_is_no_noun_is_none(word: str) -> None:
    assert lexicon().noun(word) is None


def test_plurals_are_distinguished_from_nouns_with_the_same_ending() -> None:
    assert lexicon().is_plural("wolves")
    assert lexicon().is_plural("children")
    assert not lexicon().is_plural("glass")
    assert not lexicon().is_plural("cactus")


def test_parts_of_speech_come_with_the_most_usual_first() -> None:
    assert lexicon().parts_of_speech("chasing")[0] == "v"
    assert lexicon().parts_of_speech("red")[0] == "a"
    assert lexicon().parts_of_speech("der") == ""
    assert lexicon().verb("rode") == "ride"


def test_the_files_stay_small_and_every_row_can_be_read() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_000_000
    for word in lexicon()._rows:
        lexicon()._read(word)
