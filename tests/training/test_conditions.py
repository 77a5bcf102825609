"""What the painter is told in training: texts, places and colours of a scene's conditions."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import torch

from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import COLORS
from training.captions import backdrop_caption, region_caption, subjects_caption
from training.conditions import EARLIEST, LATEST, color_latents, colored, starts, word
from training.scenes import Placement, Scene, sample_scene
from training.subjects import BY_NAME, SUBJECTS
from training.train_painter import build_noise_schedule

CASTLE = Placement("on the left", "no offset", "a small square area", (BY_NAME["castle"],), color="pink")
PLAIN = Scene("plain", "teal", (CASTLE,))


def test_every_condition_has_its_texts_its_place_and_its_colour() -> None:
    rng = random.Random(4)
    regions: Counter[int] = Counter()
    for _ in range(300):
        scene = sample_scene(rng)
        words = word(scene, rng)
        assert len(words.captions) == len(words.rects) == len(words.colors)
        assert words.rects[0] == Rect.FULL
        rects = [place.rect for place in scene.placements]
        assert len(words.rects) == 1 or all(rect in words.rects for rect in rects)
        regions[len(words.rects) - 1 - len(rects) if len(words.rects) > 1 else -1] += 1
    assert set(regions) == {-1, 0, 1}, "one text alone, a region for each thing, and one for what lies behind"
    assert regions[0] > regions[1] > 0


def test_a_thing_has_the_layouts_colour_where_its_text_says_so() -> None:
    rng = random.Random(2)
    for _ in range(50):
        words = word(PLAIN, rng)
        told = dict(zip(words.rects, words.colors, strict=True))
        if CASTLE.rect in told:
            assert told[CASTLE.rect] == COLORS["hotpink"]
            break
    else:
        pytest.fail("no region at all")


def test_a_silent_text_leaves_the_background_to_its_colour() -> None:
    rng = random.Random(3)
    silent = [words for words in (word(PLAIN, rng) for _ in range(60)) if words.unsaid]
    assert silent
    for words in silent:
        assert all("teal" not in text for text in (*words.captions[0].prefixes, *words.captions[0].suffixes))
        red, green, blue = words.colors[0]
        assert red < min(green, blue), "teal's"
    assert "teal" not in subjects_caption(PLAIN, rng).prefixes[0]


def test_regions_may_say_where_their_things_are_and_backdrops_name_none() -> None:
    rng = random.Random(5)
    said = [region_caption(CASTLE, rng).prefixes[0] for _ in range(100)]
    assert 0 < sum("on the left" in text for text in said) < 60
    castle, *_ = CASTLE.subjects
    assert all(any(name in text.lower() for name in (castle.name, *castle.words)) for text in said)
    living = {subject.name for subject in SUBJECTS if subject.kind in ("animal", "person")}
    for _ in range(50):
        behind = backdrop_caption(CASTLE, rng)
        assert not living & set(" ".join((*behind.prefixes, *behind.suffixes)).lower().split())


def test_the_noise_of_a_picture_that_starts_from_colours_is_what_the_start_shows() -> None:
    alphas = build_noise_schedule().alphas_cumprod
    clean, colors, noise = torch.randn(3, 2, 4, 8, 8).unbind(0)
    t = torch.tensor([850, 700])
    found = colored(noise, clean, colors, torch.tensor([850, -1]), alphas)
    a, s = alphas[t].sqrt()[:, None, None, None], (1 - alphas[t]).sqrt()[:, None, None, None]
    shown = a * clean + s * found
    torch.testing.assert_close(shown[0], (a * colors + s * noise)[0], msg="at its start it is colours and noise")
    torch.testing.assert_close(found[1], noise[1], msg="one from noise is left alone")


def test_starts_lie_before_the_step_and_negative_prompts_have_none() -> None:
    rng = random.Random(6)
    words = word(PLAIN, rng)
    t = torch.arange(0, 1000, 5)
    found = starts([words] * len(t), t, rng)
    begun = found >= 0
    assert 0 < int(begun.sum()) < len(t)
    assert (found[begun] >= t[begun].clamp(min=EARLIEST)).all()
    assert found.max() <= LATEST
    assert (starts(["blurry"] * len(t), t, rng) == -1).all()


def test_colour_latents_are_one_a_sample() -> None:
    rng = random.Random(8)
    made = color_latents([word(PLAIN, rng), "blurry"], 8, 12)
    assert made.shape == (2, 4, 8, 12)
    assert made[1].flatten(1).std(dim=1).max() < 0.01, "nothing but grey"
