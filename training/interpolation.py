"""The best linear interpolation of latents, and a decoder that starts with it.

With its residual branches silent the decoder is a chain of convolutions that reaches two cells far. Its best setting is
found without a single decoded picture: least squares from 5 x 5 cells of latents to the 8 x 8 pixels of the middle one
gives the map, and gradient descent bends the chain to it, measured by the latents' own second moments.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

from training.autoencoder import CELL, GAINS, HELD, OFFSETS, encode_pictures

REACH = 2  # cells to each side that the chain of convolutions sees
_SIDE = 2 * REACH + 1


def windows(pictures: np.ndarray) -> tuple[Tensor, Tensor]:
    """Each cell's neighbourhood and pixels, of uint8 [B, H, W, 3]: ([N, 4 * 5 * 5], [N, 3 * 8 * 8] in -1..1).

    The neighbourhood is in units of colour (gains and offsets taken out); cells at the edges are left out.
    """
    latents = encode_pictures(pictures)
    latents = latents / torch.from_numpy(GAINS)[:, None, None] + torch.from_numpy(OFFSETS)[:, None, None]
    inputs = F.unfold(latents, _SIDE).transpose(1, 2).flatten(0, 1)
    inner = pictures[:, REACH * CELL : -REACH * CELL, REACH * CELL : -REACH * CELL]
    colors = torch.from_numpy(inner.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0)
    return inputs, F.unfold(colors, CELL, stride=CELL).transpose(1, 2).flatten(0, 1)


def least_squares(pictures: np.ndarray, noise: float) -> tuple[Tensor, Tensor]:
    """(second moments [100, 100], best linear map [100, 192]) for latents with noise of deviation `noise`.

    Flat colours count as much as all pictures together, so that they stay what they are.
    """
    moments = torch.zeros(4 * _SIDE**2, 4 * _SIDE**2, dtype=torch.float64)
    products = torch.zeros(4 * _SIDE**2, 3 * CELL**2, dtype=torch.float64)
    for part in np.array_split(pictures, max(1, len(pictures) // 8)):
        inputs, colors = (rows.double() for rows in windows(part))
        moments += inputs.T @ inputs / len(pictures)
        products += inputs.T @ colors / len(pictures)
    flat = np.broadcast_to(256 * np.eye(3)[:, None, None] // 1.004, (3, 48, 48, 3)).astype(np.uint8)
    inputs, colors = (rows.double() for rows in windows(flat))
    cells = (pictures.shape[1] // CELL - 2 * REACH) * (pictures.shape[2] // CELL - 2 * REACH)
    moments += inputs.T @ inputs * cells / len(inputs)
    products += inputs.T @ colors * cells / len(inputs)
    variances = torch.from_numpy((noise / GAINS.astype(np.float64)) ** 2).repeat_interleave(_SIDE**2)
    moments += cells * torch.diag(variances)
    return moments / cells, torch.linalg.solve(moments, products)


def chain(model: AutoencoderKL, inputs: Tensor) -> Tensor:
    """What the decoder with silent branches makes of neighbourhoods [N, 100] (as of `windows`): [N, 192]."""
    decoder = model.decoder
    gains = torch.from_numpy(GAINS)[:, None, None]
    x = F.conv2d(inputs.view(-1, 4, _SIDE, _SIDE) * gains, decoder.conv_in.weight[HELD:])
    for block in decoder.up_blocks:
        shortcut = block.resnets[0].conv_shortcut
        if shortcut is not None:
            x = F.conv2d(x, shortcut.weight[HELD:, HELD:])
        if block.upsamplers:
            x = F.interpolate(x, scale_factor=2.0)
            x = F.conv2d(x, block.upsamplers[0].conv.weight[HELD:, HELD:])
    half = x.shape[1] // 2  # signals and their opposites
    return F.conv2d(x[:, :half], decoder.conv_out.weight[:, HELD : HELD + half]).flatten(1)


def fit_chain(model: AutoencoderKL, pictures: np.ndarray, steps: int, noise: float, lr: float = 3e-3) -> float:
    """Bring the decoder's chain near to the best linear map; the error that is left against it, in dB."""
    moments, best = least_squares(pictures, noise)
    values, vectors = torch.linalg.eigh(moments)
    inputs64 = (vectors * values.clamp_min(0).sqrt()).T
    inputs, targets = inputs64.float(), (inputs64 @ best).float()
    decoder = model.decoder
    free = [decoder.conv_in.weight, decoder.conv_out.weight]
    for block in decoder.up_blocks:
        if block.resnets[0].conv_shortcut is not None:
            free.append(block.resnets[0].conv_shortcut.weight)
        if block.upsamplers:
            free.append(block.upsamplers[0].conv.weight)
    optimizer = torch.optim.Adam(free, lr=lr, betas=(0.9, 0.98))
    left = torch.zeros(())
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / 20) * (1 - step / steps)
        left = (chain(model, inputs) - targets).pow(2).sum() / targets.shape[1]
        optimizer.zero_grad(set_to_none=True)
        left.backward()
        optimizer.step()
    _pair(model)
    return float(-10 * torch.log10(left.detach() / 4))


@torch.no_grad()
def _pair(model: AutoencoderKL) -> None:
    """Give the last level its opposites again, and the first convolution the bias for the latents' offsets."""
    decoder = model.decoder
    last = decoder.up_blocks[-1].resnets[0].conv_shortcut
    half = (last.out_channels - HELD) // 2
    last.weight[HELD + half :] = -last.weight[HELD : HELD + half]
    decoder.conv_out.weight[:, HELD + half :] = -decoder.conv_out.weight[:, HELD : HELD + half]
    shift = torch.from_numpy(OFFSETS * GAINS)
    assert decoder.conv_in.bias is not None
    decoder.conv_in.bias[HELD:] = decoder.conv_in.weight[HELD:].sum(dim=(2, 3)) @ shift
