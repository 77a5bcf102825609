"""The painter's autoencoder: a stock AutoencoderKL whose encoder is worked out by hand and whose decoder is learnt.

Four latent channels a cell of 8 x 8 pixels: mean brightness, two mean colour differences, and how much brighter the
cell half a step down and to the right is (so brightness is sampled on a quincunx lattice, twice as densely as colour).
Latents are thus a small picture, which a small denoiser learns soonest, scenes can be turned into latents without a
network, and only the decoder, which learns to draw sharp art from them, has to be trained.
"""

from __future__ import annotations

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

CELL = 8
# Rows: brightness and two colour differences of (red, green, blue), before the gains below.
_MIX = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], dtype=np.float32)
# Gains and offsets that give each channel about zero mean and unit deviation over scenes (the last one 0.6: detail
# counts less than colour). Measured with: python -m training.autoencoder
GAINS = np.array([2.2, 5.0, 4.8, 4.0], dtype=np.float32)
OFFSETS = np.array([0.1, 0.0, 0.0, 0.0], dtype=np.float32)
_LEVEL = 64.0  # constants that hold the encoder's last group norm still


def build_autoencoder() -> AutoencoderKL:
    """The autoencoder with its final encoder and a random decoder (purely convolutional, 2.6M parameters, factor 8)."""
    model = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        block_out_channels=(16, 32, 64, 128),
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=8,
        mid_block_add_attention=False,
        sample_size=256,
        scaling_factor=1.0,
        force_upcast=False,
    )
    _write_encoder(model)
    model.encoder.requires_grad_(False)
    assert model.quant_conv is not None
    model.quant_conv.requires_grad_(False)
    return model


@torch.no_grad()
def _write_encoder(model: AutoencoderKL) -> None:
    """Set the encoder's weights to the linear map of `encode_pictures`.

    Residual branches are silenced; 2 x 2 means run down the levels; the last group norm would rescale the signal, so
    its group also carries constants far larger than the signal, and x = silu(x) - silu(-x) undoes the activation.
    """
    encoder = model.encoder
    for parameter in encoder.parameters():
        parameter.zero_()
    encoder.conv_in.weight[:3, :, 1, 1] = torch.from_numpy(_MIX)
    blocks = encoder.down_blocks
    for number, block in enumerate(blocks):
        for resnet in block.resnets:
            if resnet.conv_shortcut is not None:
                for channel in range(4):
                    resnet.conv_shortcut.weight[channel, channel, 0, 0] = 1.0
        if block.downsamplers:
            weight = block.downsamplers[0].conv.weight
            for channel in range(3):
                weight[channel, channel, :2, :2] = 0.25
            if number == len(blocks) - 2:  # cells of 4 x 4 pixels to 8 x 8: the shifted brightness less the plain one
                weight[3, 0, 1:, 1:] = 0.25
                weight[3, 0, :2, :2] -= 0.25
    last = blocks[-1].resnets[0].conv_shortcut
    last.weight.zero_()
    for channel in range(4):
        last.weight[2 * channel, channel, 0, 0] = 1.0
        last.weight[2 * channel + 1, channel, 0, 0] = -1.0
    last.bias[8:12] = _LEVEL
    last.bias[12:16] = -_LEVEL
    encoder.conv_norm_out.weight[:8] = _LEVEL / 2**0.5
    for channel in range(4):
        encoder.conv_out.weight[channel, 2 * channel, 1, 1] = float(GAINS[channel])
        encoder.conv_out.weight[channel, 2 * channel + 1, 1, 1] = -float(GAINS[channel])
        encoder.conv_out.bias[channel] = -float(OFFSETS[channel] * GAINS[channel])
    assert isinstance(model.quant_conv, nn.Conv2d)
    assert model.quant_conv.bias is not None
    model.quant_conv.weight.copy_(torch.eye(8)[:, :, None, None])
    model.quant_conv.bias.zero_()
    model.quant_conv.bias[4:] = -14.0  # log-variance


def encode_pictures(pictures: np.ndarray) -> Tensor:
    """What the encoder makes of uint8 pictures [B, H, W, 3], H and W multiples of 8: float32 latents [B, 4, H/8, W/8].

    Plain means over cells; `tests/training/test_painter.py` holds the network to it.
    """
    count, height, width, _ = pictures.shape
    quarters = (
        pictures.reshape(count, height // 4, 4, width // 4, 4, 3).mean(axis=(2, 4), dtype=np.float32) / 127.5 - 1.0
    )
    mixed = quarters @ _MIX.T
    plain = mixed.reshape(count, height // 8, 2, width // 8, 2, 3).mean(axis=(2, 4))
    shifted = np.pad(mixed[..., 0], ((0, 0), (0, 1), (0, 1)))[:, 1:, 1:]  # the network, too, sees zero past the edge
    shifted = shifted.reshape(count, height // 8, 2, width // 8, 2).mean(axis=(2, 4))
    latents = np.concatenate([plain, (shifted - plain[..., 0])[..., None]], axis=-1)
    latents = (latents - OFFSETS) * GAINS
    return torch.from_numpy(np.ascontiguousarray(latents.transpose(0, 3, 1, 2), dtype=np.float32))
