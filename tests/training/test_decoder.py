"""The painter's autoencoder: the chains that it starts as, and what training must leave alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL

from training.autoencoder import HELD, LATENTS, Codec, build_autoencoder
from training.interpolation import bend_decoder, moments, start_encoder
from training.train_codec import linear_psnr
from training.train_decoder import reconstruction_loss, sharpness


def pictures() -> list[np.ndarray]:
    """Smooth colours with one sharp edge each: four of uint8 [64, 64, 3]."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:64, :64][:, :, :, None] / 64
    made = []
    for _ in range(4):
        low, high, far = rng.integers(0, 256, (3, 3))
        picture = low + (high - low) * (x + y) / 2
        made.append(np.where(x * rng.uniform(0.5, 2) + rng.uniform(-0.5, 0.5) > y, picture, far).astype(np.uint8))
    return made


@pytest.fixture(scope="module")
def codec() -> Codec:
    torch.manual_seed(0)
    made = Codec()
    start_encoder(made, pictures())
    square, best = moments(made, pictures(), noise=0.03)
    bend_decoder(made, square, best, steps=40)
    return made.requires_grad_(False)


def tensors() -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures()).transpose(0, 3, 1, 2)).float() / 127.5 - 1


def test_the_network_computes_the_chains(codec: Codec) -> None:
    """The group norms are held still and the activations undone: encoder and decoder are linear to within a level."""
    model: AutoencoderKL = build_autoencoder(codec)
    with torch.no_grad():
        latents = model.encode(tensors()).latent_dist
        made = model.decode(latents.mode()).sample
    assert latents.mode().shape == (4, LATENTS, 16, 16)
    assert latents.std.max() < 0.002
    assert torch.allclose(latents.mode(), codec.encode(tensors()), atol=2e-3)
    assert (made - codec.decode(latents.mode()))[..., 8:-8, 8:-8].abs().max() < 0.02
    assert not any(parameter.requires_grad for parameter in model.encoder.parameters())


def test_bending_brings_the_chain_nearer_to_the_best_reading(codec: Codec) -> None:
    before = linear_psnr(codec, tensors())
    square, best = moments(codec, pictures(), noise=0.03)
    more = Codec()
    more.load_state_dict(codec.state_dict())
    bend_decoder(more, square, best, steps=40)
    assert linear_psnr(more, tensors()) > before + 0.2


def test_other_numbers_for_the_same_latents_make_the_same_picture(codec: Codec) -> None:
    turned = Codec()
    turned.load_state_dict(codec.state_dict())
    torch.manual_seed(3)
    turned.rebase(torch.randn(LATENTS, LATENTS), torch.randn(LATENTS))
    inner = (..., slice(8, -8), slice(8, -8))
    with torch.no_grad():
        before, after = (each.decode(each.encode(tensors()))[inner] for each in (codec, turned))
    assert torch.allclose(before, after, atol=1e-3)


def test_sharpness_is_a_share_of_the_true_gradients() -> None:
    assert sharpness(tensors(), tensors()) == 1.0
    assert sharpness(torch.nn.functional.avg_pool2d(tensors(), 5, 1, 2), tensors()) < 0.6


def test_training_leaves_the_constants_alone(codec: Codec) -> None:
    torch.manual_seed(0)
    model = build_autoencoder(codec)
    for resnet in model.decoder.mid_block.resnets:  # let gradients into the branches
        torch.nn.init.normal_(resnet.conv2.weight[HELD:, HELD:], std=0.05)
    latents = torch.randn(1, LATENTS, 8, 8)
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
