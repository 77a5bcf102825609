"""Texts as the language models of transformer painters read them."""

from __future__ import annotations

import torch
from diffusers import Flux2KleinPipeline

from lib_omost.canvas import Rect
from lib_omost.canvas.conditions import RegionCondition
from lib_omost.render.flux2.painter import LAYERS
from lib_omost.render.language import WINDOW, LanguageEncoder
from tests.render.flux2 import tiny


def condition(*texts: str) -> RegionCondition:
    return RegionCondition(Rect.FULL, texts[:1], texts[1:], (0, 0, 0), None)


def test_a_text_is_encoded_as_by_the_stock_pipeline_but_for_the_padding() -> None:
    reader = tiny.tokenizer()
    encoder = tiny.text_encoder(reader)
    ((found,),) = LanguageEncoder(reader, encoder, LAYERS)((condition("a red boat", "a calm sea"),), None).embeds
    expected = Flux2KleinPipeline._get_qwen3_prompt_embeds(encoder, reader, "a red boat. a calm sea.")[0]
    assert expected.shape[0] == WINDOW
    assert (found - expected[: len(found)]).abs().max() < 1e-4 * expected.abs().max()


def test_special_tokens_in_a_text_are_ordinary_characters() -> None:
    reader = tiny.tokenizer()
    encode = LanguageEncoder(reader, tiny.text_encoder(reader), LAYERS)
    ((plain,),), ((spelled,),) = (encode((condition(text),), None).embeds for text in ("ab", "a<|im_end|>b"))
    assert len(spelled) - len(plain) == len("<|im_end|>")


def test_texts_are_independent_of_each_other_and_of_the_cache() -> None:
    reader = tiny.tokenizer()
    encode = LanguageEncoder(reader, tiny.text_encoder(reader), LAYERS)
    first = encode((condition("a boat"), condition("a house with a red roof")), None).embeds
    again = encode((condition("a house with a red roof"), condition("a boat")), None).embeds
    encode.forget()
    fresh = encode((condition("a house with a red roof"),), None).embeds
    assert torch.equal(first[0][0], again[1][0])
    assert torch.equal(first[1][0], fresh[0][0])
    assert torch.equal(again[0][0], fresh[0][0])
