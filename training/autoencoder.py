"""The painter's autoencoder: a stock AutoencoderKL with 8 channels and factor 4, at first linear, with a trained
decoder.

Encoder and decoder start as chains of convolutions without non-linearity, which are fitted together
(`training/train_codec.py`): the best linear code that such chains can write and read. The encoder stays linear, and the
latents of scenes are computed by its chain alone (`Codec.encode`); the residual branches of the decoder, initially
zero, then learn the sharp edges.

Super-resolution networks do better without normalisation (Lim et al. 2017, "Enhanced Deep Residual Networks"), but a
stock network has a group norm before every activation, which would also make a small crop look different from a whole
picture. So two channels of every feature map of the decoder hold constants, +LEVEL and -LEVEL, far larger than the
signal: with a single group they fix the deviation by which the norm divides, and its weights multiply it back. Nothing
else reads these channels. A signal passes an activation unchanged as x = silu(x) - silu(-x).

Why cells of 4 x 4 pixels: a stock decoder doubles the pixels and then convolves, so equal latents in all cells give a
flat picture, and its linear chain cannot produce patterns with a period of one cell. With cells of 8 x 8 pixels that
costs 5 dB of 30 (16 channels per cell, chain fitted by `training/interpolation.py`), with 4 x 4 very little.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

CELL = 4
LATENTS = 8
CHANNELS = (16, 48, 96)
SIGNALS = 24
"""Input values per cell from which the latents are computed."""
HELD = 2
"""Constant channels of the decoder's feature maps that fix the group norms."""
_LEVEL = 64.0


class Codec(nn.Module):
    """The linear chains from pictures to latents and back."""

    def __init__(self) -> None:
        super().__init__()
        wide = CHANNELS
        self.begin = nn.Conv2d(3, wide[0], 3, padding=1, bias=False)
        made = (wide[0], SIGNALS)
        self.halvings = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=2, bias=False) for a, b in zip(wide[:2], made, strict=True)
        )
        self.widen = nn.ModuleList(nn.Conv2d(a, b, 1, bias=False) for a, b in pairwise(wide[:2]))
        self.code = nn.Conv2d(SIGNALS, LATENTS, 3, padding=1)
        signals = [width - HELD for width in reversed(wide)]
        self.read = nn.Conv2d(LATENTS, signals[0], 3, padding=1)
        self.doublings = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1, bias=False) for width in signals[:2])
        ends = [signals[1], signals[2] // 2]
        self.narrow = nn.ModuleList(nn.Conv2d(a, b, 1, bias=False) for a, b in zip(signals[:2], ends, strict=True))
        self.end = nn.Conv2d(ends[-1], 3, 3, padding=1, bias=False)
        self.requires_grad_(True)

    def encode(self, pictures: Tensor) -> Tensor:
        """Latents [B, 8, h / 4, w / 4] of float pictures [B, 3, h, w] in -1..1."""
        x = self.begin(pictures)
        for number, halve in enumerate(self.halvings):
            x = halve(F.pad(x, (0, 1, 0, 1)))
            if number < len(self.widen):
                x = self.widen[number](x)
        made: Tensor = self.code(x)
        return made

    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents with the linear chain."""
        x = self.read(latents)
        for double, narrow in zip(self.doublings, self.narrow, strict=True):
            x = narrow(double(F.interpolate(x, scale_factor=2.0)))
        made: Tensor = self.end(x)
        return made

    @torch.no_grad()
    def encode_bytes(self, pictures: np.ndarray) -> Tensor:
        """Latents of uint8 pictures [B, H, W, 3]."""
        made: Tensor = self.encode(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1.0)
        return made

    @torch.no_grad()
    def rebase(self, matrix: Tensor, mean: Tensor) -> None:
        """Change the latents to ``matrix @ (latents - mean)``, and the decoder accordingly."""
        assert self.code.bias is not None
        assert self.read.bias is not None
        back = torch.linalg.inv(matrix.double()).float()
        self.read.bias += torch.einsum("oiyx,i->o", self.read.weight, mean)
        self.read.weight.copy_(torch.einsum("ojyx,ji->oiyx", self.read.weight, back))
        self.code.weight.copy_(torch.einsum("ij,jkyx->ikyx", matrix, self.code.weight))
        self.code.bias.copy_(matrix @ (self.code.bias - mean))


def load_codec(runs: Path) -> Codec:
    """The fitted chains of RUNS/codec.pt."""
    codec = Codec()
    codec.load_state_dict(torch.load(runs / "codec.pt")["codec"])
    return codec.requires_grad_(False).eval()


def build_autoencoder(codec: Codec) -> AutoencoderKL:
    """The stock network with the codec's encoder, and a decoder that starts as the codec's (purely convolutional).

    Gradients of the parts that must not change are zero; do not use weight decay.
    """
    model = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=LATENTS,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        norm_num_groups=1,
        mid_block_add_attention=False,
        sample_size=384,
        scaling_factor=1.0,
        force_upcast=False,
    )
    _write_encoder(model, codec)
    _write_decoder(model, codec)
    model.encoder.requires_grad_(False)
    assert model.quant_conv is not None
    model.quant_conv.requires_grad_(False)
    return model


@torch.no_grad()
def _write_encoder(model: AutoencoderKL, codec: Codec) -> None:
    """Set the encoder's weights to the codec's chain and its residual branches to zero."""
    encoder = model.encoder
    for parameter in encoder.parameters():
        parameter.zero_()
    encoder.conv_in.weight.copy_(codec.begin.weight)
    blocks = encoder.down_blocks
    for number, block in enumerate(blocks[:2]):
        if number:
            block.resnets[0].conv_shortcut.weight.copy_(codec.widen[number - 1].weight)
        kernel = codec.halvings[number].weight
        block.downsamplers[0].conv.weight[: len(kernel)] = kernel
    # The last level has the signals, their negatives, and constants that are far larger.
    last = blocks[-1].resnets[0].conv_shortcut
    channels = CHANNELS[2]
    assert codec.code.bias is not None
    for signal in range(SIGNALS):
        last.weight[signal, signal, 0, 0] = 1.0
        last.weight[SIGNALS + signal, signal, 0, 0] = -1.0
    last.bias[2 * SIGNALS :] = _LEVEL
    last.bias[2 * SIGNALS :: 2] = -_LEVEL
    encoder.conv_norm_out.weight[: 2 * SIGNALS] = _LEVEL * ((channels - 2 * SIGNALS) / channels) ** 0.5
    encoder.conv_out.weight[:LATENTS, :SIGNALS] = codec.code.weight
    encoder.conv_out.weight[:LATENTS, SIGNALS : 2 * SIGNALS] = -codec.code.weight
    encoder.conv_out.bias[:LATENTS] = codec.code.bias
    quant: Any = model.quant_conv
    quant.weight.copy_(torch.eye(2 * LATENTS)[:, :, None, None])
    quant.bias.zero_()
    quant.bias[LATENTS:] = -14.0  # log-variance


@torch.no_grad()
def _write_decoder(model: AutoencoderKL, codec: Codec) -> None:
    """Set the decoder's weights to the codec's chain; the residual branches output zero at first."""
    decoder = model.decoder
    post: Any = model.post_quant_conv
    post.weight.copy_(torch.eye(LATENTS)[:, :, None, None])
    post.bias.zero_()

    def start(conv: nn.Conv2d, kernel: Tensor, bias: Tensor | None = None) -> None:
        assert conv.bias is not None
        first = HELD if conv.in_channels > LATENTS or conv is not decoder.conv_in else 0
        conv.bias.zero_()
        conv.weight.zero_()
        conv.weight[HELD : HELD + kernel.shape[0], first:] = kernel
        if bias is not None:
            conv.bias[HELD:] = bias
        _hold(conv, columns=first > 0)

    def still(norm: nn.GroupNorm) -> None:
        channels = norm.num_channels
        norm.weight.fill_(_LEVEL * (HELD / channels) ** 0.5)
        norm.weight[:HELD] = 0
        norm.bias.zero_()

    start(decoder.conv_in, codec.read.weight, codec.read.bias)
    resnets = [*decoder.mid_block.resnets, *(resnet for block in decoder.up_blocks for resnet in block.resnets)]
    for resnet in resnets:
        still(resnet.norm1)
        still(resnet.norm2)
        resnet.conv1.bias.zero_()
        _hold(resnet.conv1)
        resnet.conv2.weight.zero_()
        resnet.conv2.bias.zero_()
        _hold(resnet.conv2, level=0.0)
    for number, block in enumerate(decoder.up_blocks):
        if number:
            kernel = codec.narrow[number - 1].weight
            if number == 2:  # signals and their negatives, so that the activation cancels out
                kernel = torch.cat([kernel, -kernel])
            start(block.resnets[0].conv_shortcut, kernel)
        if block.upsamplers:
            start(block.upsamplers[0].conv, codec.doublings[number].weight)
    still(decoder.conv_norm_out)
    half = (CHANNELS[0] - HELD) // 2
    out = decoder.conv_out
    out.weight.zero_()
    assert out.bias is not None
    out.bias.zero_()
    out.weight[:, HELD : HELD + half] = codec.end.weight
    out.weight[:, HELD + half : HELD + 2 * half] = -codec.end.weight


def _hold(conv: nn.Conv2d, level: float = _LEVEL, columns: bool = True) -> None:
    """Make the first output channels of `conv` the constants +level and -level, now and during training.

    With `columns`, its input also holds constants, which it then must not read.
    """
    assert conv.bias is not None
    conv.weight.data[:HELD] = 0
    conv.bias.data[0], conv.bias.data[1] = level, -level
    mask, free = torch.ones_like(conv.weight), torch.ones_like(conv.bias)
    mask[:HELD] = 0
    free[:HELD] = 0
    if columns:
        conv.weight.data[:, :HELD] = 0
        mask[:, :HELD] = 0
    conv.weight.register_hook(lambda gradient: gradient * mask)
    conv.bias.register_hook(lambda gradient: gradient * free)
