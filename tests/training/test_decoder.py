"""The painter's decoder: its worked-out start, the best linear interpolation, and what training must leave alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from training.autoencoder import GAINS, HELD, OFFSETS, build_autoencoder, encode_pictures
from training.interpolation import chain, fit_chain, least_squares, windows
from training.train_decoder import reconstruction_loss


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Smooth colours with one sharp edge each: uint8 [4, 64, 64, 3]."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:64, :64][:, :, :, None] / 64
    made = []
    for _ in range(4):
        low, high, far = rng.integers(0, 256, (3, 3))
        picture = low + (high - low) * (x + y) / 2
        made.append(np.where(x * rng.uniform(0.5, 2) + rng.uniform(-0.5, 0.5) > y, picture, far))
    return np.stack(made).astype(np.uint8)


def decoded(model: AutoencoderKL, latents: Tensor) -> Tensor:
    with torch.no_grad():
        sample: Tensor = model.decode(latents).sample
    return sample


@pytest.mark.parametrize("color", [(250, 10, 10), (0, 0, 0), (255, 255, 255), (20, 140, 230), (128, 128, 128)])
def test_a_flat_colour_comes_back_flat(color: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    picture = np.broadcast_to(np.array(color, dtype=np.uint8), (1, 96, 96, 3))
    made = (decoded(build_autoencoder(), encode_pictures(picture)) + 1) * 127.5
    inner = made[0, :, 24:-24, 24:-24]
    assert (inner - torch.tensor(color)[:, None, None]).abs().max() < 2.0


def test_the_chain_is_what_the_decoder_computes(pictures: np.ndarray) -> None:
    """The group norms are held still and the last activation is undone: the start is linear to within a level."""
    torch.manual_seed(0)
    model = build_autoencoder()
    fit_chain(model, pictures, steps=5, noise=0.05)
    inputs, _ = windows(pictures[:1])
    gains, offsets = (torch.from_numpy(values)[:, None, None] for values in (GAINS, OFFSETS))
    latents = (inputs.view(-1, 4, 5, 5) - offsets) * gains
    made = decoded(model, latents)[:, :, 16:24, 16:24].flatten(1)
    with torch.no_grad():
        expected = chain(model, inputs)
    assert expected.std() > 0.05
    assert (made - expected).abs().max() < 0.02


def test_fitting_brings_the_chain_nearer_to_the_best_map(pictures: np.ndarray) -> None:
    moments, best = least_squares(pictures, noise=0.05)
    assert moments.shape == (100, 100)
    inputs, colors = windows(pictures)
    means = colors.view(-1, 3, 64).mean(2)
    assert torch.allclose(inputs[:, 12], means @ torch.tensor([0.299, 0.587, 0.114]), atol=0.01)
    box = means[:, :, None].expand(-1, -1, 64).flatten(1)
    assert (inputs @ best.float() - colors).pow(2).mean() < 0.5 * (box - colors).pow(2).mean()
    torch.manual_seed(0)
    model = build_autoencoder()
    few = fit_chain(model, pictures, steps=2, noise=0.05)
    more = fit_chain(model, pictures, steps=15, noise=0.05)
    assert more > few + 1.0


def test_training_leaves_the_constants_alone() -> None:
    torch.manual_seed(0)
    model = build_autoencoder()
    for resnet in model.decoder.mid_block.resnets:  # let gradients into the branches
        torch.nn.init.normal_(resnet.conv2.weight[HELD:, HELD:], std=0.05)
    latents = torch.randn(1, 4, 4, 4)
    reconstruction_loss(model.decode(latents).sample, torch.zeros(1, 3, 32, 32)).backward()
    decoder = model.decoder
    convs = [decoder.up_blocks[0].upsamplers[0].conv, decoder.up_blocks[1].resnets[0].conv_shortcut]
    for conv in (*convs, decoder.mid_block.resnets[0].conv1, decoder.mid_block.resnets[0].conv2, decoder.conv_in):
        assert conv.weight.grad[:HELD].abs().max() == 0
        assert conv.bias.grad[:HELD].abs().max() == 0
        assert conv.weight.grad[HELD:].abs().max() > 0
    for conv in convs:
        assert conv.weight.grad[:, :HELD].abs().max() == 0
    assert decoder.mid_block.resnets[0].norm1.weight.grad[:HELD].abs().max() == 0
