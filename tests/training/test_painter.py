"""The painter's training data: subjects, scenes, captions, the worked-out encoder, and the bias it trains with."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.vocabulary import COLORS
from lib_omost.embedded.painter.mosaic import MosaicRegions
from lib_omost.render.attention import installed
from lib_omost.render.regions import region_masks, region_weights
from training.autoencoder import build_autoencoder, encode_pictures
from training.captions import global_caption, region_caption, setting_caption
from training.evaluate_painter import NearestSprite, layouts
from training.looks import MOSAIC
from training.muon import Muon, orthogonal
from training.scenes import BACKGROUNDS, STARS, TINTS, Placement, Scene, draw, sample_scene, tinted
from training.subjects import BY_NAME, KINDS, SUBJECTS, plural
from training.texts import BiasedAttention, install, level_sizes
from training.train_painter import noise_levels


@pytest.fixture(scope="module")
def sprites() -> dict[str, Image.Image]:
    """A flat square of its own colour for every subject: what is drawn where can be told from the pixels."""
    found = {}
    for number, subject in enumerate(SUBJECTS):
        color = (number % 8 * 32, number // 8 % 8 * 32, number // 64 * 24, 255)
        found[subject.key] = Image.new("RGBA", (64, 64), color)
    return found


def test_the_subject_table_is_sound() -> None:
    assert len(SUBJECTS) >= 300
    assert len({subject.key for subject in SUBJECTS}) == len({subject.name for subject in SUBJECTS}) == len(SUBJECTS)
    assert {subject.kind for subject in SUBJECTS} == set(KINDS)
    assert all(subject.words and all(subject.words) for subject in SUBJECTS)
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


def test_a_setting_is_told_without_what_stands_in_it() -> None:
    rng = random.Random(4)
    for seed in range(60):
        scene = sample_scene(random.Random(seed), regions=3)
        caption = setting_caption(scene, rng)
        text = " ".join((*caption.prefixes, *caption.suffixes)).lower()
        assert text
        assert "{" not in text
        assert "an empty scene" not in text


def test_the_encoder_is_the_stated_mean_over_cells() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 64, 48, 3), dtype=np.uint8)
    pictures[1] = 40  # a flat picture is the hardest for a group norm
    model = build_autoencoder()
    inputs = torch.from_numpy(pictures.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0)
    with torch.no_grad():
        posterior = model.encode(inputs).latent_dist
    assert torch.allclose(posterior.mode(), encode_pictures(pictures), atol=2e-3)
    assert posterior.std.max() < 0.002
    assert not any(parameter.requires_grad for parameter in model.encoder.parameters())


def test_noise_levels_cover_the_schedule_and_spare_the_lowest_at_first() -> None:
    for gone, lowest in ((0.0, 0.14), (0.9, 0.28)):
        levels = noise_levels(torch.linspace(0, 1, 10001), gone)
        assert levels.min() == 0
        assert levels.max() == 999
        assert (levels.diff() >= 0).all()
        assert abs(float((levels < 250).float().mean()) - lowest) < 0.01


@pytest.mark.parametrize(("height", "width"), [(16, 16), (24, 32), (13, 10)])
def test_training_hears_regions_as_the_product_does(height: int, width: int) -> None:
    """One UNet, once with the training processor and once with the product's: the same noise prediction."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=16,
        block_out_channels=(16, 32, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=24,
        attention_head_dim=(4, 4, 8),
        norm_num_groups=8,
    ).eval()
    rects = [Rect(0, GRID, 0, GRID), Rect(10, 70, 0, 50), Rect(30, 90, 20, 90)]
    texts = [torch.randn(77, 24), torch.randn(154, 24), torch.randn(77, 24)]
    latents = torch.randn(1, 4, height, width)
    tokens = torch.cat(texts)[None]

    biases = {}
    for h, w in level_sizes(height, width):
        log = region_weights(rects, h, w).log().flatten(1)
        columns = [log[i][:, None].expand(-1, len(text)) for i, text in enumerate(texts)]
        placed = MOSAIC.bias(rects, [len(text) for text in texts], region_masks(rects, h, w)).mT
        biases[h * w] = (torch.cat(columns, dim=1) + placed)[None]
    stock = dict(unet.attn_processors)
    install(unet, biases)
    assert sum(isinstance(p, BiasedAttention) for p in unet.attn_processors.values()) == 9
    with torch.no_grad():
        trained = unet(latents, 500, tokens).sample
        unet.set_attn_processor(stock)
        regions = MosaicRegions(rects, texts, None, "layered", mosaic=MOSAIC)
        regions.resize(height, width)
        with installed(unet, regions):
            painted = unet(latents, 500, tokens).sample
    assert torch.allclose(trained, painted, atol=1e-5)


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
