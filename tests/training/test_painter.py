"""The painter's training data: subjects, scenes, captions, readings, and what it hears in training."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from PIL import Image

from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import COLORS
from lib_omost.embedded.lexicon import lexicon
from lib_omost.embedded.painter.conditioning import Layout, PlacedThing, conditioning_picture, conditioning_tokens
from lib_omost.embedded.painter.regions import CellRegions
from lib_omost.render.sdxl.attention import installed
from tests.embedded.painter.tiny import Told, tiny_atlas
from training.autoencoder import LATENTS
from training.captions import global_caption, region_caption
from training.evaluate_painter import NearestSprite, layouts
from training.grounds import SETTINGS, details, draw_ground
from training.layouts import sample
from training.muon import Muon, orthogonal
from training.readings import NO_TINT, NOTHING, PLAIN, TINT_NAMES, Readings
from training.scenes import BACKGROUNDS, STARS, TINTS, Placement, Scene, draw, sample_scene, tinted
from training.subjects import BY_NAME, KINDS, SUBJECTS, plural
from training.train_painter import TokenAttention, build_unet, install, noise_levels, time_ids
from training.train_reader import POOLED, WIDTHS


@pytest.fixture(scope="module")
def sprites() -> dict[str, Image.Image]:
    """A flat square of its own colour for every subject: what is drawn where can be told from the pixels."""
    found = {}
    for number, subject in enumerate(SUBJECTS):
        color = (number % 8 * 32, number // 8 % 8 * 32, number // 64 * 14, 255)
        found[subject.key] = Image.new("RGBA", (64, 64), color)
    return found


def test_the_subject_table_is_sound() -> None:
    assert len(SUBJECTS) >= 300
    assert len({subject.key for subject in SUBJECTS}) == len({subject.name for subject in SUBJECTS}) == len(SUBJECTS)
    assert {subject.kind for subject in SUBJECTS} == set(KINDS)
    assert all(all(subject.words) for subject in SUBJECTS)
    assert set(STARS) <= {subject.name for subject in SUBJECTS if subject.core}


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("warrior", "warriors"),
        ("fox", "foxes"),
        ("butterfly", "butterflies"),
        ("sheep", "sheep"),
        ("grey wolf", "grey wolves"),
        ("monkey", "monkeys"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_scenes_are_reproducible_and_use_distinct_places() -> None:
    first, again = (sample_scene(random.Random(5), regions=6) for _ in range(2))
    assert first == again
    assert len({place.location for place in first.placements}) == 6
    counts = {len(sample_scene(random.Random(seed)).placements) for seed in range(200)}
    assert counts == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_every_background_is_drawn_at_any_size(background: str) -> None:
    picture = draw(Scene(background, "teal", ()), {}, 96, 64)
    assert picture.size == (96, 64)
    assert np.asarray(picture).std(axis=(0, 1)).max() > 3  # a gradient, not one colour


def test_a_sprite_stands_in_the_middle_of_its_rectangle(sprites: dict[str, Image.Image]) -> None:
    place = Placement("on the bottom-right", "no offset", "a small square area", (BY_NAME["castle"],))
    bare = np.asarray(draw(Scene("plain", "white", ()), sprites, 180, 180), dtype=int)
    scene = np.asarray(draw(Scene("plain", "white", (place,)), sprites, 180, 180), dtype=int)
    rows, columns = np.nonzero((bare != scene).any(axis=2))
    rect = place.rect  # rows 50..90, columns 50..90
    assert rect.top * 2 <= rows.min() <= rows.max() < rect.bottom * 2
    assert rect.left * 2 <= columns.min() <= columns.max() < rect.right * 2
    assert abs((rows.min() + rows.max() + 1) / 2 - (rect.top + rect.bottom)) <= 1
    assert (rows.max() - rows.min() + 1) >= 0.9 * 2 * rect.height


def test_a_nearer_sprite_hides_a_farther_one(sprites: dict[str, Image.Image]) -> None:
    far, near = (
        Placement("in the center", "no offset", "a large square area", (BY_NAME[name],)) for name in ("castle", "cat")
    )
    both = draw(Scene("sky", "white", (far, near)), sprites, 90, 90)
    assert both.getpixel((45, 45)) == sprites[BY_NAME["cat"].key].getpixel((0, 0))[:3]


def test_a_second_subject_is_only_spoken_of(sprites: dict[str, Image.Image]) -> None:
    pair = Placement("in the center", "no offset", "a large square area", (BY_NAME["dog"], BY_NAME["cat"]), 3)
    colors = draw(Scene("sky", "white", (pair,)), sprites, 180, 180).getcolors(40000)
    shown = {color for _, color in colors or []}
    assert sprites[BY_NAME["dog"].key].getpixel((0, 0))[:3] in shown
    assert sprites[BY_NAME["cat"].key].getpixel((0, 0))[:3] not in shown


@pytest.mark.parametrize("color", TINTS)
def test_a_tinted_sprite_has_the_color_and_keeps_its_light(color: str) -> None:
    ramp = np.zeros((4, 64, 4), dtype=np.uint8)
    ramp[..., :3] = np.arange(64)[None, :, None] * 4
    ramp[..., 3] = 200
    made = np.asarray(tinted(Image.fromarray(ramp, "RGBA"), color), dtype=int)
    assert (made[..., 3] == 200).all()
    assert (np.diff(made[0, :, :3].sum(axis=1)) >= 0).all()
    wanted = np.array(COLORS[TINTS[color]], dtype=int)
    assert np.abs(made[0, 40, :3] - wanted).sum() < np.abs(ramp[0, 40, :3].astype(int) - wanted).sum() + 60


def test_captions_name_their_subjects() -> None:
    rng = random.Random(1)
    for seed in range(60):
        scene = sample_scene(random.Random(seed))
        for place in scene.placements:
            said = " ".join(region_caption(place, rng).prefixes).lower()
            for subject in place.subjects:
                names = (subject.name, *subject.words)
                assert any(name.lower() in said or plural(name).lower() in said for name in names), said
        whole = global_caption(scene, rng, alone=True)
        assert all(isinstance(text, str) and "{" not in text for text in (*whole.prefixes, *whole.suffixes))


def test_captions_differ_from_call_to_call() -> None:
    rng = random.Random(1)
    place = sample_scene(random.Random(3), regions=1).placements[0]
    assert len({region_caption(place, rng) for _ in range(20)}) > 15


def test_noise_levels_cover_the_schedule_and_polish_at_the_end() -> None:
    for gone, lowest in ((0.0, 0.20), (0.9, 0.30)):
        levels = noise_levels(torch.linspace(0, 1, 10001), gone)
        assert levels.min() == 0
        assert levels.max() == 999
        assert (levels.diff() >= 0).all()
        assert abs(float((levels < 250).float().mean()) - lowest) < 0.01


def test_training_attends_as_the_program_does() -> None:
    """The painter's UNet with random weights, once with the training's processor and once with the product's."""
    torch.manual_seed(0)
    unet = build_unet().eval()
    stock = dict(unet.attn_processors)
    layout = Layout(1, (PlacedThing(0, Rect(10, 70, 0, 50), (1.0, 0.0, 0.0), 2), PlacedThing(1, Rect(30, 90, 20, 90))))
    atlas = tiny_atlas()
    latents = torch.randn(1, LATENTS, 24, 20)
    more = {"text_embeds": torch.zeros(1, POOLED), "time_ids": torch.tensor([time_ids(96, 80)])}
    told = conditioning_tokens(conditioning_picture(atlas, layout, 80, 96), layout).flatten(0, 1)
    attention = TokenAttention()
    attention.tokens = torch.nn.functional.pad(told, (0, sum(WIDTHS) - told.shape[1]))[None]
    install(unet, attention)
    assert sum(processor is attention for processor in unet.attn_processors.values()) == 6
    with torch.no_grad():
        trained = unet(latents, 500, attention.tokens, added_cond_kwargs=more).sample
        attention.tokens = torch.zeros_like(attention.tokens)
        unconditioned = unet(latents, 500, attention.tokens, added_cond_kwargs=more).sample
        unet.set_attn_processor(stock)
        embeds = [torch.zeros(77, sum(WIDTHS))]
        regions = CellRegions([Rect.FULL], embeds, embeds[0], atlas=atlas, reader=Told(layout))  # type: ignore[arg-type]
        regions.resize(24, 20)
        both = {name: part.repeat(2, 1) for name, part in more.items()}
        with installed(unet, regions):
            painted = unet(
                latents.repeat(2, 1, 1, 1), 500, torch.zeros(2, 77, sum(WIDTHS)), added_cond_kwargs=both
            ).sample
    assert torch.allclose(painted[0], unconditioned[0], atol=1e-5)
    assert torch.allclose(painted[1], trained[0], atol=1e-5)
    assert not torch.allclose(trained, unconditioned, atol=1e-3)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_drawn_at_any_size(setting: str) -> None:
    picture = np.asarray(draw_ground(setting, 40, 30))
    assert picture.shape == (30, 40, 3)
    assert picture.std(axis=(0, 1)).max() > 3
    more = details(picture / 255.0, setting, np.random.default_rng(1))
    assert more.shape == picture.shape
    assert 0 <= more.min() <= more.max() <= 1


def test_readings_ask_for_what_they_say() -> None:
    readings = Readings(lexicon(), None)
    rng = random.Random(2)
    found = [readings.region(rng) for _ in range(300)]
    assert {reading.count for reading in found} == {-1, 0, 1, 2, 3}
    for reading in found:
        text = reading.caption.prefixes[0].lower()
        if 0 <= reading.tint < NO_TINT:
            assert TINT_NAMES[reading.tint] in text
        # A backdrop that the lexicon draws, such as a wall, is a thing of which no tint is asked.
        assert reading.tint < 0 or reading.thing != NOTHING
    for reading in (readings.whole(rng) for _ in range(100)):
        assert (reading.color < NO_TINT) == (reading.ground == PLAIN)
        assert "{" not in " ".join((*reading.caption.prefixes, *reading.caption.suffixes))


def test_the_painter_is_given_the_layout_except_an_unknown_setting() -> None:
    rng = random.Random(4)
    samples = [sample(rng) for _ in range(200)]
    assert all(s.layout.things == s.given.things for s in samples)
    assert {type(s.given.setting) for s in samples} == {int, tuple, type(None)}


def test_the_classifier_names_what_is_drawn() -> None:
    rng = np.random.default_rng(3)
    noisy = {
        subject.key: Image.fromarray(rng.integers(0, 256, (24, 24, 4), dtype=np.uint8), "RGBA") for subject in SUBJECTS
    }
    classifier = NearestSprite(noisy)
    scene = layouts(1, 3, 5)[0]
    assert classifier.places(draw(scene, noisy, 240, 240), scene.placements) == [0, 0, 0]
    empty = draw(Scene(scene.background, scene.color, ()), noisy, 240, 240)
    assert classifier.places(empty, scene.placements) != [0, 0, 0]


@pytest.mark.parametrize("shape", [(24, 64), (64, 24), (16, 16)])
def test_muon_steps_are_near_to_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert values.min() > 0.05
    assert values.max() < 2.0


def test_muon_learns_a_matrix() -> None:
    torch.manual_seed(1)
    target = torch.randn(8, 12)
    weight = torch.nn.Parameter(torch.zeros(8, 12))
    optimizer = Muon([weight], lr=0.05, weight_decay=0.0)
    for _ in range(200):
        weight.grad = None
        (weight - target).pow(2).sum().backward()
        optimizer.step()
    assert (weight - target).abs().max() < 0.2
