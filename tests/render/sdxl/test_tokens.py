from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.render.sdxl.tokens import Bags, bags
from tests.render.tiny import tokenizer

ONE = tokenizer()
MERGING = tokenizer(merges=(("a", "b"), ("ab", "c</w>")))


def text_of(row: tuple[int, ...]) -> str:
    """What a bag says, without blanks: the tokenizer drops them."""
    return ONE.decode(row, skip_special_tokens=True).replace(" ", "")


def texts(found: Bags) -> list[str]:
    return [text_of(row) for row in found.ids[0]]


def test_a_bag_is_bos_prefix_suffixes_eos_and_padding() -> None:
    pad = tokenizer(pad="!")
    found = bags([" ,a cat.."], ["on a mat", " .,", "red,\n"], [ONE, pad])
    assert len(found) == 1
    words = [ONE("a cat. on a mat. red.", add_special_tokens=False)["input_ids"]]
    expected = [ONE.bos_token_id, *words[0], ONE.eos_token_id]
    assert found.ids[0][0] == tuple(expected + [ONE.eos_token_id] * (77 - len(expected)))
    assert found.ids[1][0] == tuple(expected + [pad.convert_tokens_to_ids("!")] * (77 - len(expected)))
    assert found.notices == ()


def test_a_new_bag_begins_when_the_next_suffix_does_not_fit_and_repeats_the_prefix() -> None:
    # 1 + 1 tokens of prefix leave 8 of 10; suffixes of 4, 4, 3 and 6 tokens.
    found = bags(["p"], ["aaa", "bbb", "cc", "ddddd"], [ONE], capacity=10)
    assert texts(found) == ["p.aaa.bbb.", "p.cc.", "p.ddddd."]
    assert all(len(row) == 12 for row in found.ids[0])


def test_a_suffix_that_fills_the_room_exactly_still_fits() -> None:
    assert texts(bags(["p"], ["aaaaaaa"], [ONE], capacity=10)) == ["p.aaaaaaa."]


def test_a_long_prefix_is_shortened_with_a_notice_and_every_suffix_kept() -> None:
    prefix = "first clause, " + "second clause, " * 6
    found = bags([prefix], ["one", "two", "three"], [ONE])
    said = texts(found)
    assert all(row.startswith("firstclause,secondclause,") for row in said)
    for suffix in ("one.", "two.", "three."):
        assert sum(suffix in row for row in said) == 1
    assert sum(row.count("secondclause") for row in said) >= 6, "the end of the prefix is read too"
    assert len(set(said)) == len(said), "no identical bags"
    assert any("repeated" in notice for notice in found.notices)


def test_a_fitting_prefix_is_left_alone_however_long() -> None:
    found = bags(["p" * 65], ["ab"], [ONE])
    assert texts(found) == ["p" * 65 + ".ab."]
    assert found.notices == ()


def test_a_long_sub_prompt_is_split_at_a_clause_and_nothing_is_lost() -> None:
    clauses = ["a quick brown fox jumps", "over the lazy old dog", "and sleeps in the sun", "until the night comes in"]
    found = bags(["p"], [", ".join(clauses)], [ONE])
    said = texts(found)
    assert len(said) > 1
    for clause in clauses:
        assert sum(clause.replace(" ", "") in row for row in said) == 1
    assert any("parts" in notice for notice in found.notices)


def test_a_word_longer_than_a_bag_is_cut_between_tokens() -> None:
    found = bags(["p"], ["x" * 200], [ONE])
    assert sum(row.count("x") for row in texts(found)) == 200


def test_tokenizers_that_disagree_are_bagged_by_the_longer() -> None:
    # "abc" is three tokens for the one and one for the other.
    found = bags(["p"], ["abc abc", "abc abc", "abc"], [MERGING, ONE], capacity=10)
    assert len(found.ids[0]) == len(found.ids[1]) == 3
    assert all(len(row) == 12 for rows in found.ids for row in rows)


def test_without_suffixes_the_prefix_is_one_bag() -> None:
    assert texts(bags(["a cat"], [], [ONE])) == ["acat."]
    assert texts(bags(["a cat"], ["", " ,."], [ONE])) == ["acat."]


def test_without_suffixes_a_prefix_longer_than_a_bag_is_read_in_parts() -> None:
    assert sum(row.count("word") for row in texts(bags(["word " * 40], [], [ONE]))) == 40


def test_no_text_at_all_is_one_empty_bag() -> None:
    found = bags([], [], [ONE])
    assert found.ids[0] == ((ONE.bos_token_id, *[ONE.eos_token_id] * 76),)


def test_special_tokens_written_in_a_text_are_characters() -> None:
    found = bags(["<|endoftext|> a <|startoftext|>"], ["b"], [ONE])
    row = found.ids[0][0]
    first_end = row.index(ONE.eos_token_id)
    assert row.count(ONE.bos_token_id) == 1
    assert set(row[first_end:]) == {ONE.eos_token_id}
    assert "<|endoftext|>a<|startoftext|>" in text_of(row)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="ab ,.x", max_size=60), max_size=2),
    st.lists(st.text(alphabet="abc ,.x", max_size=120), max_size=5),
    st.integers(6, 75),
)
def test_no_letter_is_ever_lost(prefixes: list[str], suffixes: list[str], capacity: int) -> None:
    found = bags(prefixes, suffixes, [ONE, MERGING], capacity)
    said = texts(found)
    for reader, rows in zip((ONE, MERGING), found.ids, strict=True):
        assert len(rows) == len(said)
        for row in rows:
            assert len(row) == capacity + 2
            assert row[0] == reader.bos_token_id
            assert reader.eos_token_id in row
    for letter in "abcx":
        written = sum(text.count(letter) for text in [*prefixes, *suffixes])
        assert sum(row.count(letter) for row in said) >= written
