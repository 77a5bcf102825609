from __future__ import annotations

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from peft import LoraConfig

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import Rect
from lib_omost.render.sdxl.encode import CACHED, PromptEncoder
from tests.render import tiny

SMOKE = "smoke and dust over a wide and grassy plain."
SCENE = RegionCondition(Rect.FULL, ("a battle.",), (SMOKE,) * 3, (0, 0, 0), None)
KNIGHT = RegionCondition(Rect(0, 50, 0, 50), ("a battle.", "a knight."), ("in armour.",), (0, 0, 0), 3.0)


@pytest.fixture
def pipeline() -> StableDiffusionXLPipeline:
    return tiny.pipeline()


def encoder(pipeline: StableDiffusionXLPipeline, **options: bool) -> PromptEncoder:
    readers = (pipeline.tokenizer, pipeline.tokenizer_2)
    return PromptEncoder(readers, (pipeline.text_encoder, pipeline.text_encoder_2), **options)


@torch.no_grad()
def test_a_short_prompt_is_encoded_as_the_stock_pipeline_does(pipeline: StableDiffusionXLPipeline) -> None:
    found = encoder(pipeline)([KNIGHT], "bad hands, lowres")
    positive, negative, pooled, negative_pooled = pipeline.encode_prompt(
        "a knight. in armour.", negative_prompt="bad hands, lowres"
    )
    torch.testing.assert_close(found.embeds[0][None], positive)
    torch.testing.assert_close(found.pooled[None], pooled)
    assert found.negative is not None
    torch.testing.assert_close(found.negative[None], negative)
    torch.testing.assert_close(found.negative_pooled, negative_pooled[0])
    assert found.notices == ()


def test_bags_stand_side_by_side_and_the_first_gives_the_pooled_vector(pipeline: StableDiffusionXLPipeline) -> None:
    found = encoder(pipeline)([SCENE, KNIGHT], None)
    assert [tuple(rows.shape) for rows in found.embeds] == [(3 * 77, 32), (77, 32)]
    first = RegionCondition(Rect.FULL, SCENE.prefixes, SCENE.suffixes[:1], (0, 0, 0), None)
    alone = encoder(pipeline)([first], None)
    torch.testing.assert_close(found.embeds[0][:77], alone.embeds[0])
    torch.testing.assert_close(found.pooled, alone.pooled)
    assert found.negative is None


def test_a_region_attends_to_the_scene_only_if_asked(pipeline: StableDiffusionXLPipeline) -> None:
    plain = encoder(pipeline)([KNIGHT], None)
    with_scene = encoder(pipeline)([KNIGHT], None, repeat_scene=True)
    joined = RegionCondition(Rect.FULL, ("a battle. a knight.",), KNIGHT.suffixes, (0, 0, 0), None)
    torch.testing.assert_close(with_scene.embeds[0], encoder(pipeline)([joined], None).embeds[0])
    assert not torch.allclose(plain.embeds[0], with_scene.embeds[0])


def test_the_unprojected_pooled_vector_is_a_switch(pipeline: StableDiffusionXLPipeline) -> None:
    right = encoder(pipeline)([KNIGHT], None).pooled
    reference = encoder(pipeline, projected=False)([KNIGHT], None).pooled
    torch.testing.assert_close(pipeline.text_encoder_2.text_projection(reference), right)
    assert not torch.allclose(reference, right)


def test_a_long_negative_prompt_is_read_whole_with_a_notice(pipeline: StableDiffusionXLPipeline) -> None:
    found = encoder(pipeline)([KNIGHT], "ugly, " * 40)
    assert found.negative is not None
    assert len(found.negative) > 77
    assert len(found.negative) % 77 == 0
    assert [notice for notice in found.notices if notice.startswith("The negative prompt is long")]


def test_an_empty_negative_prompt_is_zero_where_the_checkpoint_says_so(pipeline: StableDiffusionXLPipeline) -> None:
    zero = encoder(pipeline, zero_empty_negative=True)([KNIGHT], " ")
    assert zero.negative is not None
    assert zero.negative_pooled is not None
    assert not zero.negative.any()
    assert not zero.negative_pooled.any()
    text = encoder(pipeline, zero_empty_negative=False)([KNIGHT], "").negative
    assert text is not None
    assert text.any()


def test_unchanged_conditions_are_not_encoded_again_until_forgotten(pipeline: StableDiffusionXLPipeline) -> None:
    calls: list[int] = []
    pipeline.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    encode = encoder(pipeline)
    first = encode([SCENE, KNIGHT], "bad")
    assert len(calls) == 3
    again = encode([SCENE, KNIGHT], "bad")
    assert len(calls) == 3
    assert all(map(torch.equal, first.embeds, again.embeds))
    edited = RegionCondition(KNIGHT.rect, KNIGHT.prefixes, ("on a horse.",), (0, 0, 0), 3.0)
    encode([SCENE, edited], "bad")
    assert len(calls) == 4, "only what was edited"
    encode.forget()
    encode([SCENE], None)
    assert len(calls) == 5


def test_only_the_latest_conditions_are_cached(pipeline: StableDiffusionXLPipeline) -> None:
    calls: list[int] = []
    pipeline.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    encode = encoder(pipeline)

    def encoded(number: int) -> bool:
        """Whether the encoders ran for this text."""
        before = len(calls)
        encode([RegionCondition(Rect.FULL, (f"thing {number}",), ("here.",), (0, 0, 0), None)], None)
        return len(calls) > before

    assert all(encoded(number) for number in range(CACHED))
    assert not encoded(0)  # asked for again, so not the oldest
    assert encoded(CACHED)
    assert [encoded(0), encoded(2), encoded(CACHED)] == [False, False, False]
    assert encoded(1), "the oldest had to go"


def test_the_cache_does_not_change_an_embedding(pipeline: StableDiffusionXLPipeline) -> None:
    encode = encoder(pipeline)
    encode([KNIGHT], "bad")
    warm = encode([SCENE, KNIGHT], "bad")
    fresh = encoder(pipeline)([SCENE, KNIGHT], "bad")
    assert all(map(torch.equal, warm.embeds, fresh.embeds))


def test_a_lora_on_a_text_encoder_is_noticed(pipeline: StableDiffusionXLPipeline) -> None:
    encode = encoder(pipeline)
    before = encode([KNIGHT], None).embeds[0]
    torch.manual_seed(4)
    pipeline.text_encoder.add_adapter(LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
    changed = encode([KNIGHT], None).embeds[0]
    assert not torch.allclose(before, changed)
    pipeline.text_encoder.disable_adapters()
    torch.testing.assert_close(encode([KNIGHT], None).embeds[0], before)
