"""The sprites of our own, and the classes that they add to a painter's reader."""

from __future__ import annotations

import numpy as np
import torch

from training.drawn import DRAWN, SIDE, drawn
from training.extend_painter import extended_head
from training.subjects import BY_NAME, OWN, SUBJECTS


def test_every_sprite_fills_a_good_part_of_its_square_and_leaves_its_corner_free() -> None:
    for name in DRAWN:
        pixels = np.asarray(drawn(name))
        assert pixels.shape == (SIDE, SIDE, 4)
        assert 0.05 < (pixels[..., 3] > 128).mean() < 0.85, name
        assert pixels[0, 0, 3] == 0, name


def test_every_sprite_is_a_subject_and_they_come_last() -> None:
    assert [subject.name for subject in SUBJECTS[-len(DRAWN) :]] == list(DRAWN)
    assert all(BY_NAME[name].key == OWN + name for name in DRAWN)


def test_new_classes_come_before_the_one_that_means_nothing() -> None:
    head = torch.arange(12.0).reshape(3, 4)
    longer = extended_head(head, 2)
    assert longer.shape == (5, 4)
    assert torch.equal(longer[:2], head[:2])
    assert torch.equal(longer[-1], head[-1])
