"""Exponential moving average of a model's weights."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def average_into(ema: nn.Module, model: nn.Module, decay: float) -> None:
    """Update every parameter of `ema`: ema = decay * ema + (1 - decay) * model."""
    for slow, fast in zip(ema.parameters(), model.parameters(), strict=True):
        slow.lerp_(fast, 1.0 - decay)
