"""The painter's autoencoder: a stock AutoencoderKL, encoder worked out by hand, decoder learnt from a worked-out start.

Four latent channels a cell of 8 x 8 pixels: mean brightness, two mean colour differences, and how much brighter the
cell half a step down and to the right is (so brightness is sampled on a quincunx lattice, twice as densely as colour).
Latents are thus a small picture, which a small denoiser learns soonest, scenes can be turned into latents without a
network, and only the decoder, which learns to draw sharp art from them, has to be trained.

Super-resolution networks do better without normalisation (Lim et al. 2017, "Enhanced Deep Residual Networks"), but a
stock decoder has a group norm before every activation, which would also make a small crop look unlike a whole picture.
So two channels of every feature map hold constants, +LEVEL and -LEVEL, far larger than the signal: with one group they
fix the deviation that the norm divides by, and its weights multiply it back. Nothing else reads these channels.
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
_LEVEL = 64.0  # the constants that hold the group norms still
HELD = 2  # channels of a decoder's feature map that hold them


def build_autoencoder() -> AutoencoderKL:
    """The autoencoder with its final encoder and the decoder's start (purely convolutional, 3.6M parameters, factor 8).

    The decoder begins as linear interpolation of the cells' mean colours, its residual branches silent
    (`training/interpolation.py` betters that). Gradients of what must stay as it is are zero; do not let weights decay.
    """
    model = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        block_out_channels=(12, 24, 48, 160),
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=1,
        mid_block_add_attention=False,
        sample_size=256,
        scaling_factor=1.0,
        force_upcast=False,
    )
    _write_encoder(model)
    _write_decoder(model)
    model.encoder.requires_grad_(False)
    assert model.quant_conv is not None
    model.quant_conv.requires_grad_(False)
    return model


@torch.no_grad()
def _write_encoder(model: AutoencoderKL) -> None:
    """Set the encoder's weights to the linear map of `encode_pictures`.

    Residual branches are silenced; 2 x 2 means run down the levels; the last group norm would rescale the signal, so
    all other channels carry constants far larger than the signal, and x = silu(x) - silu(-x) undoes the activation.
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
    channels = len(last.bias)
    last.bias[8:] = _LEVEL
    last.bias[8::2] = -_LEVEL
    encoder.conv_norm_out.weight[:8] = _LEVEL * ((channels - 8) / channels) ** 0.5
    for channel in range(4):
        encoder.conv_out.weight[channel, 2 * channel, 1, 1] = float(GAINS[channel])
        encoder.conv_out.weight[channel, 2 * channel + 1, 1, 1] = -float(GAINS[channel])
        encoder.conv_out.bias[channel] = -float(OFFSETS[channel] * GAINS[channel])
    assert isinstance(model.quant_conv, nn.Conv2d)
    assert model.quant_conv.bias is not None
    model.quant_conv.weight.copy_(torch.eye(8)[:, :, None, None])
    model.quant_conv.bias.zero_()
    model.quant_conv.bias[4:] = -14.0  # log-variance


@torch.no_grad()
def _write_decoder(model: AutoencoderKL) -> None:
    """Set the decoder's weights to linear interpolation of the mean colours, in channels 2 to 4 of every level.

    The other channels start at random; nothing of them reaches the output yet.
    """
    decoder = model.decoder
    assert isinstance(model.post_quant_conv, nn.Conv2d)
    assert model.post_quant_conv.bias is not None
    model.post_quant_conv.weight.copy_(torch.eye(4)[:, :, None, None])
    model.post_quant_conv.bias.zero_()
    colors = torch.from_numpy(np.linalg.inv(_MIX) / GAINS[:3])  # [3 colours, 3 latent channels]
    offsets = torch.from_numpy(np.linalg.inv(_MIX) @ OFFSETS[:3])
    hat = torch.tensor([0.25, 0.5, 0.25])  # after a nearest upsampling by 2 this is linear interpolation

    def start(conv: nn.Conv2d, kernel: Tensor) -> None:
        """Constants in the held channels, `kernel` [colours, colours or latents, h, w] from signal to colour."""
        assert conv.bias is not None
        first = HELD if conv.in_channels > 4 else 0
        conv.bias.zero_()
        conv.weight[HELD : HELD + 3] = 0
        conv.weight[HELD : HELD + 3, first : first + 3] = kernel
        _hold(conv, columns=first > 0)

    def still(norm: nn.GroupNorm) -> None:
        channels = norm.num_channels
        norm.weight.fill_(_LEVEL * (HELD / channels) ** 0.5)
        norm.weight[:HELD] = 0
        norm.bias.zero_()

    kernel = torch.zeros(3, 3, 3, 3)
    kernel[:, :, 1, 1] = colors
    start(decoder.conv_in, kernel)
    assert decoder.conv_in.bias is not None
    decoder.conv_in.bias[HELD : HELD + 3] = offsets
    resnets = [*decoder.mid_block.resnets, *(resnet for block in decoder.up_blocks for resnet in block.resnets)]
    for resnet in resnets:
        still(resnet.norm1)
        still(resnet.norm2)
        resnet.conv1.bias.zero_()
        _hold(resnet.conv1)
        resnet.conv2.weight.zero_()
        resnet.conv2.bias.zero_()
        _hold(resnet.conv2, level=0.0)
        if resnet.conv_shortcut is not None:
            start(resnet.conv_shortcut, torch.eye(3)[:, :, None, None])
    for block in decoder.up_blocks:
        if block.upsamplers:
            start(block.upsamplers[0].conv, torch.eye(3)[:, :, None, None] * torch.outer(hat, hat))
    # The last level carries its signals and their opposites, for the activation to be undone.
    last = decoder.up_blocks[-1].resnets[0].conv_shortcut
    half = (last.out_channels - HELD) // 2
    last.weight[HELD + half :] = -last.weight[HELD : HELD + half]
    still(decoder.conv_norm_out)
    out = decoder.conv_out
    out.weight.zero_()
    assert out.bias is not None
    out.bias.zero_()
    for color in range(3):
        out.weight[color, HELD + color, 1, 1] = 1.0
        out.weight[color, HELD + half + color, 1, 1] = -1.0


def _hold(conv: nn.Conv2d, level: float = _LEVEL, columns: bool = True) -> None:
    """Make the first output channels of `conv` the constants +level, -level, now and under training.

    With `columns`, its input holds constants too, which it then must not read.
    """
    assert conv.bias is not None
    conv.weight[:HELD] = 0
    conv.bias[0], conv.bias[1] = level, -level
    mask, free = torch.ones_like(conv.weight), torch.ones_like(conv.bias)
    mask[:HELD] = 0
    free[:HELD] = 0
    if columns:
        conv.weight[:, :HELD] = 0
        mask[:, :HELD] = 0
    conv.weight.register_hook(lambda gradient: gradient * mask)
    conv.bias.register_hook(lambda gradient: gradient * free)


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
