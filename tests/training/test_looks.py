"""What a token should hold of its subject, and the memory that is written, not learnt."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from training.looks import (
    FIRST,
    HERE,
    KNOWN,
    MOSAIC,
    PATCH,
    PATCH_WIDTH,
    PATCHES,
    POSITION,
    TINT,
    patch_of,
    subject_looks,
    token_features,
)
from training.subjects import SUBJECTS
from training.train_memory import CODE, LINEAR, Memory, build_memory, remember


@pytest.fixture(scope="module")
def looks() -> torch.Tensor:
    rng = np.random.default_rng(2)
    sprites = {}
    for subject in SUBJECTS:
        small = Image.fromarray(rng.integers(0, 256, (6, 6, 4), dtype=np.uint8), "RGBA")
        sprites[subject.key] = small.resize((40, 56), Image.Resampling.BICUBIC)
    return subject_looks(sprites)


def test_every_patch_is_held_once_by_a_whole_bag_where_the_product_hears_it() -> None:
    held = [patch_of(position) for position in range(FIRST, FIRST + PATCHES)]
    assert sorted(held) == list(range(PATCHES))
    assert held == [MOSAIC.patch(position) for position in range(FIRST, FIRST + PATCHES)]


def test_a_look_is_the_sprite_in_latents_cut_into_patches() -> None:
    # Left half white and covered, right half empty.
    sprite = np.zeros((64, 64, 4), dtype=np.uint8)
    sprite[:, :32] = 255
    looks = subject_looks({subject.key: Image.fromarray(sprite, "RGBA") for subject in SUBJECTS})
    assert looks.shape == (len(SUBJECTS), PATCHES, PATCH_WIDTH)
    cells = looks[0].view(8, 8, 5, PATCH, PATCH)
    brightness, cover = cells[..., 0, :, :], cells[..., 4, :, :]
    assert cover[:, :4].min() > 1.9
    assert cover[:, 4:].max() < 0.1
    assert brightness[:, :4].min() > 1.5
    assert brightness[:, 4:].abs().max() < 0.5


def test_tokens_hold_patch_color_and_place(looks: torch.Tensor) -> None:
    features = token_features(looks, 7, "red", 60)
    assert torch.equal(features[20, :PATCH_WIDTH], looks[7][patch_of(20)])
    assert features[20, KNOWN] == 1.0
    assert features[20, TINT + 3] == 1.0
    assert features[20, TINT + 2] > 1.0  # red against cyan
    assert features[:, POSITION:].argmax(1).tolist() == [patch_of(position) for position in range(60)]
    assert features[:FIRST, :POSITION].abs().max() == 0.0
    whole = token_features(looks, None, None, 60)
    assert whole[:, :POSITION].abs().max() == 0.0
    assert whole[:, POSITION:].max() == HERE


def test_the_written_memory_says_what_the_code_says(looks: torch.Tensor) -> None:
    """Write a memory from a readout, then compare hidden states of the whole encoder with that readout's sprite."""
    torch.manual_seed(3)
    encoder = build_memory(50, 48, 49)
    memory = Memory(encoder, looks)
    ids = torch.randint(0, 48, (30, 77))
    with torch.no_grad():
        # A readout that reads one subject's code from any text.
        memory.readout.weight.zero_()
        memory.readout.bias[:CODE] = memory.axes @ looks[11].flatten()
        memory.readout.bias[CODE:] = torch.tensor([1.0, -0.5, 0.25, 0.0, 1.0])
        memory.write(ids)
        features = encoder(ids, output_hidden_states=True).hidden_states[-2]
        assert torch.allclose(remember(encoder, ids), features, atol=1e-4)
    kept = (memory.axes.T @ (memory.axes @ looks[11].flatten())).view(PATCHES, PATCH_WIDTH)
    patches = torch.tensor([patch_of(position) for position in range(77)])
    missed = (features[..., :PATCH_WIDTH] - kept[patches]).pow(2).mean() / kept.pow(2).mean()
    assert missed < 0.05
    linear = features[..., [KNOWN, *range(TINT, TINT + 4)]]
    assert torch.allclose(linear, torch.tensor([1.0, -0.5, 0.25, 0.0, 1.0]).expand(30, 77, LINEAR), atol=0.05)
    assert torch.equal(features[0, :, POSITION : POSITION + PATCHES].argmax(1), patches)
