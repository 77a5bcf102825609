from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from peft import LoraConfig
from PIL import Image

from lib_omost.canvas.conditions import RegionCondition, color_picture
from lib_omost.canvas.geometry import Rect
from lib_omost.errors import SettingsError
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.sdxl.sampling import SAMPLERS, solver
from lib_omost.render.settings import Notice, Picture, Preview, RenderEvent, RenderSettings, Sampler, Step
from tests.render import tiny

CONDITIONS = (
    RegionCondition(Rect.FULL, ("a battle.",), ("much smoke.",), (60, 90, 200), None),
    RegionCondition(Rect(0, 50, 10, 60), ("a battle.", "a knight."), ("in armour.", "shiny."), (200, 20, 20), 5.0),
    RegionCondition(Rect(30, 90, 30, 90), ("a battle.", "a dragon."), ("green.",), (20, 220, 20), 2.0),
)
SMALL = RenderSettings(width=88, height=64, steps=3, seed=5, previews=False)


@pytest.fixture(scope="module")
def painter() -> SDXLPainter:
    return SDXLPainter(tiny.pipeline(), "tiny")


def events(
    painter: SDXLPainter, settings: RenderSettings, conditions: Any = CONDITIONS, **more: Any
) -> list[RenderEvent]:
    return list(painter.render(conditions, settings, **more))


def pictures(painter: SDXLPainter, settings: RenderSettings, conditions: Any = CONDITIONS) -> list[Picture]:
    return [event for event in events(painter, settings, conditions) if isinstance(event, Picture)]


def same(one: Image.Image, other: Image.Image) -> bool:
    return np.array_equal(np.array(one), np.array(other))


def test_the_stream_tells_steps_previews_and_pictures_in_order(painter: SDXLPainter) -> None:
    found = events(painter, replace(SMALL, count=2, previews=True))
    kinds = [type(event) for event in found]
    assert kinds == [Step, Preview] * 3 + [Picture] + [Step, Preview] * 3 + [Picture]
    steps = [event for event in found if isinstance(event, Step)]
    assert steps[:3] == [Step(0, 2, "base", step, 3) for step in (1, 2, 3)]
    assert steps[3:] == [Step(1, 2, "base", step, 3) for step in (1, 2, 3)]
    made = [event for event in found if isinstance(event, Picture)]
    assert [(picture.index, picture.seed) for picture in made] == [(0, 5), (1, 6)]
    assert {picture.image.size for picture in made} == {(88, 64)}
    assert all(picture.seconds > 0 for picture in made)


def test_picture_k_alone_is_picture_k_bit_for_bit(painter: SDXLPainter) -> None:
    for settings in (SMALL, replace(SMALL, hires_scale=1.5, hires_steps=2), replace(SMALL, color_strength=0.4)):
        batch = pictures(painter, replace(settings, count=3))
        alone = pictures(painter, replace(settings, count=3).alone(2))
        assert alone[0].seed == batch[2].seed
        assert same(alone[0].image, batch[2].image)
        assert not same(batch[0].image, batch[2].image)
    fresh = pictures(SDXLPainter(tiny.pipeline(), "another"), SMALL)
    assert same(fresh[0].image, pictures(painter, SMALL)[0].image)


@pytest.mark.parametrize("more", [{}, {"clip_skip": 1}, {"guidance_rescale": 0.7}])
def test_one_whole_condition_is_the_stock_pipeline(painter: SDXLPainter, more: dict[str, Any]) -> None:
    """Composition, noise, guidance and decoding, against a plain call with the same scheduler."""
    settings = replace(SMALL, guidance_scale=3.0, negative_prompt="bad", steps=4, **more)
    ours = pictures(painter, settings, CONDITIONS[:1])[0].image
    stock = tiny.pipeline()
    stock.scheduler = painter.scheduler
    noise = torch.randn(1, 4, 8, 11, generator=torch.Generator().manual_seed(5)) * float(stock.scheduler.sigma_t[-1])
    theirs = stock(
        "a battle. much smoke.",
        negative_prompt="bad",
        guidance_scale=3.0,
        guidance_rescale=more.get("guidance_rescale", 0.0),
        clip_skip=more.get("clip_skip"),
        num_inference_steps=4,
        width=88,
        height=64,
        latents=noise,
    ).images[0]
    assert np.abs(np.array(ours).astype(int) - np.array(theirs)).max() <= 1


@pytest.mark.parametrize("sampler", SAMPLERS[1:])
def test_a_few_step_sampler_runs_its_steps_and_makes_a_picture_again(painter: SDXLPainter, sampler: Sampler) -> None:
    before = pictures(painter, SMALL)[0].image
    few = replace(SMALL, sampler=sampler, steps=4, guidance_scale=1.0, count=2, previews=True)
    found = events(painter, few)
    assert [event.step for event in found if isinstance(event, Step)] == [1, 2, 3, 4] * 2
    made = [event.image for event in found if isinstance(event, Picture)]
    assert same(pictures(painter, few.alone(1))[0].image, made[1])
    assert not same(made[0], before)
    larger = replace(few, hires_scale=1.5, hires_steps=2, color_strength=0.5)
    found = events(painter, larger)
    assert [event.step for event in found if isinstance(event, Step)] == [1, 2, 3, 4, 1, 2] * 2
    assert same(pictures(painter, SMALL)[0].image, before), "the next render has its own solver again"


def test_every_setting_has_an_effect(painter: SDXLPainter) -> None:
    plain = pictures(painter, SMALL)[0].image
    changes: list[dict[str, Any]] = [
        {"seed": 6},
        {"steps": 4},
        {"guidance_scale": 2.0},
        {"guidance_rescale": 0.7},
        {"clip_skip": 1},
        {"negative_prompt": "blue"},
        {"formula": "layered"},
        {"formula": "omost-layered"},
        {"repeat_scene": True},
        {"color_strength": 0.5},
        {"hires_scale": 1.01, "hires_steps": 2},
    ]
    for change in changes:
        assert not same(pictures(painter, replace(SMALL, **change))[0].image, plain), change
    assert same(pictures(painter, replace(SMALL, previews=True))[0].image, plain)


def test_a_region_changes_the_picture_where_it_lies(painter: SDXLPainter) -> None:
    moved = (*CONDITIONS[:2], replace(CONDITIONS[2], rect=Rect(0, 60, 0, 60)))
    reworded = (*CONDITIONS[:2], replace(CONDITIONS[2], suffixes=("blue.",)))
    plain = pictures(painter, SMALL)[0].image
    assert not same(pictures(painter, SMALL, moved)[0].image, plain)
    assert not same(pictures(painter, SMALL, reworded)[0].image, plain)


def rows_seen(painter: SDXLPainter) -> tuple[list[tuple[int, ...]], Callable[[], None]]:
    seen: list[tuple[int, ...]] = []
    handle = painter.pipeline.unet.register_forward_pre_hook(lambda _, inputs: seen.append(tuple(inputs[0].shape)))
    return seen, handle.remove


def test_without_guidance_no_negative_rows_are_run(painter: SDXLPainter) -> None:
    seen, remove = rows_seen(painter)
    without = pictures(painter, replace(SMALL, guidance_scale=1.0))[0].image
    assert {shape[0] for shape in seen} == {1}
    other = pictures(painter, replace(SMALL, guidance_scale=1.0, negative_prompt="something else"))[0].image
    assert same(without, other)
    seen.clear()
    pictures(painter, SMALL)
    remove()
    assert {shape[0] for shape in seen} == {2}


def test_the_hires_pass_runs_exactly_its_steps_at_its_size(painter: SDXLPainter) -> None:
    seen, remove = rows_seen(painter)
    found = events(painter, replace(SMALL, hires_scale=1.6, hires_steps=5, hires_denoise=0.7))
    remove()
    # 88 x 64 times 1.6 is 140.8 x 102.4: to the nearest multiple of 8, 144 x 104.
    assert [shape[2:] for shape in seen] == [(8, 11)] * 3 + [(13, 18)] * 5
    steps = [event for event in found if isinstance(event, Step) and event.phase == "hires"]
    assert steps == [Step(0, 1, "hires", step, 5) for step in (1, 2, 3, 4, 5)]
    last = found[-1]
    assert isinstance(last, Picture)
    assert last.image.size == (144, 104)


def test_keys_and_values_are_computed_once_for_the_whole_render(painter: SDXLPainter) -> None:
    unet = painter.pipeline.unet
    layers = [layer for name, layer in unet.named_modules() if name.endswith(("attn2.to_k", "attn2.to_v"))]
    calls: list[int] = []
    handles = [layer.register_forward_hook(lambda *_: calls.append(1)) for layer in layers]
    pictures(painter, replace(SMALL, count=2, hires_scale=1.5, hires_steps=2))
    for handle in handles:
        handle.remove()
    assert len(calls) == 2 * len(layers), "once for the regions, once for the negative prompt"


def noised(painter: SDXLPainter, latents: torch.Tensor, noise: torch.Tensor, length: int, steps: int) -> torch.Tensor:
    """`latents` at the noise level from which the last `steps` of a schedule of `length` begin."""
    scheduler = solver(painter.pipeline.scheduler.config)
    scheduler.set_timesteps(length)
    sigma = scheduler.sigmas[length - steps]
    return (latents + sigma * noise) / (1 + sigma**2).sqrt()


def first_input(painter: SDXLPainter, settings: RenderSettings, call: int) -> torch.Tensor:
    """What the network sees in its forward pass number `call` (from 0), positive row."""
    seen: list[torch.Tensor] = []
    handle = painter.pipeline.unet.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][-1:].clone()))
    pictures(painter, settings)
    handle.remove()
    return seen[call]


def test_the_colour_picture_is_the_first_latent_with_as_much_noise_as_its_strength_leaves(painter: SDXLPainter) -> None:
    latents = painter._codec.encode(Image.fromarray(color_picture(CONDITIONS, 88, 64)), None)
    noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(5))
    found = first_input(painter, replace(SMALL, color_strength=0.7), 0)
    torch.testing.assert_close(found, noised(painter, latents, noise, 10, 3), atol=1e-4, rtol=0)


def test_the_hires_pass_begins_with_the_enlarged_picture_and_as_much_noise_as_asked(painter: SDXLPainter) -> None:
    base = pictures(painter, SMALL)[0].image
    latents = painter._codec.encode(base.resize((176, 128), Image.Resampling.LANCZOS), None)
    generator = torch.Generator().manual_seed(5)
    torch.randn(1, 4, 8, 11, generator=generator)
    noise = torch.randn(latents.shape, generator=generator)
    found = first_input(painter, replace(SMALL, hires_scale=2.0, hires_steps=2, hires_denoise=0.4), 3)
    torch.testing.assert_close(found, noised(painter, latents, noise, 5, 2), atol=1e-4, rtol=0)


def test_the_colour_picture_runs_exactly_the_steps(painter: SDXLPainter) -> None:
    found = events(painter, replace(SMALL, color_strength=0.3, steps=7))
    assert [event.step for event in found if isinstance(event, Step)] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("phase", ["base", "hires"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_stop_at_any_step_ends_the_stream_and_keeps_what_is_done(painter: SDXLPainter, phase: str, at: int) -> None:
    stop = threading.Event()
    seen, remove = rows_seen(painter)
    found: list[RenderEvent] = []
    settings = replace(SMALL, count=3, hires_scale=1.5, hires_steps=3)

    def watch(*_: Any) -> None:
        # Set inside the forward pass, so that the step is certain.
        if len(seen) == 6 + (3 if phase == "hires" else 0) + at:
            stop.set()

    handle = painter.pipeline.unet.register_forward_hook(watch)
    found = events(painter, settings, stop=stop)
    remove()
    handle.remove()
    assert len(seen) == 6 + (3 if phase == "hires" else 0) + at, "no step is run after the stop"
    assert [event.index for event in found if isinstance(event, Picture)] == [0]
    processors = {type(processor).__name__ for processor in painter.pipeline.unet.attn_processors.values()}
    assert processors == {"AttnProcessor2_0"}
    again = pictures(painter, SMALL)
    assert same(again[0].image, pictures(SDXLPainter(tiny.pipeline(), "fresh"), SMALL)[0].image)


def test_a_stop_before_the_start_paints_nothing(painter: SDXLPainter) -> None:
    stop = threading.Event()
    stop.set()
    assert events(painter, SMALL, stop=stop) == []


def test_closing_the_stream_stops_the_work_and_waits_for_it(painter: SDXLPainter) -> None:
    stream = painter.render(CONDITIONS, replace(SMALL, steps=200, previews=True))
    next(stream)
    assert [thread for thread in threading.enumerate() if thread.name == "painter"]
    stream.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "painter"]
    assert len(pictures(painter, SMALL)) == 1


def test_an_error_in_the_work_reaches_the_reader_and_the_unet_is_as_before(painter: SDXLPainter) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    handle = painter.pipeline.unet.register_forward_pre_hook(fail)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        events(painter, SMALL)
    handle.remove()
    processors = {type(processor).__name__ for processor in painter.pipeline.unet.attn_processors.values()}
    assert processors == {"AttnProcessor2_0"}
    assert len(pictures(painter, SMALL)) == 1


def test_a_size_that_the_latents_cannot_have_is_refused_at_once(painter: SDXLPainter) -> None:
    coarse = SDXLPainter(tiny.pipeline(), "coarse")
    coarse._codec.factor = 16
    with pytest.raises(SettingsError, match="multiples of 16"):
        coarse.render(CONDITIONS, SMALL)


def test_more_layers_than_there_are_cannot_be_skipped(painter: SDXLPainter) -> None:
    assert len(pictures(painter, replace(SMALL, clip_skip=2))) == 1
    with pytest.raises(SettingsError, match="no more than 2 layers to skip"):
        painter.render(CONDITIONS, replace(SMALL, clip_skip=3))


def test_prompts_that_are_read_otherwise_are_noticed(painter: SDXLPainter) -> None:
    long = replace(CONDITIONS[1], suffixes=("green, " * 30,))
    found = events(painter, replace(SMALL, negative_prompt="bad, " * 40), (CONDITIONS[0], long))
    notices = [event.message for event in found if isinstance(event, Notice)]
    assert len(notices) == 2
    assert isinstance(found[0], Notice)


def test_two_renders_at_once_take_turns(painter: SDXLPainter) -> None:
    expected = [pictures(painter, replace(SMALL, seed=seed))[0].image for seed in (1, 2)]
    results: dict[int, Image.Image] = {}

    def paint(seed: int) -> None:
        results[seed] = pictures(painter, replace(SMALL, seed=seed))[0].image

    threads = [threading.Thread(target=paint, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same(results[1], expected[0])
    assert same(results[2], expected[1])


def test_a_lora_has_an_effect_until_it_is_unloaded() -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny")
    before = pictures(painter, SMALL)[0].image
    torch.manual_seed(8)
    config = LoraConfig(r=4, target_modules=["to_k", "to_v"], init_lora_weights=False)
    painter.pipeline.unet.add_adapter(config)
    changed = pictures(painter, SMALL)[0].image
    assert not same(changed, before)
    painter.pipeline.unet.disable_adapters()
    assert same(pictures(painter, SMALL)[0].image, before)
    painter.pipeline.unet.enable_adapters()
    assert same(pictures(painter, SMALL)[0].image, changed)
    painter.pipeline.unload_lora_weights()
    assert same(pictures(painter, SMALL)[0].image, before)


def test_a_v_prediction_checkpoint_with_zero_terminal_snr_paints_finite_pictures() -> None:
    pipeline = tiny.pipeline(prediction_type="v_prediction", rescale_betas_zero_snr=True)
    painter = SDXLPainter(pipeline, "v")
    assert painter.scheduler.config.prediction_type == "v_prediction"
    assert len(pictures(painter, replace(SMALL, steps=5, color_strength=0.2))) == 1
    assert len(pictures(painter, replace(SMALL, steps=5))) == 1


@pytest.mark.parametrize("sampler", ["dpm++", "lightning"])
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_what_the_network_predicts_is_read_as_what_it_was_trained_for(
    sampler: Sampler, prediction: str, zero: bool
) -> None:
    """The first step of a real network, against the plain formulas of Salimans and Ho 2022 and of the solvers."""
    painter = SDXLPainter(tiny.pipeline(prediction_type=prediction, rescale_betas_zero_snr=zero), "tiny")
    inputs: list[torch.Tensor] = []
    outputs: list[torch.Tensor] = []

    def watch(_: Any, given: tuple[torch.Tensor, ...], made: tuple[torch.Tensor, ...]) -> None:
        inputs.append(given[0].double())
        outputs.append(made[0].double())

    handle = painter.pipeline.unet.register_forward_hook(watch)
    pictures(painter, replace(SMALL, guidance_scale=1.0, steps=4, sampler=sampler))
    handle.remove()
    # x = (clean + sigma * noise) / sqrt(1 + sigma^2) is what the network reads, with either solver.
    first, second = (float(sigma) for sigma in painter.scheduler.sigmas[:2])
    assert (first > 1000) == zero
    alpha, share = 1 / (1 + first**2) ** 0.5, first / (1 + first**2) ** 0.5
    read, told = inputs[0], outputs[0]
    clean = (read - share * told) / alpha if prediction == "epsilon" else alpha * read - share * told
    # Both are of the first order here: along the straight line from the clean picture.
    latents = clean + second / first * (read / alpha - clean)
    expected = latents / (1 + second**2) ** 0.5
    torch.testing.assert_close(inputs[1], expected, atol=1e-3 * float(expected.abs().max()), rtol=0)
    other = "epsilon" if prediction == "v_prediction" else "v_prediction"
    mistaken = SDXLPainter(tiny.pipeline(prediction_type=other, rescale_betas_zero_snr=zero), "tiny")
    assert not same(pictures(mistaken, SMALL)[0].image, pictures(painter, SMALL)[0].image)


def test_bf16_paints(painter: SDXLPainter) -> None:
    pipeline = tiny.pipeline()
    pipeline.to(torch.bfloat16)
    half = pictures(SDXLPainter(pipeline, "half"), replace(SMALL, hires_scale=1.5, hires_steps=2))[0].image
    full = pictures(painter, replace(SMALL, hires_scale=1.5, hires_steps=2))[0].image
    assert half.size == full.size
    assert np.abs(np.array(half).astype(int) - np.array(full)).mean() < 12
