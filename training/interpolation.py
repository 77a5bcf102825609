"""The initial weights of the codec's chains: the best code of single cells, and a decoder fitted to its best reading.

The encoder starts as the reduced-rank regression of a cell's 4 x 4 pixels on 24 numbers (brightness at every pixel,
colour differences at every second one), which strided convolutions can collect; `LATENTS` numbers are kept. Their best
reading from 5 x 5 cells is a least-squares map; gradient descent fits the decoder's chain to that map, with an error
measured by the second moments of the latents, so that no picture has to be decoded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.autoencoder import CELL, LATENTS, Codec

REACH = 2  # receptive field of the decoder's chain, in cells to each side
_SIDE = 2 * REACH + 1
# Brightness and two colour differences of (red, green, blue).
_MIX = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])


@torch.no_grad()
def gather(codec: Codec) -> None:
    """Set the encoder to collect `SIGNALS` numbers per cell: 16 for brightness, 4 for each colour difference."""
    for parameter in (codec.begin.weight, *codec.halvings.parameters(), *codec.widen.parameters(), codec.code.weight):
        parameter.zero_()
    codec.begin.weight[:3, :, 1, 1] = _MIX
    first, second = codec.halvings[0].weight, codec.halvings[1].weight
    for y in range(2):
        for x in range(2):
            at = 2 * y + x
            first[at, 0, y, x] = 1.0
            for difference in range(2):
                first[4 + difference, 1 + difference, y, x] = 0.25
            for channel in range(6):
                second[6 * at + channel, channel, y, x] = 1.0
    for channel in range(codec.widen[0].weight.shape[1]):
        codec.widen[0].weight[channel, channel] = 1.0


def _gathered(codec: Codec, pictures: Tensor) -> Tensor:
    """The values from which the latents of each cell are computed, [N, SIGNALS]."""
    x = codec.begin(pictures)
    x = codec.widen[0](codec.halvings[0](F.pad(x, (0, 1, 0, 1))))
    return codec.halvings[1](F.pad(x, (0, 1, 0, 1))).flatten(2).transpose(1, 2).flatten(0, 1)


@torch.no_grad()
def start_encoder(codec: Codec, pictures: Sequence[np.ndarray]) -> float:
    """Set the encoder to the best code of single cells of uint8 pictures [h, w, 3]. Returns its PSNR in dB."""
    gather(codec)
    rows, cells = [], []
    for picture in pictures:
        colors = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1.0
        rows.append(_gathered(codec, colors))
        cells.append(F.unfold(colors, CELL, stride=CELL).transpose(1, 2).flatten(0, 1))
    z, x = torch.cat(rows).double(), torch.cat(cells).double()
    z, x = z - z.mean(0), x - x.mean(0)
    square = z.T @ z + 1e-6 * len(z) * torch.eye(z.shape[1], dtype=torch.float64)
    full = torch.linalg.solve(square, z.T @ x)  # [24, 48]
    _, vectors = torch.linalg.eigh(full.T @ square @ full)
    kept = vectors[:, -LATENTS:].flip(1)
    code = (full @ kept).T.float()  # [8, 24]
    assert codec.code.bias is not None
    codec.code.bias.zero_()
    codec.code.weight[:, :, 1, 1] = code
    left = (x - z @ full @ kept @ kept.T).pow(2).mean()
    return float(-10 * torch.log10(left / 4))


def moments(codec: Codec, pictures: Sequence[np.ndarray], noise: float) -> tuple[Tensor, Tensor]:
    """(second moments [201, 201] of 5 x 5 cells of latents and the constant 1, best linear map to the pixels of the
    middle cell).

    `noise`: the deviation of the noise added to the latents, relative to theirs.
    """
    width = LATENTS * _SIDE**2 + 1
    square, products, count = torch.zeros(width, width).double(), torch.zeros(width, 3 * CELL**2).double(), 0
    for picture in pictures:
        with torch.no_grad():
            inputs = F.unfold(codec.encode_bytes(picture[None]), _SIDE).transpose(1, 2).flatten(0, 1).double()
        inputs = torch.cat([inputs, torch.ones(len(inputs), 1).double()], dim=1)
        inner = torch.from_numpy(picture[REACH * CELL : -REACH * CELL, REACH * CELL : -REACH * CELL])
        colors = inner.permute(2, 0, 1)[None].float() / 127.5 - 1.0
        cells = F.unfold(colors, CELL, stride=CELL).transpose(1, 2).flatten(0, 1).double()
        square += inputs.T @ inputs
        products += inputs.T @ cells
        count += len(inputs)
    square, products = square / count, products / count
    square[:-1, :-1] += noise**2 * torch.diag(square.diagonal()[:-1])
    square += 1e-6 * torch.eye(width).double()
    return square, torch.linalg.solve(square, products)


def bend_decoder(codec: Codec, square: Tensor, best: Tensor, steps: int, lr: float = 3e-3) -> float:
    """Fit the decoder's chain to the best linear map of `moments`. Returns the remaining error in dB."""
    values, vectors = torch.linalg.eigh(square)
    # The last column, for the constant 1, becomes the bias of the first convolution.
    inputs64 = (vectors * values.clamp_min(0).sqrt()).T
    inputs, targets = inputs64.float(), (inputs64 @ best).float()
    free = [codec.read.weight, codec.end.weight, *codec.doublings.parameters(), *codec.narrow.parameters()]
    assert codec.read.bias is not None
    optimizer = torch.optim.Adam([*free, codec.read.bias], lr=lr, betas=(0.9, 0.98))
    left = torch.zeros(())
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / 20) * (1 - step / steps)
        x = F.conv2d(inputs[:, :-1].view(-1, LATENTS, _SIDE, _SIDE), codec.read.weight)
        x = x + inputs[:, -1, None, None, None] * codec.read.bias[:, None, None]
        for double, narrow in zip(codec.doublings, codec.narrow, strict=True):
            x = narrow(F.conv2d(F.interpolate(x, scale_factor=2.0), double.weight))
        made = F.conv2d(x, codec.end.weight).flatten(1)
        left = (made - targets).pow(2).sum() / targets.shape[1]
        optimizer.zero_grad(set_to_none=True)
        left.backward()
        optimizer.step()
        if step % 50 == 0:
            print(f"bend {step}: {float(-10 * torch.log10(left.detach() / 4)):.2f} dB", flush=True)
    return float(-10 * torch.log10(left.detach() / 4))
