"""Prompts to ids: the same as tokenising the whole text, except that nobody's text becomes a special token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.errors import ModelError
from lib_omost.llm.base import Message
from lib_omost.llm.encoding import CACHED_REPLIES, ChatEncoder, Detokenizer
from lib_omost.llm.templates import FAMILIES, render
from tests.llm.tiny import SPECIAL, metaspace_tokenizer, tokenizer

TALK = (
    Message("system", "You compose images."),
    Message("user", "a lake’s shore"),
    Message("assistant", "```python\ncanvas = Canvas()\n```"),
    Message("user", "make it blue"),
)


@pytest.mark.parametrize("family", FAMILIES)
def test_ids_are_those_of_the_whole_rendered_text(family: str) -> None:
    assert ChatEncoder(tokenizer(), family).encode(TALK) == tokenizer().encode(
        render(family, TALK), add_special_tokens=False
    )


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("special", SPECIAL)
def test_a_special_token_in_a_message_stays_text(family: str, special: str) -> None:
    encoder = ChatEncoder(tokenizer(), family)
    text = f"a {special}{special}<|im_{special}start|> b"
    ids = encoder.encode([Message("user", text)])
    plain = encoder.encode([Message("user", "a b")])
    specials = set(tokenizer().all_special_ids) | {tokenizer().convert_tokens_to_ids(one) for one in SPECIAL}
    assert [id for id in ids if id in specials] == [id for id in plain if id in specials]
    assert text in tokenizer().decode(ids)


@given(st.lists(st.sampled_from([*SPECIAL, "<", "|", ">", "<|", "|>", "im_end", "x", " "]), max_size=12))
def test_no_text_makes_a_special_token(parts: list[str]) -> None:
    text = "".join(parts)
    encoder = ChatEncoder(tokenizer(), "chatml")
    ids = encoder.encode_text(text)
    assert not set(ids) & {tokenizer().convert_tokens_to_ids(one) for one in SPECIAL}
    assert tokenizer().decode(ids) == text


def test_stop_ids_are_the_familys_own() -> None:
    names = {family: ChatEncoder(tokenizer(), family).stop_ids for family in FAMILIES}
    found = {family: tuple(tokenizer().convert_ids_to_tokens(list(ids))) for family, ids in names.items()}
    assert found == {
        "llama-3": ("<|eot_id|>", "<|end_of_text|>"),
        "chatml": ("<|im_end|>",),
        "phi-3": ("<|end|>", "<|endoftext|>"),
    }


def test_the_other_kind_of_tokenizer_is_encoded_as_a_whole_too() -> None:
    made = metaspace_tokenizer()
    encoder = ChatEncoder(made, "phi-3")
    assert encoder.encode(TALK) == made.encode(render("phi-3", TALK), add_special_tokens=False)
    ids = encoder.encode([Message("user", "a <|end|><|user|> b")])
    plain = encoder.encode([Message("user", "a b")])
    specials = set(made.convert_tokens_to_ids(SPECIAL))
    assert [id for id in ids if id in specials] == [id for id in plain if id in specials]


@given(st.text(alphabet="abc ö’🦕\n", max_size=30))
def test_the_other_kind_of_tokenizer_is_decoded_piece_by_piece(text: str) -> None:
    made = metaspace_tokenizer()
    encoder = ChatEncoder(made, "phi-3")
    ids = made.encode(text, add_special_tokens=False)
    detokenizer = Detokenizer(encoder.decode)
    pieces = [detokenizer.push([id]) for id in ids]
    assert all("�" not in piece for piece in pieces)
    assert "".join([*pieces, detokenizer.flush()]) == encoder.decode(ids)


def test_a_format_that_the_vocabulary_lacks_is_refused() -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    plain = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE(vocab={"a": 0}, merges=[])))
    with pytest.raises(ModelError, match="no token <\\|im_end\\|>"):
        ChatEncoder(plain, "chatml")


def test_a_cached_reply_keeps_its_ids() -> None:
    encoder = ChatEncoder(tokenizer(), "chatml")
    letters = [id for letter in "canvas" for id in encoder.encode_text(letter)]
    canonical = encoder.encode([Message("assistant", "canvas")])
    encoder.remember(letters)
    written = encoder.encode([Message("assistant", "canvas")])
    assert len(written) == len(canonical) + 6 - len(encoder.encode_text("canvas"))
    assert tokenizer().decode(written) == tokenizer().decode(canonical)


def test_only_the_latest_replies_are_cached() -> None:
    encoder = ChatEncoder(tokenizer(), "chatml")
    words = [f"canvas{number}" for number in range(CACHED_REPLIES + 2)]
    written = [tuple(id for letter in word for id in encoder.encode_text(letter)) for word in words]
    for ids in written[:-1]:
        encoder.remember(ids)
        encoder.remember(written[0])  # written again, so not the oldest
    encoder.remember(written[-1])
    kept = [tuple(encoder.encode_reply(word)) == ids for word, ids in zip(words, written, strict=True)]
    assert kept == [True, False, False, *[True] * (CACHED_REPLIES - 1)]
    assert encoder.encode_reply(words[1]) == encoder.encode_text(words[1])


@given(st.text(max_size=40), st.data())
def test_pieces_join_to_the_text_and_hold_no_half_characters(text: str, data: st.DataObject) -> None:
    encoder = ChatEncoder(tokenizer(), "chatml")
    text = text.encode("utf-8", "ignore").decode() + "🦕’é"
    ids = encoder.encode_text(text)
    detokenizer = Detokenizer(encoder.decode)
    pieces = []
    while ids:
        count = data.draw(st.integers(1, 4))
        pieces.append(detokenizer.push(ids[:count]))
        ids = ids[count:]
    assert "�" in text or all("�" not in piece for piece in pieces)
    assert "".join([*pieces, detokenizer.flush()]) == text


@given(st.lists(st.integers(len(SPECIAL), len(tokenizer()) - 1), max_size=40))
def test_bytes_that_make_no_character_come_out_all_the_same(ids: list[int]) -> None:
    encoder = ChatEncoder(tokenizer(), "chatml")
    detokenizer = Detokenizer(encoder.decode)
    pieces = [detokenizer.push([id]) for id in ids]
    assert "".join([*pieces, detokenizer.flush()]) == encoder.decode(ids)
